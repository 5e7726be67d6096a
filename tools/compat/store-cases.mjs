import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runMilvusAlone } from './milvus/milvus-case.mjs';
import { startMilvus } from './milvus/start-milvus.mjs';
import { movesThereAndBack } from './move-collection.mjs';
import { survivesReindexKills } from './reindex-collection.mjs';
import { documentOf } from './store-documents.mjs';
import { startOpensearch } from './start-opensearch.mjs';
import { password, pause, startPgvector } from './start-postgres.mjs';
import { prepareNode } from './prepare-partners.mjs';
import { runPinecone } from './pinecone-case.mjs';
import { startQdrant } from './start-qdrant.mjs';
import { startWeaviate } from './start-weaviate.mjs';

/** Retries until the server answers, because it reads its log after a kill. */
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

/**
 * Runs the conformance suite of vector stores, random searches by random readers, a move, and kills of a program that re-indexes. `open`
 * opens the store; `program` says the same for another process, as a function name and its options. `approximate` contains options with
 * which an approximate index begins early. `sizes` are the numbers of documents in both rounds of random searches, and the number of
 * searches in the second round.
 */
async function runSuite({
  open,
  program,
  openTenant,
  report,
  approximate,
  searches: count = 10_000,
  sizes = [400, 1_500, 1_000],
}) {
  const [few, many, fewer] = sizes;
  const { checkRandomReaders, searchAsRandomReaders, vectorStoreSuite } = await import('@heddle/core/testing');
  const dropAll = async () => {
    const store = open();
    for (const { name } of await answered(store)) await store.drop(name);
    await store.close();
  };
  for (const { name, run } of vectorStoreSuite) {
    await dropAll();
    const opened = [open()];
    const reopen = async () => {
      opened.push(open());
      return opened.at(-1);
    };
    await report(name, () =>
      run({ store: opened[0], reopen, second: async () => open(), tenant: async () => openTenant() }),
    );
    await Promise.all(opened.map((store) => store.close()));
  }
  for (const [name, options, documents, searches] of [
    [`${count} random searches find what their readers may read, and nothing else`, {}, few, count],
    ['the same with an approximate index', approximate, many, fewer],
  ]) {
    if (options === undefined) continue;
    await dropAll();
    const store = open(options);
    await report(name, async () => {
      const found = await searchAsRandomReaders(store, { seed: 13, documents, searches });
      process.stderr.write(`  forbidden ${found.forbidden}, recall ${JSON.stringify(found.recall)}\n`);
      checkRandomReaders(found);
    });
    await store.close();
  }
  await dropAll();
  const store = open();
  await report('a collection moves here and back without being embedded again', () => movesThereAndBack(store));
  await store.close();
  await report('a collection gets another index over kills of the program at each step', () =>
    survivesReindexKills(open, program),
  );
}

async function runPgvector({ partner, report }) {
  const { createPgvectorStore } = await import('@heddle/adapters/vectors');
  const open = (options = {}) => createPgvectorStore({ url: partner.url, ...options });
  await report('two programs make the tables at once', async () => {
    const stores = [open(), open(), open()];
    await Promise.all(stores.map(answered));
    await Promise.all(stores.map((store) => store.close()));
  });
  const openTenant = () => open({ schema: 'other_vectors' });
  await runSuite({
    open,
    program: ['createPgvectorStore', { url: partner.url }],
    openTenant,
    report,
    approximate: { indexFrom: 500 },
  });
  await report('refuses a wrong password without naming it', () => refusesWrongPassword(open, partner.url));
  await report('keeps each document whole over ten kills during writes by two programs', () =>
    survivesKills(open, partner),
  );
}

async function runOpensearch({ partner, report }) {
  const { createOpensearchStore } = await import('@heddle/adapters/vectors');
  const open = (options = {}) => createOpensearchStore({ url: partner.url, ...options });
  const openTenant = () => open({ prefix: 'other_' });
  await runSuite({
    open,
    program: ['createOpensearchStore', { url: partner.url }],
    openTenant,
    report,
    approximate: { indexFrom: 500 },
  });
  await report('takes a filter of many levels, and refuses one that is too deep', () => takesDeepFilters(open));
  await report('makes a collection once when two programs make it at once', () => makesOnce(open));
  await report('keeps what was acknowledged over five kills, and whole documents after they are written again', () =>
    survivesKills(open, partner, { kills: 5, isWrittenAgain: true }),
  );
}

async function runWeaviate({ partner: { url, apiKey, ...partner }, report }) {
  const { createWeaviateStore } = await import('@heddle/adapters/vectors');
  const open = (options = {}) => createWeaviateStore({ url, apiKey, ...options });
  const openTenant = () => open({ prefix: 'Other' });
  // When an approximate index begins is a setting of the classes, so these get their own prefix. A search after a write reads all matches.
  await runSuite({
    open,
    program: ['createWeaviateStore', { url, apiKey }],
    openTenant,
    report,
    approximate: { indexFrom: 500, prefix: 'Early' },
    searches: 2_000,
  });
  await report('takes a filter of many levels, and refuses one that is too deep', () => takesDeepFilters(open));
  await report('makes a collection once when two programs make it at once', () => makesOnce(open));
  await report('loses no name when programs make and rename collections at once', () => keepsNames(open));
  await report('refuses a wrong key without naming it', () => refusesWrongKey(open));
  await report('keeps what was acknowledged over five kills, and whole documents after they are written again', () =>
    survivesKills(open, partner, { kills: 5, isWrittenAgain: true, isSearched: true }),
  );
}

async function runQdrant({ partner: { url, apiKey, ...partner }, report }) {
  const { createQdrantStore } = await import('@heddle/adapters/vectors');
  const open = (options = {}) => createQdrantStore({ url, apiKey, ...options });
  const openTenant = () => open({ prefix: 'other_' });
  await runSuite({ open, program: ['createQdrantStore', { url, apiKey }], openTenant, report, approximate: {} });
  await report('takes a filter of many levels, and refuses one that is too deep', () => takesDeepFilters(open));
  await report('refuses a wrong key without naming it', () => refusesWrongKey(open));
  await report('keeps what was acknowledged over five kills, and whole documents after they are written again', () =>
    survivesKills(open, partner, { kills: 5, isWrittenAgain: true, isSearched: true }),
  );
}

async function runMilvus({ partner, report }) {
  const { createMilvusStore } = await import('@heddle/adapters/vectors');
  // Without the option, the index is approximate wherever the server has written segments.
  const open = (options = {}) => createMilvusStore({ url: partner.url, index: 'FLAT', ...options });
  const openTenant = () => open({ prefix: 'other_' });
  // The sizes are small because Milvus Lite compares passages one by one, in Python.
  await runSuite({
    open,
    program: ['createMilvusStore', { url: partner.url, index: 'FLAT' }],
    openTenant,
    report,
    approximate: { index: 'HNSW' },
    sizes: [30, 500, 150],
  });
  await report('takes a filter of many levels, and refuses one that is too deep', () => takesDeepFilters(open));
  await report('makes a collection once when two programs make it at once', () => makesOnce(open));
  await report('loses no name when programs make and rename collections at once', () => keepsNames(open));
  await runMilvusAlone({ partner, report, open, documentOf });
  await report('keeps what was acknowledged over five kills, and whole documents after they are written again', () =>
    survivesKills(open, partner, { kills: 5, isWrittenAgain: true, isSearched: true }),
  );
}

async function keepsNames(open) {
  const stores = [open(), open(), open()];
  const settled = await Promise.allSettled(
    stores.map(async (store, at) => {
      for (let round = 0; round < 4; round += 1) {
        await store.create({ name: `n${at}.${round}`, ...kills });
        await store.rename([{ from: `n${at}.${round}`, to: `m${at}.${round}` }]);
      }
    }),
  );
  for (const { status, reason } of settled) if (status === 'rejected') throw reason;
  const names = (await stores[0].list()).map(({ name }) => name).filter((name) => /^[nm]\d/.test(name));
  if (names.length !== 12 || names.some((name) => !name.startsWith('m'))) throw new Error(names.join());
  for (const name of names) await stores[1].drop(name);
  await Promise.all(stores.map((store) => store.close()));
}

async function refusesWrongKey(open) {
  const store = open({ apiKey: 'wrong-canary' });
  const error = await store.list().catch((caught) => caught);
  await store.close();
  if (error.code !== 'vector_store_unauthorized' || String(error.message).includes('canary')) throw error;
}

async function runLancedb({ folder, report }) {
  const { createLancedbStore } = await import('@heddle/adapters/vectors');
  const data = mkdtempSync(join(folder, 'lancedb-'));
  const open = () => createLancedbStore({ folder: data });
  // A search after a write first adds the new rows to the index.
  const openTenant = () => createLancedbStore({ folder: join(data, 'other') });
  await runSuite({
    open,
    program: ['createLancedbStore', { folder: data }],
    openTenant,
    report,
    searches: 2_000,
  });
  await report('takes a filter of many levels, and refuses one that is too deep', () => takesDeepFilters(open));
  await report('makes a collection once when two programs make it at once', () => makesOnce(open));
  await report(
    'keeps what was acknowledged over ten kills of programs that write, and whole documents after they are written again',
    () => survivesKilledPrograms(open, data),
  );
}

/** Two programs write the same documents, and one of them is killed. */
async function survivesKilledPrograms(open, folder) {
  const first = open();
  await first.create({ name: 'kills', ...kills });
  await first.close();
  const program = fileURLToPath(new URL('write-documents.mjs', import.meta.url));
  for (let round = 1; round <= 10; round += 1) {
    const child = spawn(process.execPath, [program, folder, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk) => (said += chunk.toString()));
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
    const other = open();
    const isWritten = (await other.open('kills')).put([documentOf('other', round)]);
    await pause(10 * round);
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    await isWritten;
    await other.close();
    const acknowledged = said.split('\n').slice(0, -1);
    const lost = Array.from({ length: 12 }, (_, at) => `d${at}`).filter((id) => !acknowledged.includes(id));
    await writeAgain(open, lost, round);
    await requireWhole(open);
  }
}

async function takesDeepFilters(open) {
  const store = open();
  const collection = await store.create({ name: 'deep', ...kills });
  await collection.put([documentOf('a', 1)]);
  const nested = (levels) =>
    levels === 0 ? { op: 'exists', field: 'title' } : { op: 'and', filters: [nested(levels - 1)] };
  const search = (filter) => collection.search({ mode: 'dense', vector: Float32Array.of(1, 0, 0, 0), k: 3, filter });
  const found = await search(nested(15));
  if (found.length !== 3) throw new Error(`a filter of 15 levels finds ${found.length}`);
  const wide = {
    op: 'or',
    filters: Array.from({ length: 100 }, () => ({ op: 'or', filters: Array(100).fill(nested(0)) })),
  };
  for (const filter of [nested(70), wide]) {
    const error = await search(filter).catch((caught) => caught);
    if (error.code !== 'filter_invalid' && !Array.isArray(error)) throw error;
  }
  await store.drop('deep');
  await store.close();
}

async function makesOnce(open) {
  const store = open();
  const made = await Promise.allSettled(
    [open(), open(), open(), store].map((one) => one.create({ name: 'once', ...kills })),
  );
  const refused = made.filter(({ status }) => status === 'rejected').map(({ reason }) => reason.code);
  if (refused.length !== 3 || refused.some((code) => code !== 'collection_exists')) throw new Error(refused.join());
  await store.drop('once');
  await store.close();
}

async function refusesWrongPassword(open, url) {
  const store = open({ url: url.replace(password, 'wrong-canary') });
  const error = await store.list().catch((caught) => caught);
  await store.close();
  if (error.code !== 'vector_store_unauthorized' || String(error.message).includes('canary')) throw error;
}

const kills = {
  ...{ embedding: 'tiny', dimensions: 4, label: { level: 'internal', marks: [] } },
  splitter: { kind: 'markdown', maxTokens: 200, overlapTokens: 20 },
};

/**
 * Kills the server during writes. The number of passages of a document shows its round; a failed write must leave the document of the round
 * before. In a store without transactions, failed writes are repeated, as an import does.
 */
async function survivesKills(open, partner, { kills: rounds = 10, isWrittenAgain = false, isSearched = false } = {}) {
  const first = open();
  await first.create({ name: 'kills', ...kills });
  await first.close();
  for (let round = 1; round <= rounds; round += 1) {
    const stores = [open(), open()];
    const collections = await Promise.all(stores.map((store) => store.open('kills')));
    const lost = [];
    const writes = Array.from({ length: 12 }, (_, at) =>
      collections[at % 2].put([documentOf(`d${at}`, round)]).catch(() => lost.push(`d${at}`)),
    );
    await pause((isWrittenAgain ? 100 : 20) * round);
    await partner.kill();
    await Promise.all(writes);
    await Promise.all(stores.map((store) => store.close()));
    if (isWrittenAgain) await writeAgain(open, lost, round);
    await requireWhole(open, isSearched);
  }
}

async function writeAgain(open, lost, round) {
  const store = open();
  await answered(store);
  const collection = await store.open('kills');
  const kept = await collection.documents();
  const missing = kept.filter(({ id, hash }) => !lost.includes(id) && hash !== String(round));
  if (missing.length > 0) throw new Error(`${missing[0].id} was acknowledged and is of round ${missing[0].hash}`);
  await collection.put(lost.map((id) => documentOf(id, round)));
  await store.close();
}

async function requireWhole(open, isSearched = false) {
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
  const question = { text: 'part', vector: Float32Array.of(1, 1, 1, 1), k: 10_000 };
  for (const mode of isSearched ? ['lexical', 'dense'] : []) {
    const found = await collection.search({ ...question, mode });
    if (found.length !== passages) throw new Error(`a ${mode} search finds ${found.length} of ${passages} passages`);
  }
  await store.close();
  if (info.documents !== documents.length || info.passages !== passages)
    throw new Error(`the figures say ${info.documents} and ${info.passages}, not ${documents.length} and ${passages}`);
}

/** Tests vector stores on real servers; each case runs the whole conformance suite of the port. */
export const storeCases = [
  {
    ...{ name: 'pgvector', title: 'Postgres with pgvector (the conformance suite of vector stores)', isPlain: true },
    needs: (_llama, folder) => startPgvector(folder),
    run: runPgvector,
  },
  {
    ...{ name: 'opensearch', title: 'OpenSearch with k-NN (the conformance suite of vector stores)', isPlain: true },
    needs: (_llama, folder) => startOpensearch(folder),
    run: runOpensearch,
  },
  {
    ...{ name: 'qdrant', title: 'Qdrant (the conformance suite of vector stores)', isPlain: true },
    needs: (_llama, folder) => startQdrant(folder),
    run: runQdrant,
  },
  {
    ...{ name: 'weaviate', title: 'Weaviate (the conformance suite of vector stores)', isPlain: true },
    needs: (_llama, folder) => startWeaviate(folder),
    run: runWeaviate,
  },
  {
    ...{ name: 'milvus', title: 'the small server of Milvus (the conformance suite of vector stores)', isPlain: true },
    needs: (_llama, folder) => startMilvus(folder),
    run: runMilvus,
  },
  {
    ...{ name: 'pinecone', title: "the double of Pinecone, with Pinecone's client", isPlain: true },
    needs: () => prepareNode('pinecone', ['@pinecone-database/pinecone@8.2.0']),
    run: (given) => runPinecone(given, (subject) => runSuite(subject)),
  },
  {
    ...{ name: 'lancedb', title: 'LanceDB in files (the conformance suite of vector stores)', isPlain: true },
    needs: () =>
      import('@lancedb/lancedb').then(
        () => ({}),
        () => ({ skip: 'LanceDB has no package for this platform here' }),
      ),
    run: runLancedb,
  },
];
