import { open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { errorCode } from './error-code.js';
import { throwIfAborted } from '../sources/fetch-context.js';

const LockOwner = z.object({ pid: z.int(), host: z.string() });

const beatMs = 1000;
const staleMs = 10_000;
const pollMs = 200;

/**
 * Holds the lock of a model's folder while `work` runs, so that two processes never fetch the same model at once. The owner touches the
 * lock file every second. A lock that was not touched for ten seconds, or whose process has ended, is taken over.
 */
export async function withModelLock<Value>(
  folder: string,
  signal: AbortSignal | undefined,
  work: () => Promise<Value>,
): Promise<Value> {
  const file = path.join(folder, '.lock');
  while (!(await tryLock(file))) {
    if (await isStale(file)) await rm(file, { force: true });
    else await sleep(pollMs);
    throwIfAborted(signal);
  }
  const beat = setInterval(() => {
    const now = new Date();
    void utimes(file, now, now).catch(() => undefined); // A missed update only makes the lock seem older.
  }, beatMs);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await rm(file, { force: true });
  }
}

async function tryLock(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    await handle.writeFile(JSON.stringify({ pid: process.pid, host: hostname() }));
    await handle.close();
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function isStale(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return false;
  if (Date.now() - found.mtimeMs > staleMs) return true;
  try {
    const owner = LockOwner.parse(JSON.parse(await readFile(file, 'utf8')));
    return owner.host === hostname() && !isAlive(owner.pid);
  } catch {
    // The lock file is still being written, so only its age decides.
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
