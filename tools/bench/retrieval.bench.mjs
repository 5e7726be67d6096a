import { join } from 'node:path';
import { defaultLabel } from '@heddle/core';
import { inTemporaryFolder, sample, seeded } from './shared.mjs';

const dimensions = 384;
const k = 10;

/** Vectors round 500 centres with noise: harder than real text, whose neighbours stand apart. */
function clustered(count, random) {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const centres = Array.from({ length: 500 }, () => Float32Array.from({ length: dimensions }, normal));
  return Array.from({ length: count }, () => {
    const centre = centres[Math.floor(random() * centres.length)];
    const vector = centre.map((value) => value + 0.8 * normal());
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
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

function recallOf(found, query, vectors) {
  const scores = vectors.map((vector, index) => [index, vector.reduce((sum, value, at) => sum + value * query[at], 0)]);
  const truth = new Set(
    scores
      .sort((a, b) => b[1] - a[1])
      .slice(0, k)
      .map(([index]) => `p${index}`),
  );
  return found.filter((passage) => truth.has(passage.id)).length / k;
}

const size = (count) => ({
  name: `query-${count / 1000}k`,
  title: `${count.toLocaleString('en')} clustered vectors of ${dimensions}, k = ${k}, through the port`,
  run: ({ progress }) =>
    inTemporaryFolder(async (folder) => {
      const random = seeded(7);
      progress('making vectors');
      const vectors = clustered(count + 200, random);
      const queries = vectors.splice(count);
      progress('storing');
      const begin = performance.now();
      const { store, collection } = await filled(folder, vectors);
      const insert = (performance.now() - begin) / count;
      progress('searching');
      const ask = (index, filter) =>
        collection.search({
          vector: queries[index % queries.length],
          mode: 'dense',
          k,
          ...(filter === undefined ? {} : { filter }),
        });
      const plain = await sample(200, 30, (index) => ask(index));
      const one = await sample(100, 20, (index) => ask(index, { op: 'eq', field: 'percent', value: 3 }));
      const ten = await sample(100, 20, (index) => ask(index, { op: 'lt', field: 'percent', value: 10 }));
      const recalls = [];
      for (let index = 0; index < 50; index += 1) recalls.push(recallOf(await ask(index), queries[index], vectors));
      await store.close();
      const name = `query-${count / 1000}k`;
      return [
        { case: name, unit: 'ms', samples: plain },
        {
          case: `${name}-p95`,
          unit: 'ms',
          samples: [[...plain].sort((a, b) => a - b)[Math.floor(plain.length * 0.95)]],
        },
        { case: `${name}-filter-1%`, unit: 'ms', samples: one },
        { case: `${name}-filter-10%`, unit: 'ms', samples: ten },
        {
          case: `${name}-recall`,
          unit: 'of exact',
          samples: [recalls.reduce((sum, value) => sum + value, 0) / recalls.length],
        },
        { case: `${name}-insert`, unit: 'ms/passage', samples: [insert] },
      ];
    }),
});

export const cases = [size(1_000), size(10_000), size(100_000)];
