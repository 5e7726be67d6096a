import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { defaultLabel } from '@heddle/core';
import { root } from '../bootstrap/repository.mjs';
import { inTemporaryFolder, openHub, sample, seeded, pubmedQaFolder } from './shared.mjs';

const dimensions = 384;
const k = 10;

const normalOf = (random) => () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Scales a vector to length 1, in place. */
function unit(vector) {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const length = Math.sqrt(sum);
  for (let at = 0; at < vector.length; at += 1) vector[at] /= length;
  return vector;
}

/** Makes noisy vectors around 500 centres. They are harder to search than real text, whose neighbours lie further apart. */
function clustered(count, random) {
  const normal = normalOf(random);
  const centres = Array.from({ length: 500 }, () => Float32Array.from({ length: dimensions }, normal));
  return Array.from({ length: count }, () => {
    const centre = centres[Math.floor(random() * centres.length)];
    return unit(centre.map((value) => value + 0.8 * normal()));
  });
}

async function filled(folder, vectors) {
  const { createEmbeddedStore } = await import('@heddle/adapters/vectors');
  const store = createEmbeddedStore({ file: join(folder, 'collections.db') });
  const collection = await store.create({
    name: 'bench',
    embedding: 'bench',
    dimensions,
    splitter: { kind: 'fixed', maxTokens: 200, overlapTokens: 0 },
    label: defaultLabel,
  });
  for (let start = 0; start < vectors.length; start += 1000) {
    const slice = vectors.slice(start, start + 1000);
    await collection.put([
      {
        document: { id: `d${start}`, title: 'Bench', mediaType: 'text/plain', hash: '0'.repeat(64), size: 1 },
        passages: slice.map((vector, index) => ({
          id: `p${start + index}`,
          text: `passage ${start + index}`,
          vector,
          metadata: { percent: (start + index) % 100 },
        })),
      },
    ]);
  }
  return { store, collection };
}

/** Gives the share of the exact k nearest vectors that were found. */
function recallOf(found, query, vectors) {
  const best = [];
  for (let index = 0; index < vectors.length; index += 1) {
    const vector = vectors[index];
    let score = 0;
    for (let at = 0; at < dimensions; at += 1) score += vector[at] * query[at];
    if (best.length === k && score <= best[k - 1].score) continue;
    const position = best.findIndex((entry) => entry.score < score);
    best.splice(position < 0 ? best.length : position, 0, { score, id: `p${index}` });
    if (best.length > k) best.pop();
  }
  const truth = new Set(best.map(({ id }) => id));
  return found.filter((passage) => truth.has(passage.id)).length / k;
}

const lastOf = (samples, share) => [...samples].sort((a, b) => a - b)[Math.floor(samples.length * share)];

/** Reads vectors of real sentences of the abstracts and of their questions, made by the starter model and cached in .nx/bench. */
async function realSentences(folder) {
  const data = pubmedQaFolder();
  if (data === undefined) return 'the abstracts are not here (../shared/data/pubmedqa)';
  const file = join(root, '.nx', 'bench', 'sentences.f32');
  const count = { sentences: 2_000, questions: 200 };
  if (!existsSync(file)) {
    const hub = await openHub(folder);
    if (typeof hub === 'string') return hub;
    const records = readFileSync(join(data, 'pubmedqa.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const sentences = records
      .flatMap(({ sections }) => sections.flatMap(({ text }) => text.split(/(?<=[.?!])\s+/)))
      .filter((sentence) => sentence.length > 40);
    const embedder = await hub.embedder('all-minilm-l6-v2');
    const passages = await embedder.embed(spread(sentences, count.sentences), { kind: 'passage' });
    const questions = await embedder.embed(
      records.slice(0, count.questions).map(({ question }) => question),
      { kind: 'query' },
    );
    await hub.close();
    mkdirSync(join(root, '.nx', 'bench'), { recursive: true });
    writeFileSync(
      file,
      Buffer.concat([...passages, ...questions].map((vector) => Buffer.from(Float32Array.from(vector).buffer))),
    );
  }
  const bytes = readFileSync(file);
  const all = Array.from(
    { length: bytes.length / 4 / dimensions },
    (_, index) =>
      new Float32Array(
        bytes.buffer.slice(bytes.byteOffset + index * dimensions * 4, bytes.byteOffset + (index + 1) * dimensions * 4),
      ),
  );
  return { sentences: all.slice(0, count.sentences), questions: all.slice(count.sentences) };
}

const spread = (list, count) =>
  Array.from({ length: count }, (_, index) => list[Math.floor((index * list.length) / count)]);

/** Adds further vectors to real ones, each between two of them with a little noise. */
function extended(sentences, count, random) {
  const normal = normalOf(random);
  const pick = () => sentences[Math.floor(random() * sentences.length)];
  return Array.from({ length: count }, (_, index) => {
    if (index < sentences.length) return sentences[index];
    const one = pick();
    const other = pick();
    const share = 0.5 + random() / 2;
    return unit(one.map((value, at) => share * value + (1 - share) * other[at] + 0.02 * normal()));
  });
}

/** Stores vectors, opens the store again as a new process would, and searches. */
async function measured(name, folder, { vectors, queries, progress, exact = 50 }) {
  progress('storing');
  const begin = performance.now();
  const first = await filled(folder, vectors);
  const insert = (performance.now() - begin) / vectors.length;
  await first.store.close();
  progress('loading');
  const { createEmbeddedStore } = await import('@heddle/adapters/vectors');
  const store = createEmbeddedStore({ file: join(folder, 'collections.db') });
  const opening = performance.now();
  const collection = await store.open('bench');
  const ask = (index, filter) =>
    collection.search({
      vector: queries[index % queries.length],
      mode: 'dense',
      k,
      ...(filter === undefined ? {} : { filter }),
    });
  await ask(0);
  const load = (performance.now() - opening) / 1000;
  progress('searching');
  await sample(30, 0, (index) => ask(index));
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const plain = await sample(200, 0, (index) => ask(index));
  delay.disable();
  const one = await sample(100, 20, (index) => ask(index, { op: 'eq', field: 'percent', value: 3 }));
  const ten = await sample(100, 20, (index) => ask(index, { op: 'lt', field: 'percent', value: 10 }));
  progress('comparing with exact floats');
  let recall = 0;
  for (let index = 0; index < exact; index += 1) recall += recallOf(await ask(index), queries[index], vectors) / exact;
  await store.close();
  return [
    { case: name, unit: 'ms', samples: plain },
    { case: `${name}-p95`, unit: 'ms', samples: [lastOf(plain, 0.95)] },
    { case: `${name}-filter-1%`, unit: 'ms', samples: one },
    { case: `${name}-filter-10%`, unit: 'ms', samples: ten },
    { case: `${name}-recall`, unit: 'of exact', samples: [recall] },
    { case: `${name}-load`, unit: 's', samples: [load] },
    // The measuring timer itself fires every millisecond, so only the rest is delay.
    { case: `${name}-loop-delay-p99`, unit: 'ms', samples: [Math.max(0.001, delay.percentile(99) / 1e6 - 1)] },
    { case: `${name}-insert`, unit: 'ms/passage', samples: [insert] },
  ];
}

const size = (name, count, exact) => ({
  name,
  title: `${count.toLocaleString('en')} clustered vectors of ${dimensions}, k = ${k}, through the port`,
  run: ({ progress }) =>
    inTemporaryFolder(async (folder) => {
      progress('making vectors');
      const vectors = clustered(count + 200, seeded(7));
      const queries = vectors.splice(count);
      return measured(name, folder, { vectors, queries, progress, exact });
    }),
});

export const cases = [
  size('query-1k', 1_000),
  size('query-10k', 10_000),
  size('query-100k', 100_000),
  {
    name: 'query-100k-real',
    title: '100,000 vectors of real sentences, mixed and with a little noise; the queries are real questions',
    run: ({ progress }) =>
      inTemporaryFolder(async (folder) => {
        progress('embedding sentences');
        const real = await realSentences(folder);
        if (typeof real === 'string') return real;
        const vectors = extended(real.sentences, 100_000, seeded(7));
        return measured('query-100k-real', folder, { vectors, queries: real.questions, progress });
      }),
  },
  size('query-1m', 1_000_000, 20),
];
