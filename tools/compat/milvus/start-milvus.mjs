import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { preparePython } from '../prepare-partners.mjs';
import { freePort } from '../start-partner.mjs';

/** Milvus Lite, the small server of Milvus, and its client, which contains the published description of the API. */
const packages = ['milvus-lite==3.2.2', 'pymilvus==3.0.2'];

/**
 * Starts Milvus Lite on a port of this machine; gives `{ skip }` if it is not available. `kill` kills it and starts it again; `stop` and
 * `start` do only one of both. Its memory limit is so low that it writes segments often, so a suite uses segments, indexes and data in
 * memory.
 */
export async function startMilvus(parent) {
  const { python, bin, skip } = await preparePython('milvus', packages);
  if (skip !== undefined) return { skip };
  const folder = mkdtempSync(join(parent, 'milvus-'));
  const port = await freePort();
  const begin = () => startServer(join(bin, 'milvus-lite'), folder, port);
  let server = await begin();
  const stop = async () => {
    server.kill('SIGKILL');
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
  };
  const start = async () => {
    server = await begin();
  };
  return { url: `http://127.0.0.1:${port}`, python, start, stop, kill: () => stop().then(start), close: stop };
}

async function startServer(program, folder, port) {
  const where = ['--data-dir', join(folder, 'data'), '--host', '127.0.0.1', '--port', String(port)];
  // The log of a collection supports only one writer at a time: with several, writes can be lost when the server is killed.
  const args = ['server', ...where, '--max-workers', '1'];
  const env = { ...process.env, MILVUS_LITE_MEMTABLE_MEMORY_LIMIT_BYTES: '1000000' };
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => (said = (said + chunk.toString()).slice(-4_000)));
  let hasEnded = false;
  child.once('exit', () => (hasEnded = true));
  for (const end = Date.now() + 120_000; Date.now() < end && !hasEnded;) {
    if (await answersAt(port)) return child;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  child.kill('SIGKILL');
  throw new Error(`${program} did not come up:\n${said}`);
}

function answersAt(port) {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    const end = (isThere) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
