import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

/** What holds a data folder. */
export const LockKind = z.enum(['server', 'command']);
export type LockKind = z.infer<typeof LockKind>;

/** What the owner of a data folder says about itself, for commands that want to work through it. */
export const LockInfo = z.object({
  kind: LockKind,
  pid: z.int().positive(),
  host: z.string(),
  /** Epoch milliseconds at which the folder was taken. */
  time: z.number(),
  /** When the process began, in ticks of the system: tells it apart from a later process with the same pid. */
  processStart: z.string().optional(),
  /** Where a server answers, such as `http://127.0.0.1:3000`; absent until it listens. */
  address: z.string().optional(),
  /** Lets a command of the same person in, without signing in. */
  token: z.string().optional(),
});
export type LockInfo = z.infer<typeof LockInfo>;

/** The names of the lock in a data folder: the one that the system guards, and the one that people read. */
export const lockFile = (folder: string): string => join(folder, 'heddle.lock');
export const infoFile = (folder: string): string => join(folder, 'heddle.lock.json');

/**
 * The living owner of a data folder, or undefined if there is none.
 *
 * @example const owner = readLock(folder); if (owner?.address !== undefined) connect(owner.address, owner.token);
 */
export function readLock(folder: string): LockInfo | undefined {
  const info = readInfo(folder);
  return info !== undefined && isAlive(info) ? info : undefined;
}

/** What stands in the lock, whether its owner lives or not. */
export function readInfo(folder: string): LockInfo | undefined {
  try {
    const parsed = LockInfo.safeParse(JSON.parse(readFileSync(infoFile(folder), 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    // Missing, or incomplete after a power loss: no owner is known.
    return undefined;
  }
}

/** Whether the process that wrote the lock still runs. Of another machine's process nothing is known, so it counts as alive. */
function isAlive(info: LockInfo): boolean {
  if (info.host !== hostname()) return true;
  try {
    process.kill(info.pid, 0);
  } catch (error) {
    // EPERM: it runs, and belongs to another user.
    if (!(typeof error === 'object' && error !== null && 'code' in error && error.code === 'EPERM')) return false;
  }
  const start = processStart(info.pid);
  return start === undefined || info.processStart === undefined || start === info.processStart;
}

/**
 * When a process began, if the system reports it (Linux): field 22 of its stat line, counted after the name in
 * parentheses.
 */
export function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
