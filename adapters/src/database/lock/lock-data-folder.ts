import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { HeddleError } from '@heddle/core';
import { makeFolder } from '../files/make-folder.js';
import { codeOf, toStorageError } from '../storage-error.js';
import { infoFile, lockFile, processStart, readInfo, type LockInfo, type LockKind } from './lock-info.js';

interface LockOptions {
  readonly kind: LockKind;
  readonly address?: string;
  readonly token?: string;
  /** Milliseconds to wait for the process that holds the folder. There is no wait for a server with an address. Default 0. */
  readonly waitMs?: number;
}

/** A data folder that this process holds. */
export interface DataFolderLock {
  readonly folder: string;
  readonly info: LockInfo;
  /** Publishes the address of a server once it listens, which it does only after it holds its folder. */
  announce(change: { readonly address: string; readonly token?: string }): void;
  /** Releases the folder. Safe to call twice. */
  release(): void;
}

const pollMs = 50;

/**
 * Locks a data folder for this process; it has one owner at a time.
 *
 * - The lock is an open transaction on `heddle.lock`. The system ends it with the process, however that ends, and a reused pid can neither
 *   keep nor steal it.
 * - `heddle.lock.json` only names the holder, and only the holder writes it.
 * - The holder's process must not open `heddle.lock` in any other way: POSIX locks end when a process closes any handle of the file.
 *
 * Errors: `storage_locked` with `details { pid, address, kind }`, `storage_read_only`, `storage_full`.
 *
 * @example const lock = await lockDataFolder(folder, { kind: 'command', waitMs: 5_000 });
 */
export async function lockDataFolder(folder: string, options: LockOptions): Promise<DataFolderLock> {
  const deadline = performance.now() + (options.waitMs ?? 0);
  for (;;) {
    const guard = tryTake(folder);
    if (guard !== undefined) return hold(folder, guard, options);
    const owner = readInfo(folder);
    if (owner?.address !== undefined || performance.now() >= deadline) throw lockedBy(folder, owner);
    await sleep(pollMs);
  }
}

/** The open transaction; undefined if another process, or another part of this one, has the lock. */
function tryTake(folder: string): Database.Database | undefined {
  let guard: Database.Database | undefined;
  try {
    makeFolder(folder, { isPrivate: true });
    guard = new Database(lockFile(folder), { timeout: 0 });
    guard.exec('BEGIN EXCLUSIVE');
    return guard;
  } catch (error) {
    guard?.close();
    if (codeOf(error)?.startsWith('SQLITE_BUSY') === true) return undefined;
    throw toStorageError(error, folder);
  }
}

function hold(folder: string, guard: Database.Database, options: LockOptions): DataFolderLock {
  const start = processStart(process.pid);
  let info: LockInfo = {
    kind: options.kind,
    pid: process.pid,
    host: hostname(),
    time: Date.now(),
    processStart: start,
    address: options.address,
    token: options.token,
  };
  const release = (): void => {
    if (!guard.open) return;
    rmSync(infoFile(folder), { force: true });
    guard.close();
  };
  try {
    writeInfo(folder, info);
  } catch (error) {
    guard.close();
    throw toStorageError(error, folder);
  }
  return {
    folder,
    get info() {
      return info;
    },
    announce(change) {
      info = { ...info, ...change };
      if (guard.open) writeInfo(folder, info);
    },
    release,
  };
}

/** Writes the file as a whole, readable only by its owner, because it may contain a token. */
function writeInfo(folder: string, info: LockInfo): void {
  const draft = `${infoFile(folder)}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(info)}\n`, { mode: 0o600 });
  renameSync(draft, infoFile(folder));
}

function lockedBy(folder: string, owner: LockInfo | undefined): HeddleError {
  const who =
    owner === undefined
      ? 'Another process'
      : `${owner.kind === 'server' ? 'A Heddle server' : 'A heddle command'} (process ${owner.pid}${owner.address === undefined ? '' : `, ${owner.address}`})`;
  return new HeddleError(
    'storage_locked',
    `${who} uses the data folder ${folder}: stop it, or choose another folder with HEDDLE_DATA.`,
    {
      details: { folder, pid: owner?.pid, address: owner?.address, kind: owner?.kind },
    },
  );
}
