import type { DocumentInfo, JobReply, Passage } from '@heddle/core';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../../e2e/built-program.js';
import { eventually } from '../../e2e/eventually.js';
import { callJson, send } from '../../e2e/server-calls.js';
import { startServer, type ServerProcess } from '../../e2e/start-server.js';
import { dimensions } from '../embedder.js';
import { openLedger, type Ledger } from '../ledger.js';
import { createRandom, type Random } from '../random.js';
import type { FaultCase } from './fault-case.js';
import { judgeMirror } from './judge-mirror.js';
import type { GetSample } from './sample.js';

/** The number of changes to the folder in one case. */
const changes = 25;
const collection = 'mirror';
const source = 'folder';
const base = `/api/collections/${collection}`;
const syncMs = 120_000;

/** Syncs a source while its folder changes and the server is killed. In the end, its documents must mirror the folder exactly. */
export async function killSync(_: GetSample, seed: number, number: number): Promise<FaultCase> {
  const random = createRandom(seed, 40_000 + number);
  const ledger = await openLedger();
  const folder = join(temporaryFolder(), 'files');
  mkdirSync(folder);
  const data = temporaryFolder();
  const environment = { HEDDLE_FILES: folder, HEDDLE_FETCH_ALLOW: ledger.host };
  const files = new Map<string, string>();
  let server = await startServer({ data, environment });
  try {
    for (let made = 0; made < 12; made += 1) change(folder, files, random, `s${number}x${made}`);
    await setUp(server, ledger, folder);
    await untilSynced(server);
    for (let made = 0; made < changes; made += 1) change(folder, files, random, `c${number}x${made}`);
    const waitMs = Math.round(random.between(0, 700));
    const asked = callJson(server, 'POST', `${base}/sources/${source}/sync`, {}).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    await server.kill();
    await asked;
    server = await startServer({ data, environment });
    await untilSynced(server);
    await callJson(server, 'POST', `${base}/sources/${source}/sync`, {});
    const counts = await untilSynced(server);
    const violations = judgeMirror(files, await readMirror(server));
    return {
      kind: 'sync',
      number,
      detail: `killed after ${waitMs} ms, ${JSON.stringify(counts)}`,
      outcome: 'mirrored',
      violations,
    };
  } finally {
    await server.kill();
    await ledger.close();
    rmSync(data, { recursive: true, force: true });
  }
}

/** Creates, changes, removes or renames one file. Each text contains a unique word. */
function change(folder: string, files: Map<string, string>, random: Random, word: string): void {
  const names = [...files.keys()];
  const name = names[Math.floor(random.next() * names.length)];
  const what = random.next();
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    files.set(path, text);
  };
  const remove = (path: string): void => {
    rmSync(join(folder, path));
    files.delete(path);
  };
  const text = `# About ${word}\n\nHere stands ${word}, and nowhere else.\n`;
  if (name === undefined || names.length < 8 || what < 0.4)
    write(random.chance(0.5) ? `${word}.md` : `deep/${word}.md`, text);
  else if (what < 0.65) write(name, text);
  else if (what < 0.85) remove(name);
  else {
    const moved = files.get(name) ?? '';
    remove(name);
    write(`moved/${word}.md`, moved);
  }
}

async function setUp(server: ServerProcess, ledger: Ledger, folder: string): Promise<void> {
  await callJson(server, 'POST', '/api/connections', {
    id: 'ledger',
    kind: 'openai-compatible',
    baseUrl: `${ledger.address}/v1`,
    isLocal: true,
    models: [{ name: 'vectors', kind: 'embed', contextTokens: 512, dimensions }],
  });
  await callJson(server, 'POST', '/api/collections', { name: collection, embedding: 'ledger/vectors' });
  await callJson(server, 'POST', `${base}/sources`, {
    id: source,
    kind: 'folder',
    title: 'Files',
    config: { path: folder },
  });
  await callJson(server, 'POST', `${base}/sources/${source}/sync`, {});
}

/** Waits until the source has no job left; returns the counts of the last sync. Throws if a sync failed. */
async function untilSynced(server: ServerProcess): Promise<unknown> {
  const state = await eventually(
    'end of the sync',
    async () => {
      const { state: now } = (await callJson(server, 'GET', `${base}/sources/${source}`)) as { state: SourceNow };
      return now.job === undefined ? now : undefined;
    },
    syncMs,
  );
  if (state.error !== undefined) throw new Error(`The sync failed: ${JSON.stringify(state.error)}`);
  return state.counts;
}

interface SourceNow {
  readonly job?: JobReply['jobId'];
  readonly error?: unknown;
  readonly counts?: unknown;
}

/** Reads the passages of each document, by its id in the source. */
async function readMirror(server: ServerProcess): Promise<ReadonlyMap<string, readonly string[]>> {
  const read = async <T>(path: string): Promise<T> => JSON.parse((await send(server, path)).text) as T;
  const mirror = new Map<string, readonly string[]>();
  const { documents } = await read<{ documents: readonly DocumentInfo[] }>(`${base}/documents?limit=500`);
  for (const { id } of documents) {
    const found = await read<{ passages?: readonly Passage[] }>(`${base}/passages?document=${encodeURIComponent(id)}`);
    mirror.set(
      id.replace(`${source}:`, ''),
      (found.passages ?? []).map(({ text }) => text),
    );
  }
  return mirror;
}
