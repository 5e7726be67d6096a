import { mkdtempSync, rmSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const count = 60;
const texts = Array.from({ length: count }, (_, at) => ({
  id: `d${at}`,
  title: `Page ${at}`,
  content: `# Page ${at}\n\nText ${at} about animals and plants.\n\n## More\n\nAnd more ${at} about rivers and lakes.`,
  metadata: { number: at, tags: ['a', `t${at % 7}`] },
  ...(at % 5 === 0 ? { readers: ['user:ada'] } : {}),
}));

/** Moves a collection from the embedded store to another one and back, with writes in between. Throws if anything differs afterwards. */
export async function movesThereAndBack(store) {
  const { createCollections } = await import('@heddle/adapters/collections');
  const { createDocuments } = await import('@heddle/adapters/documents');
  const { createEmbeddedStore } = await import('@heddle/adapters/vectors');
  const { createFakeEmbedder, createFakeTokenizer } = await import('@heddle/core/testing');
  const folder = mkdtempSync(join(tmpdir(), 'heddle-move-'));
  const embedded = createEmbeddedStore({ file: join(folder, 'collections.db') });
  const documents = createDocuments();
  const inner = createFakeEmbedder({ id: 'fake' });
  let passages = 0;
  const embed = (given, ...more) => {
    passages += given.length;
    return inner.embed(given, ...more);
  };
  const collections = createCollections({
    ...{ embedded, servers: [store], documents, embedder: async () => ({ ...inner, embed }) },
    tokenizer: async () => createFakeTokenizer(),
  });
  try {
    const collection = await collections.create({ name: 'moving', embedding: 'fake' });
    await collection.ingest(texts);
    const before = await contentOf(collection);
    const { reindexing } = collections;
    passages = 0;
    await reindexing.begin('moving', { store: store.kind });
    await reindexing.fill('moving');
    await reindexing.switch('moving', { keepMs: 60_000 });
    same(await contentOf(collection), before, 'What is there');
    same((await collection.info()).store, store.kind, 'The store');
    same(passages, 0, 'Passages that were embedded again');
    await collection.ingest([{ id: 'new', content: 'A new text.' }]);
    await collection.delete(['d4']);
    const after = await contentOf(collection);
    await reindexing.back('moving');
    same(await contentOf(collection), after, 'What is back');
    same((await collection.info()).store, 'embedded', 'The store after the way back');
    await collections.drop('moving');
    same(
      (await store.list()).map(({ name }) => name),
      [],
      'What is left there',
    );
  } finally {
    await Promise.all([embedded.close(), documents.close()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function contentOf(collection) {
  const all = await collection.documents();
  const passages = [];
  for (const { id } of all) passages.push(await collection.passages(id));
  return [all.map((info) => ({ ...info, updatedAt: 0 })), passages];
}

function same(received, expected, what) {
  if (isDeepStrictEqual(received, expected)) return;
  throw new Error(
    `${what}: ${JSON.stringify(received).slice(0, 300)} instead of ${JSON.stringify(expected).slice(0, 300)}`,
  );
}
