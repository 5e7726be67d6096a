import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

export const LockKind = z.enum(['server', 'command']);
export type LockKind = z.infer<typeof LockKind>;

/** What the owner of a data folder publishes for commands that connect to it. */
export const LockInfo = z.object({
  kind: LockKind,
  pid: z.int().positive(),
  host: z.string(),
  /** Epoch milliseconds at which the folder was taken. */
  time: z.number(),
  /** When the process started, in ticks of the system; this distinguishes it from a later process with the same pid. */
  processStart: z.string().optional(),
  /** The address of a server, such as `http://127.0.0.1:3000`; absent until it listens. */
  address: z.string().optional(),
  /** Lets a command of the same operating-system user connect without signing in. */
  token: z.string().optional(),
});
export type LockInfo = z.infer<typeof LockInfo>;

/** The two lock files of a data folder: the one that the system locks, and the one that names the holder. */
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

/** The contents of the lock, whether or not its owner still runs. */
export function readInfo(folder: string): LockInfo | undefined {
  try {
    const parsed = LockInfo.safeParse(JSON.parse(readFileSync(infoFile(folder), 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    // Missing, or incomplete after a power loss: the owner is unknown.
    return undefined;
  }
}

/** Whether the process that wrote the lock still runs. A process on another machine cannot be checked, so it counts as running. */
function isAlive(info: LockInfo): boolean {
  if (info.host !== hostname()) return true;
  try {
    process.kill(info.pid, 0);
  } catch (error) {
    // EPERM: it runs, but belongs to another user.
    if (!(typeof error === 'object' && error !== null && 'code' in error && error.code === 'EPERM')) return false;
  }
  const start = processStart(info.pid);
  return start === undefined || info.processStart === undefined || start === info.processStart;
}

/** When a process started, if the system reports it (Linux): field 22 of its stat line, counted after the name in parentheses. */
export function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
