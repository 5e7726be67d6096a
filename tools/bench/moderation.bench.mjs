import { joinLabels, labelOf } from '@heddle/core';
import { inTemporaryFolder, openHub, sample, seeded } from './shared.mjs';

const part = (path) => import(new URL(`../../${path}`, import.meta.url).href);
const sentence = 'The parcel with the four looms leaves the hall on Tuesday and reaches you by the end of the week.';

/** Measures the milliseconds from the first delta of a text until `moderate` passes its first sentence on. */
async function firstSentences(config, use, repeats) {
  const { moderate } = await part('nodes/dist/safety/moderate.node.js');
  const parsed = moderate.config.parse(config);
  const { signal } = new AbortController();
  const log = { info: () => undefined, warn: () => undefined };
  const context = { signal, log, use, decide: () => undefined };
  return sample(repeats, 20, async (index) => {
    // Each round uses another text, so that no result is cached.
    const text = (async function* () {
      yield `${sentence} `.replace('four', `${index}`);
      yield 'And then';
    })();
    for await (const { delta } of moderate.run({ config: parsed, inputs: { text }, context }))
      if (delta !== undefined) return;
    throw new Error('No sentence was let through.');
  });
}

/** Makes phrases of two invented words. */
function phrases(count) {
  const random = seeded(7);
  const word = () => Array.from({ length: 7 }, () => 'abcdefghijklmnopqrstuvwxyz'[Math.floor(random() * 26)]).join('');
  return Array.from({ length: count }, () => `${word()} ${word()}`);
}

/**
 * Makes a classifier head with one label on the vectors of the starter embedding model. Its random weights do not matter, because only its
 * speed is measured.
 */
async function headClassifier(hub) {
  const { createHeadClassifier } = await part('adapters/dist/models/head/head-classifier.js');
  const embedder = await hub.embedder('all-minilm-l6-v2');
  const random = seeded(3);
  const weights = [Array.from({ length: 384 }, () => random() - 0.5)];
  const head = { embedding: 'all-minilm-l6-v2', dimensions: 384, labels: ['insult'], weights, bias: [-9] };
  return createHeadClassifier({ id: 'bench' }, head, embedder);
}

/**
 * Measures the heap bytes of a join, as the mean of ten million joins. The smallest object takes 16 bytes, so a result below one comes from
 * other code.
 */
async function bytesOfJoins(pairs) {
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext } = await import('node:vm');
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const many = 10_000_000;
  let last;
  const joinAll = (count) => {
    for (let index = 0, at = 0; index < count; index += 1, at = at === pairs.length - 1 ? 0 : at + 1)
      last = joinLabels(pairs[at][0], pairs[at][1]);
  };
  // Warms up, so that the measured code is compiled.
  joinAll(many);
  collect();
  const before = process.memoryUsage().heapUsed;
  const begin = performance.now();
  joinAll(many);
  const ms = performance.now() - begin;
  const bytes = Math.max(0, process.memoryUsage().heapUsed - before) / many;
  if (last === undefined) throw new Error('Nothing was joined.');
  return { bytes, nanoseconds: (ms * 1e6) / many };
}

export const cases = [
  {
    name: 'moderation-rules',
    title: 'the first sentence through moderate with a list of 1,000 phrases',
    run: async () => {
      const config = { words: [{ category: 'secret', list: phrases(1_000), action: 'block' }] };
      const use = () => Promise.reject(new Error('rules need nothing'));
      return [{ case: 'moderation-rules', unit: 'ms', samples: await firstSentences(config, use, 300) }];
    },
  },
  {
    name: 'moderation-classifier',
    title: 'the first sentence through moderate with a classifier head over the starter embedding model',
    run: () =>
      inTemporaryFolder(async (folder) => {
        const hub = await openHub(folder);
        if (typeof hub === 'string') return hub;
        try {
          const classifier = await headClassifier(hub);
          const categories = [{ category: 'insult', threshold: 0.5, action: 'block' }];
          const config = { classifier: 'bench', categories };
          const samples = await firstSentences(config, async () => classifier, 100);
          return [{ case: 'moderation-classifier', unit: 'ms', samples }];
        } finally {
          await hub.close();
        }
      }),
  },
  {
    name: 'label-joins',
    title: 'ten million joins of labels of which one covers the other',
    run: async () => {
      const low = labelOf('internal');
      const high = labelOf('restricted');
      const marked = labelOf('restricted', ['untrusted']);
      const { bytes, nanoseconds } = await bytesOfJoins([
        [low, low],
        [low, high],
        [marked, high],
      ]);
      return [
        { case: 'label-join-bytes', unit: 'bytes', samples: [bytes] },
        { case: 'label-join', unit: 'ns', samples: [nanoseconds] },
      ];
    },
  },
];
