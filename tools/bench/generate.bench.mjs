import { join } from 'node:path';
import { inTemporaryFolder, openHub } from './shared.mjs';

const prompt = 'Write three sentences about looms.';
const system = 'You write short texts.';
const tokens = 64;

/** Milliseconds to the first token and tokens a second of the bare library, with the settings of the host. */
async function bare(modelsFolder, rounds) {
  const { getLlama, LlamaChatSession } = await import('node-llama-cpp');
  const { availableParallelism } = await import('node:os');
  const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, logLevel: 'error' });
  const model = await llama.loadModel({
    modelPath: join(modelsFolder, 'smollm2-135m', 'SmolLM2-135M-Instruct.Q4_1.gguf'),
  });
  const threads = Math.max(1, availableParallelism() - 1);
  const context = await model.createContext({ contextSize: 2048, threads, batchSize: 128 });
  const sequence = context.getSequence();
  const [first, speed] = [[], []];
  for (let round = 0; round < rounds + 1; round += 1) {
    await sequence.clearHistory();
    const session = new LlamaChatSession({ contextSequence: sequence, systemPrompt: system });
    const begin = performance.now();
    let firstAt;
    let count = 0;
    await session.prompt(`${prompt} ${round}`, {
      maxTokens: tokens,
      temperature: 0,
      onToken: (added) => {
        firstAt ??= performance.now();
        count += added.length;
      },
    });
    if (round > 0) {
      first.push(firstAt - begin);
      speed.push((count - 1) / ((performance.now() - firstAt) / 1000));
    }
    session.dispose({ disposeSequence: false });
  }
  await context.dispose();
  await model.dispose();
  await llama.dispose();
  return { first, speed };
}

async function throughHub(hub, rounds) {
  const model = await hub.languageModel('smollm2-135m');
  const [first, speed] = [[], []];
  for (let round = 0; round < rounds + 1; round += 1) {
    const begin = performance.now();
    let firstAt;
    let usage;
    for await (const event of model.generate(
      {
        messages: [
          { role: 'system', content: system },
          { role: 'user', content: `${prompt} ${round}` },
        ],
        maxTokens: tokens,
        temperature: 0,
      },
      { signal: new AbortController().signal },
    )) {
      if (event.type === 'text') firstAt ??= performance.now();
      if (event.type === 'end') usage = event.usage;
    }
    if (round === 0) continue;
    first.push(firstAt - begin);
    speed.push((usage.outputTokens - 1) / ((performance.now() - firstAt) / 1000));
  }
  return { first, speed };
}

export const cases = [
  {
    name: 'generate',
    title: 'the starter model through its host against the bare library, one sequence',
    run: ({ progress }) =>
      inTemporaryFolder(async (folder) => {
        const hub = await openHub(folder);
        if (typeof hub === 'string') return hub;
        const { defaultModelsFolder } = await import('@heddle/adapters/models');
        progress('through the host');
        const host = await throughHub(hub, 7);
        await hub.close();
        progress('the bare library');
        const alone = await bare(defaultModelsFolder(), 7);
        return [
          { case: 'first-token', unit: 'ms', samples: host.first, against: { name: 'bare', samples: alone.first } },
          {
            case: 'generate-tokens',
            unit: 'tokens/s',
            samples: host.speed,
            against: { name: 'bare', samples: alone.speed },
          },
        ];
      }),
  },
];
