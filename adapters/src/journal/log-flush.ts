import { HeddleError } from '@heddle/core';
import type Database from 'better-sqlite3';
import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';
import { toStorageError } from './storage-error.js';

/** Who waits until its commit survives a power loss. */
export interface FlushWaiter {
  /** What was committed before the call is on the disk. */
  onSafe(): void;
  /** The disk did not take it. It is tried again, and `onSafe` follows where that works. */
  onFault?(error: HeddleError): void;
}

/**
 * Brings the log of a database to the disk: outside of the event loop, or in place where hardly anybody waits and the disk is
 * quicker than a thread.
 *
 * L1 `onSafe` comes after a flush that began after the call: at the end of the turn, so that all of a turn share one, and what follows from a commit goes ahead of it. Those that come meanwhile share the next. L2 They are called in
 * the order of the calls. L3 After a flush that failed, the system may have forgotten the pages that it could not write, and the
 * next flush would find nothing to do: so all waits until SQLite has brought the commits from the log into the database file.
 */
export interface LogFlush {
  flush(waiter: FlushWaiter): void;
  /** Whether something waits for the disk. */
  readonly isBusy: boolean;
  /** Why the disk takes nothing now. */
  readonly fault: HeddleError | undefined;
  /** Flushes what waits, while the event loop waits, and ends. To be called while the database is open. */
  close(): void;
}

/** How the log is brought to the disk; tests bring their own. */
export type Sync = (log: number, done: (error: Error | null) => void) => void;

/** The same while the event loop waits, and a clock that says for how long. */
export interface SyncInPlace {
  sync(log: number): void;
  /** Milliseconds. */
  now(): number;
}

const inPlace: SyncInPlace = { sync: fdatasyncSync, now: () => performance.now() };

const repairMs = 1_000;

/** So few wait for a run by itself: its acceptance and its end. More share a flush better while the event loop goes on. */
const fewWaiters = 2;
/** A thread costs as much; a disk that takes longer gets one, for the next flushes. */
const quickMs = 0.5;
const flushesByThread = 100;

export function createLogFlush(
  connection: Database.Database,
  file: string,
  sync: Sync = fdatasync,
  syncInPlace: SyncInPlace | undefined = sync === fdatasync ? inPlace : undefined,
): LogFlush {
  let log: number | undefined;
  let waiting: FlushWaiter[] = [];
  /** Those whose flush runs now, or did not work. */
  let flushing: FlushWaiter[] = [];
  let isRunning = false;
  let isScheduled = false;
  /** So many flushes go to a thread before one is tried in place. */
  let byThread = 0;
  let isClosed = false;
  let fault: HeddleError | undefined;

  function next(): void {
    if (isClosed) {
      closeLog();
      return;
    }
    if (isRunning || fault !== undefined || waiting.length === 0) return;
    flushing = waiting;
    waiting = [];
    isRunning = true;
    try {
      log ??= openSync(`${file}-wal`, 'r+');
      if (syncInPlace !== undefined && mayWait()) waitFor(log, syncInPlace);
      else sync(log, done);
    } catch (error) {
      done(error);
    }
  }

  function mayWait(): boolean {
    if (byThread === 0) return flushing.length <= fewWaiters;
    byThread -= 1;
    return false;
  }

  function waitFor(opened: number, disk: SyncInPlace): void {
    const begin = disk.now();
    disk.sync(opened);
    if (disk.now() - begin > quickMs) byThread = flushesByThread;
    done(null);
  }

  function done(error: unknown): void {
    isRunning = false;
    if (isClosed) {
      closeLog();
      return;
    }
    if (error === null) {
      settle();
      next();
      return;
    }
    fault = toStorageError(error, `${file}-wal`);
    for (const waiter of flushing) waiter.onFault?.(fault);
    setTimeout(repair, repairMs).unref();
  }

  function repair(): void {
    if (isClosed) return;
    try {
      const [result] = connection.pragma('wal_checkpoint(TRUNCATE)') as readonly { readonly busy: number }[];
      if (result?.busy !== 0) throw new HeddleError('storage_locked', `Another program reads ${file}.`);
    } catch (error) {
      fault = toStorageError(error, file);
      setTimeout(repair, repairMs).unref();
      return;
    }
    // Whoever came meanwhile committed before the checkpoint too.
    flushing.push(...waiting.splice(0));
    fault = undefined;
    settle();
    next();
  }

  function settle(): void {
    const waiters = flushing;
    flushing = [];
    for (const waiter of waiters) waiter.onSafe();
  }

  function closeLog(): void {
    if (log !== undefined) closeSync(log);
    log = undefined;
  }

  return {
    flush(waiter) {
      if (fault !== undefined) waiter.onFault?.(fault);
      waiting.push(waiter);
      if (isScheduled || isRunning) return;
      isScheduled = true;
      setImmediate(() => {
        isScheduled = false;
        next();
      });
    },
    get isBusy() {
      return isRunning || waiting.length > 0 || fault !== undefined;
    },
    get fault() {
      return fault;
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      if (fault === undefined && log !== undefined && flushing.length + waiting.length > 0) {
        try {
          fdatasyncSync(log);
          flushing.push(...waiting.splice(0));
          settle();
        } catch {
          // Nobody is told that it is safe.
        }
      }
      if (!isRunning) closeLog();
    },
  };
}
