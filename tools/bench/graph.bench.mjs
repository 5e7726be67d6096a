import { join } from 'node:path';
import { defaultLabel } from '@heddle/core';
import { inTemporaryFolder, sample, seeded } from './shared.mjs';

const dimensions = 384;
const documents = 50_000;
const passagesEach = 2;
const namesEach = 10;
const entities = 100_000;
const questions = 100;

/** Ranks with the distribution of names: a few occur almost everywhere, most hardly anywhere. */
const zipf = (random) => Math.floor(entities ** random()) - 1;
const nameOf = (rank) => `Name${rank} Surname${rank % 977}`;
const idOf = (rank) => nameOf(rank).toLowerCase();

function vectorOf(random) {
  const vector = Float32Array.from({ length: dimensions }, () => random() - 0.5);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

/** Makes a document, and the ranks of the entities of each passage. */
function documentOf(at, random) {
  const id = `d${at}`;
  const ranks = Array.from({ length: passagesEach }, () => [
    ...new Set(Array.from({ length: namesEach }, () => zipf(random))),
  ]);
  const passages = ranks.map((of, number) => ({
    id: `${id}#${number + 1}`,
    text: `Passage ${number} of ${at} tells of ${of.map(nameOf).join(', ')}.`,
    vector: vectorOf(random),
  }));
  const document = { id, title: `Document ${at}`, mediaType: 'text/plain', hash: id, size: 1 };
  // One document in ten has a list of readers.
  return { stored: { document, passages, readers: { list: at % 10 === 0 ? ['boss'] : null } }, ranks };
}

/**
 * Fills both files. The rows of the graph are written in one commit instead of one for each document, because only the search is measured.
 */
async function fill(inner, connection, progress) {
  const random = seeded(11);
  const mention = connection.prepare(
    "INSERT INTO graph_mentions (collection, entity, document, passage, name, type) VALUES ('bench', ?, ?, ?, ?, 'person')",
  );
  const write = connection.transaction((batch) => {
    for (const { stored, ranks } of batch)
      for (const [number, of] of ranks.entries())
        for (const rank of of) mention.run(idOf(rank), stored.document.id, stored.passages[number].id, nameOf(rank));
  });
  for (let from = 0; from < documents; from += 1_000) {
    const batch = Array.from({ length: 1_000 }, (_, at) => documentOf(from + at, random));
    await inner.put(batch.map(({ stored }) => stored));
    write(batch);
    if (from % 10_000 === 0) progress(`${from} of ${documents} documents`);
  }
  connection.exec(`INSERT INTO graph_entities SELECT collection, entity, max(name), max(type), count(*), count(DISTINCT document)
    FROM graph_mentions GROUP BY collection, entity`);
  return connection.prepare('SELECT count(*) FROM graph_mentions').pluck().get();
}

async function run({ progress }) {
  const { createCollections } = await import('@heddle/adapters/collections');
  const { openDatabase, sqliteTables } = await import('@heddle/adapters/database');
  const { createGraphStore } = await import('@heddle/adapters/stores');
  const { createEmbeddedStore } = await import('@heddle/adapters/vectors');
  return inTemporaryFolder(async (folder) => {
    const database = openDatabase(join(folder, 'heddle.db'));
    const embedded = createEmbeddedStore({ file: join(folder, 'collections.db') });
    try {
      const splitter = { kind: 'markdown', maxTokens: 200, overlapTokens: 0 };
      const inner = await embedded.create({
        name: 'bench',
        embedding: 'none',
        dimensions,
        splitter,
        label: defaultLabel,
      });
      const mentions = await fill(inner, database.connection, progress);
      progress(`${mentions} mentions`);
      await inner.setNote('graph', JSON.stringify({ model: 'none' }));
      const random = seeded(12);
      const unusable = () => Promise.reject(new Error('Nothing is parsed here.'));
      const collection = await createCollections({
        embedded,
        documents: { parse: unusable },
        embedder: async () => ({ id: 'none', dimensions, embed: async () => [vectorOf(random)] }),
        tokenizer: unusable,
        graphs: { store: createGraphStore(sqliteTables(database)), describe: unusable, model: unusable },
      }).open('bench');
      const asked = Array.from(
        { length: questions },
        () => `What do ${nameOf(zipf(random))} and ${nameOf(zipf(random))} tell?`,
      );
      const reader = collection.readableBy(() => []);
      const timesOf = (of, request) =>
        sample(questions, 10, (at) => of.search({ query: asked[at % questions], k: 10, ...request }));
      const none = await timesOf(collection, {});
      return [
        {
          case: 'graph-100k',
          unit: 'ms',
          samples: await timesOf(collection, { graphWeight: 0.5 }),
          against: { name: 'without', samples: none },
        },
        {
          case: 'graph-100k-readers',
          unit: 'ms',
          samples: await timesOf(reader, { graphWeight: 0.5 }),
          against: { name: 'without', samples: await timesOf(reader, {}) },
        },
        {
          case: 'graph-100k-filter',
          unit: 'ms',
          samples: await timesOf(collection, { graphWeight: 0.5, filter: { op: 'exists', field: 'title' } }),
          against: {
            name: 'without',
            samples: await timesOf(collection, { filter: { op: 'exists', field: 'title' } }),
          },
        },
      ];
    } finally {
      await embedded.close();
      database.close();
    }
  });
}

export const cases = [
  { name: 'graph', title: 'Search of 100,000 passages with a knowledge graph of a million mentions', run },
];
