import { contextTokens, generateThroughHost, openBareModel } from './bare-model.mjs';
import { inTemporaryFolder, openHub } from './shared.mjs';

const promptOf = (round) => `${round}. Write three sentences about looms.`;
const maxTokens = 64;

/**
 * Tokens in a second, from the first to the last. The time after the last token is left out, because a model that ends by itself writes
 * none in it.
 */
const speedOf = ({ first, last, tokens }) => ((tokens - 1) * 1000) / (last - first);

/** Runs both sides alternately, so that other load on the machine affects both. */
async function inSlices(rounds, atOnce, host, bare) {
  const sides = { host: [], bare: [] };
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, generate] of round % 2 === 0
      ? [
          ['host', host],
          ['bare', bare],
        ]
      : [
          ['bare', bare],
          ['host', host],
        ]) {
      const begin = performance.now();
      const results = await Promise.all(
        Array.from({ length: atOnce }, (_, index) => generate(promptOf(round * atOnce + index), maxTokens)),
      );
      if (round > 0) sides[name].push({ ms: performance.now() - begin, results });
    }
  }
  return sides;
}

async function withBothSides(folder, sequences, work) {
  const hub = await openHub(folder, { contextTokens, slots: sequences });
  if (typeof hub === 'string') return hub;
  const { defaultModelsFolder } = await import('@heddle/adapters/models');
  const model = await hub.languageModel('smollm2-135m');
  const bare = await openBareModel(defaultModelsFolder(), sequences);
  try {
    return await work((prompt, most) => generateThroughHost(model, prompt, most), bare.generate);
  } finally {
    await bare.close();
    await hub.close();
  }
}

export const cases = [
  {
    name: 'generate',
    title: 'the starter model through its host against the bare library, one sequence, in turns',
    run: () =>
      inTemporaryFolder((folder) =>
        withBothSides(folder, 1, async (host, bare) => {
          const sides = await inSlices(48, 1, host, bare);
          const each = (name, of) => sides[name].map(({ results }) => of(results[0]));
          const first = ({ first: ms }) => ms;
          return [
            {
              case: 'first-token',
              unit: 'ms',
              samples: each('host', first),
              against: { name: 'bare', samples: each('bare', first) },
            },
            {
              case: 'generate-tokens',
              unit: 'tokens/s',
              samples: each('host', speedOf),
              against: { name: 'bare', samples: each('bare', speedOf) },
            },
          ];
        }),
      ),
  },
  {
    name: 'generate-four',
    title: 'four sequences at once through the host against the bare library, prompts included, in turns',
    run: () =>
      inTemporaryFolder((folder) =>
        withBothSides(folder, 4, async (host, bare) => {
          const sides = await inSlices(16, 4, host, bare);
          const together = ({ ms, results }) => (results.reduce((sum, { tokens }) => sum + tokens, 0) * 1000) / ms;
          return [
            {
              case: 'generate-four-tokens',
              unit: 'tokens/s',
              samples: sides.host.map(together),
              against: { name: 'bare', samples: sides.bare.map(together) },
            },
          ];
        }),
      ),
  },
];
