import { HeddleError } from '@heddle/core';
import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';
import { toStorageError } from '../storage-error.js';
import type { FileWatch } from '../files/watch-files.js';

/** A caller that waits until its commit survives a power loss. */
export interface FlushWaiter {
  /** Called when everything that was committed before the call is on the disk. */
  onSafe(): void;
  /** Called when the flush failed. It is tried again; `onSafe` follows when it succeeds. */
  onFault?(error: HeddleError): void;
}

/**
 * Called when a flush begins. The returned function is called after the flush, before all waiters, and must not throw. If the watch itself
 * throws, the flush counts as failed.
 */
export type FlushWatch = () => () => void;

/** Flushes the log; tests pass their own. */
export type Sync = (log: number, done: (error: Error | null) => void) => void;

/** Flushes the log synchronously, and provides a clock to measure how long that takes. */
interface SyncInPlace {
  sync(log: number): void;
  /** Milliseconds. */
  now(): number;
}

const inPlace: SyncInPlace = { sync: fdatasyncSync, now: () => performance.now() };

const repairMs = 1_000;

/**
 * A single run has at most two waiters, its acceptance and its end. With more waiters, sharing one flush in a thread is better, because the
 * event loop continues.
 */
const fewWaiters = 2;
/** How long starting a thread takes, in milliseconds. If the disk takes longer than that, the next flushes are made in a thread. */
const quickMs = 0.5;
const flushesByThread = 100;

/**
 * Flushes the log of a database to the disk: in a thread, or synchronously if there are few waiters and the disk is quicker than a thread.
 *
 * - `onSafe` follows a flush that began after the call, at the end of the tick: all callers of a tick share one flush. Callers that arrive
 *   during it share the next one.
 * - Waiters are called in the order of their calls.
 * - After a failed flush, the system may have dropped the pages that it could not write, and the next flush would find nothing to do. All
 *   waiters then wait until SQLite has copied the commits from the log into the database file. The same applies if the flushed log is no
 *   longer the one in the folder.
 */
export class LogFlush {
  private readonly file: string;
  private readonly files: FileWatch;
  private readonly sync: Sync;
  private readonly syncInPlace: SyncInPlace | undefined;
  private log: number | undefined;
  private waiting: FlushWaiter[] = [];
  /** The waiters whose flush is running or has failed. */
  private flushing: FlushWaiter[] = [];
  private isRunning = false;
  private isScheduled = false;
  /** How many of the next flushes are made in a thread before a synchronous one is tried. */
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

  /** Why the disk cannot be written at present. */
  get fault(): HeddleError | undefined {
    return this.currentFault;
  }

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

  /** Sets the only watch; it replaces an earlier one. */
  watch(watch: FlushWatch): void {
    this.currentWatch = watch;
  }

  /** Flushes the log synchronously. Errors: `storage_*`. */
  flushNow(): void {
    if (this.currentFault !== undefined) throw this.currentFault;
    const opened = openSync(`${this.file}-wal`, 'r+');
    try {
      fdatasyncSync(opened);
    } finally {
      closeSync(opened);
    }
  }

  /** Flushes synchronously whatever waits, and ends. The database must still be open. */
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

  /** The error if the flushed log is no longer in the folder; it is lost when this process ends. */
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
    // Callers that arrived later committed before the checkpoint too.
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
