import { HeddleError } from '@heddle/core';
import type Database from 'better-sqlite3';
import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';
import { toStorageError } from '../storage-error.js';
import { watchFiles, type FileWatch } from '../files/watch-files.js';

/** Who waits until its commit survives a power loss. */
export interface FlushWaiter {
  /** What was committed before the call is on the disk. */
  onSafe(): void;
  /** The disk did not take it. It is tried again, and `onSafe` follows where that works. */
  onFault?(error: HeddleError): void;
}

/** Called as a flush begins. What it gives is called once the disk has what was committed by then, before anybody who waits. Neither may throw. */
export type FlushWatch = () => () => void;

/**
 * Brings the log of a database to the disk: outside of the event loop, or in place where hardly anybody waits and the disk is
 * quicker than a thread.
 *
 * L1 `onSafe` comes after a flush that began after the call: at the end of the turn, so that all of a turn share one, and what follows from a commit goes ahead of it. Those that come meanwhile share the next. L2 They are called in
 * the order of the calls. L3 After a flush that failed, the system may have forgotten the pages that it could not write, and the
 * next flush would find nothing to do: so all waits until SQLite has brought the commits from the log into the database file. L4 The same holds
 * where the log that was flushed is not the one in the folder any more.
 */
export interface LogFlush {
  flush(waiter: FlushWaiter): void;
  /** There is one watch; a later one takes its place. */
  watch(watch: FlushWatch): void;
  /** Brings the log to the disk while the event loop waits. Errors: `storage_*`. */
  flushNow(): void;
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
  files: FileWatch = watchFiles(connection, file),
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
  let watch: FlushWatch = () => noop;
  let tellSafe = noop;

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
      tellSafe = watch();
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
    const found = error ?? changeFromOutside();
    if (found === undefined) {
      settle();
      next();
      return;
    }
    fault = toStorageError(found, `${file}-wal`);
    for (const waiter of flushing) waiter.onFault?.(fault);
    setTimeout(repair, repairMs).unref();
  }

  /** A log that lies in no folder any more is on the disk, and gone with this process. */
  function changeFromOutside(): unknown {
    try {
      files.checkAll();
      return undefined;
    } catch (error) {
      return error;
    }
  }

  function repair(): void {
    if (isClosed) return;
    try {
      files.checkDatabase();
      if (!files.emptyLog()) throw new HeddleError('storage_locked', `Another program reads ${file}.`);
    } catch (error) {
      fault = toStorageError(error, file);
      setTimeout(repair, repairMs).unref();
      return;
    }
    tellSafe = watch();
    // Whoever came meanwhile committed before the checkpoint too.
    flushing.push(...waiting.splice(0));
    fault = undefined;
    settle();
    next();
  }

  function settle(): void {
    const waiters = flushing;
    flushing = [];
    tellSafe();
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
    watch: (given) => void (watch = given),
    flushNow() {
      if (fault !== undefined) throw fault;
      const opened = openSync(`${file}-wal`, 'r+');
      try {
        fdatasyncSync(opened);
      } finally {
        closeSync(opened);
      }
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
          tellSafe = watch();
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

const noop = (): void => undefined;
