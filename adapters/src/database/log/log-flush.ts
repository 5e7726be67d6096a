import { HeddleError } from '@heddle/core';
import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';
import { toStorageError } from '../storage-error.js';
import type { FileWatch } from '../files/watch-files.js';

/** Waits until its commit survives a power loss. */
export interface FlushWaiter {
  /** What was committed before the call is on the disk. */
  onSafe(): void;
  /** The flush failed. It is tried again, and `onSafe` follows when that works. */
  onFault?(error: HeddleError): void;
}

/** Called as a flush begins. The function that it returns is called after the flush, before all waiters, and must not throw. If the watch throws, the flush has failed. */
export type FlushWatch = () => () => void;

/** Flushes the log; tests pass their own. */
export type Sync = (log: number, done: (error: Error | null) => void) => void;

/** Flushes the log while the event loop waits, and a clock that measures how long that takes. */
interface SyncInPlace {
  sync(log: number): void;
  /** Milliseconds. */
  now(): number;
}

const inPlace: SyncInPlace = { sync: fdatasyncSync, now: () => performance.now() };

const repairMs = 1_000;

/** A run alone has at most two waiters, its acceptance and its end. More waiters share a flush better while the event loop goes on. */
const fewWaiters = 2;
/** Milliseconds that a thread costs. A disk that takes longer flushes in a thread for the next flushes. */
const quickMs = 0.5;
const flushesByThread = 100;

/**
 * Brings the log of a database to the disk: in a thread, or in place if few wait and the disk is quicker than a thread.
 *
 * - `onSafe` comes after a flush that began after the call, at the end of the tick: all callers of a tick share one flush. Those that
 *   come meanwhile share the next.
 * - Waiters are called in the order of their calls.
 * - After a flush that failed, the system may have dropped the pages that it could not write, and the next flush would find nothing to
 *   do. So all waiters wait until SQLite has copied the commits from the log into the database file. The same holds if the log that was
 *   flushed is no longer the one in the folder.
 */
export class LogFlush {
  private readonly file: string;
  private readonly files: FileWatch;
  private readonly sync: Sync;
  private readonly syncInPlace: SyncInPlace | undefined;
  private log: number | undefined;
  private waiting: FlushWaiter[] = [];
  /** Those whose flush runs now, or failed. */
  private flushing: FlushWaiter[] = [];
  private isRunning = false;
  private isScheduled = false;
  /** So many flushes go to a thread before one is tried in place. */
  private byThread = 0;
  private isClosed = false;
  private currentFault: HeddleError | undefined;
  private currentWatch: FlushWatch = () => noop;
  private tellSafe = noop;

  constructor(
    file: string,
    files: FileWatch,
    sync: Sync = fdatasync,
    syncInPlace: SyncInPlace | undefined = sync === fdatasync ? inPlace : undefined,
  ) {
    this.file = file;
    this.files = files;
    this.sync = sync;
    this.syncInPlace = syncInPlace;
  }

  /** Why the disk takes nothing now. */
  get fault(): HeddleError | undefined {
    return this.currentFault;
  }

  /** Whether something waits for the disk. */
  get isBusy(): boolean {
    return this.isRunning || this.waiting.length > 0 || this.currentFault !== undefined;
  }

  flush(waiter: FlushWaiter): void {
    if (this.currentFault !== undefined) waiter.onFault?.(this.currentFault);
    this.waiting.push(waiter);
    if (this.isScheduled || this.isRunning) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.next();
    });
  }

  /** There is one watch; a later one replaces it. */
  watch(watch: FlushWatch): void {
    this.currentWatch = watch;
  }

  /** Brings the log to the disk while the event loop waits. Errors: `storage_*`. */
  flushNow(): void {
    if (this.currentFault !== undefined) throw this.currentFault;
    const opened = openSync(`${this.file}-wal`, 'r+');
    try {
      fdatasyncSync(opened);
    } finally {
      closeSync(opened);
    }
  }

  /** Flushes what waits, while the event loop waits, and ends. Call it while the database is open. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    if (this.currentFault === undefined && this.log !== undefined && this.flushing.length + this.waiting.length > 0) {
      try {
        this.tellSafe = this.currentWatch();
        fdatasyncSync(this.log);
        this.flushing.push(...this.waiting.splice(0));
        this.settle();
      } catch {
        // The flush failed, so no waiter is called.
      }
    }
    if (!this.isRunning) this.closeLog();
  }

  private next(): void {
    if (this.isClosed) {
      this.closeLog();
      return;
    }
    if (this.isRunning || this.currentFault !== undefined || this.waiting.length === 0) return;
    this.flushing = this.waiting;
    this.waiting = [];
    this.isRunning = true;
    try {
      this.tellSafe = this.currentWatch();
      this.log ??= openSync(`${this.file}-wal`, 'r+');
      if (this.syncInPlace !== undefined && this.mayWait()) this.flushInPlace(this.log, this.syncInPlace);
      else this.sync(this.log, (error) => this.done(error));
    } catch (error) {
      this.done(error);
    }
  }

  private mayWait(): boolean {
    if (this.byThread === 0) return this.flushing.length <= fewWaiters;
    this.byThread -= 1;
    return false;
  }

  private flushInPlace(opened: number, disk: SyncInPlace): void {
    const begin = disk.now();
    disk.sync(opened);
    if (disk.now() - begin > quickMs) this.byThread = flushesByThread;
    this.done(null);
  }

  private done(error: unknown): void {
    this.isRunning = false;
    if (this.isClosed) {
      this.closeLog();
      return;
    }
    const found = error ?? this.changeFromOutside();
    if (found === undefined) {
      this.settle();
      this.next();
      return;
    }
    const fault = toStorageError(found, `${this.file}-wal`);
    this.currentFault = fault;
    for (const waiter of this.flushing) waiter.onFault?.(fault);
    this.repairLater();
  }

  /** The error if the log that was flushed is not in the folder any more: it is lost with this process. */
  private changeFromOutside(): unknown {
    try {
      this.files.checkAll();
      return undefined;
    } catch (error) {
      return error;
    }
  }

  private repairLater(): void {
    setTimeout(() => this.repair(), repairMs).unref();
  }

  private repair(): void {
    if (this.isClosed) return;
    try {
      this.files.checkDatabase();
      if (!this.files.emptyLog()) throw new HeddleError('storage_locked', `Another program reads ${this.file}.`);
      this.tellSafe = this.currentWatch();
    } catch (error) {
      this.currentFault = toStorageError(error, this.file);
      this.repairLater();
      return;
    }
    // Later callers committed before the checkpoint too.
    this.flushing.push(...this.waiting.splice(0));
    this.currentFault = undefined;
    this.settle();
    this.next();
  }

  private settle(): void {
    const waiters = this.flushing;
    this.flushing = [];
    this.tellSafe();
    for (const waiter of waiters) waiter.onSafe();
  }

  private closeLog(): void {
    if (this.log !== undefined) closeSync(this.log);
    this.log = undefined;
  }
}

const noop = (): void => undefined;
