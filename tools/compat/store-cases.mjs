import { password, pause, startPgvector } from './start-postgres.mjs';

/** Tries until the server answers: it reads its log after a kill. */
async function answered(store) {
  for (const end = Date.now() + 60_000; ;) {
    try {
      return await store.list();
    } catch (error) {
      if (Date.now() > end) throw error;
      await pause(200);
    }
  }
}

async function runPgvector({ partner, report }) {
  const { createPgvectorStore } = await import('@heddle/adapters/vectors');
  const { checkRandomReaders, searchAsRandomReaders, vectorStoreSuite } = await import('@heddle/core/testing');
  const open = (url = partner.url, options = {}) => createPgvectorStore({ url, ...options });
  const dropAll = async () => {
    const store = open();
    for (const { name } of await answered(store)) await store.drop(name);
    await store.close();
  };
  await report('two programs make the tables at once', async () => {
    const stores = [open(), open(), open()];
    await Promise.all(stores.map(answered));
    await Promise.all(stores.map((store) => store.close()));
  });
  for (const { name, run } of vectorStoreSuite) {
    await dropAll();
    const opened = [open()];
    const reopen = async () => {
      opened.push(open());
      return opened.at(-1);
    };
    await report(name, () => run({ store: opened[0], reopen, second: async () => open() }));
    await Promise.all(opened.map((store) => store.close()));
  }
  for (const [name, indexFrom, documents, searches] of [
    ['10,000 random searches find what their readers may read, and nothing else', 20_000, 400, 10_000],
    ['the same with an approximate index', 500, 1_500, 1_000],
  ]) {
    await dropAll();
    const store = open(partner.url, { indexFrom });
    await report(name, async () =>
      checkRandomReaders(await searchAsRandomReaders(store, { seed: 13, documents, searches })),
    );
    await store.close();
  }
  await dropAll();
  await report('refuses a wrong password without naming it', () => refusesWrongPassword(open, partner.url));
  await report('keeps each document whole over ten kills during writes by two programs', () =>
    survivesKills(open, partner),
  );
}

async function refusesWrongPassword(open, url) {
  const store = open(url.replace(password, 'wrong-canary'));
  const error = await store.list().catch((caught) => caught);
  await store.close();
  if (error.code !== 'vector_store_unauthorized' || String(error.message).includes('canary')) throw error;
}

/** Each document has as many passages as its round says; a put that failed left the round before. */
async function survivesKills(open, partner) {
  const settings = { embedding: 'tiny', dimensions: 4, label: { level: 'internal', marks: [] } };
  const splitter = { kind: 'markdown', maxTokens: 200, overlapTokens: 20 };
  const first = open();
  await first.create({ name: 'kills', ...settings, splitter });
  await first.close();
  for (let round = 1; round <= 10; round += 1) {
    const stores = [open(), open()];
    const collections = await Promise.all(stores.map((store) => store.open('kills')));
    const writes = Array.from({ length: 12 }, (_, at) =>
      collections[at % 2].put([documentOf(`d${at}`, round)]).catch(() => undefined),
    );
    await pause(20 * round);
    await partner.kill();
    await Promise.all(writes);
    await Promise.all(stores.map((store) => store.close()));
    await requireWhole(open);
  }
}

const documentOf = (id, round) => ({
  document: { id, title: id, mediaType: 'text/plain', hash: String(round), size: 1 },
  passages: Array.from({ length: 5 + round }, (_, at) => ({
    ...{ id: `${id}#${at}`, text: `round${round} part ${at}`, vector: Float32Array.of(1, at, round, 0) },
  })),
});

async function requireWhole(open) {
  const store = open();
  await answered(store);
  const collection = await store.open('kills');
  const documents = await collection.documents();
  let passages = 0;
  for (const { id, hash, passages: count } of documents) {
    const held = await collection.passages(id);
    const isWhole = held.length === 5 + Number(hash) && held.every(({ text }) => text.startsWith(`round${hash} `));
    if (!isWhole || count !== held.length) throw new Error(`${id} has ${held.length} passages of round ${hash}`);
    passages += held.length;
  }
  const info = await collection.info();
  await store.close();
  if (info.documents !== documents.length || info.passages !== passages)
    throw new Error(`the figures say ${info.documents} and ${info.passages}, not ${documents.length} and ${passages}`);
}

/** Vector stores against real servers: each runs the whole conformance suite of the port. */
export const storeCases = [
  {
    ...{ name: 'pgvector', title: 'Postgres with pgvector (the conformance suite of vector stores)', isPlain: true },
    needs: (_llama, folder) => startPgvector(folder),
    run: runPgvector,
  },
];
