import type { Statement } from 'better-sqlite3';
import { HeddleError } from '@heddle/core';
import { failpoint } from './failpoint.js';
import type { HeddleDatabase } from './open-database.js';
import { toStorageError } from './storage-error.js';

interface CommitWork<T> {
  /** Entries with the same key keep their order. If one fails with a storage error, the later ones with its key in the batch fail too. */
  readonly key: string;
  /** The work. If it throws a HeddleError other than `storage_*`, it must not have written anything: then only this entry is refused. */
  readonly apply: () => T;
  /** Whether the work must survive a power loss before its promise resolves. */
  readonly isPowerSafe: boolean;
  /**
   * Called after the commit, before the flush. With it, later work with the same key does not wait for the flush either. It must not throw.
   */
  readonly onCommitted?: () => void;
}

interface Entry extends CommitWork<unknown> {
  readonly resolve: (value: never) => void;
  readonly reject: (error: HeddleError) => void;
  result: unknown;
  refusal: HeddleError | undefined;
}

interface GroupCommitOptions {
  readonly onBegin: () => void;
  /** Called at the end of each transaction, which may still write. */
  readonly onEnd: () => void;
  readonly onCommit: () => void;
  /** Called after a rollback, or if a transaction could not begin: whatever memory holds of the database may be wrong. */
  readonly onRollback: () => void;
}

/** A batch of this size is committed without waiting for the end of the tick. */
const fullBatch = 256;

/** How many commits in a row are made before the event loop continues; they take half a millisecond. */
const mostAtOnce = 16;

/** Milliseconds until a commit is tried again while another program has locked the database. */
const lockedPauseMs = 50;

/**
 * Shares commits between runs: all work that is submitted within one tick of the event loop is one transaction.
 *
 * - A promise resolves after the commit that holds its work; with `isPowerSafe`, after a flush of the log that began after the commit. The
 *   event loop does not wait for the flush.
 * - The promises of a key resolve in order.
 * - A failed commit leaves nothing behind. Its entries are tried one by one, so that one of them does not fail the others.
 * - While another program has locked the database, the batch waits outside the event loop, in order, for at most `busyMs`.
 */
export class GroupCommit {
  private readonly database: HeddleDatabase;
  private readonly options: GroupCommitOptions;
  private readonly begin: Statement;
  private readonly commit: Statement;
  private readonly rollback: Statement;
  private queue: Entry[] = [];
  private isScheduled = false;
  private lockedSince: number | undefined;
  /** How many immediate commits this tick still allows. */
  private atOnce = mostAtOnce;
  /** The number of commits so far; `onDisk` is how many of them are on the disk. */
  private commits = 0;
  private onDisk = 0;
  /** How many entries wait for the disk, by key. */
  private readonly unsafe = new Map<string, number>();

  constructor(database: HeddleDatabase, options: GroupCommitOptions) {
    this.database = database;
    this.options = options;
    this.begin = database.connection.prepare('BEGIN IMMEDIATE');
    this.commit = database.connection.prepare('COMMIT');
    this.rollback = database.connection.prepare('ROLLBACK');
  }

  /** Runs synchronous work in the next shared transaction. Resolves with its result after the commit. */
  submit<T>(work: CommitWork<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.queue.push({ ...work, resolve, reject, result: undefined, refusal: undefined });
      if (this.queue.length >= fullBatch && this.lockedSince === undefined) this.flush();
      else this.request();
    });
  }

  /**
   * Does the same for work that need not share a commit: it is committed immediately if possible. Throws what `submit` rejects with. After
   * `mostAtOnce` such commits the event loop continues first.
   */
  submitAlone<T>(work: CommitWork<T>): T | Promise<T> {
    if (this.isUnsafe(work) || !this.mayCommitAtOnce()) return this.submit(work);
    const entry: Entry = { ...work, resolve: noop, reject: noop, result: undefined, refusal: undefined };
    const error = this.commitAll([entry]);
    // Another program may have locked the database: `submit` waits for it.
    if (error !== undefined) return this.submit(work);
    if (work.isPowerSafe) return new Promise((resolve, reject) => this.settle([{ ...entry, resolve, reject }]));
    if (entry.refusal !== undefined) throw entry.refusal;
    return entry.result as T; // the result of this entry's own work
  }

  /** Schedules a commit, even if nothing was submitted. */
  request(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      if (this.isScheduled) this.flush();
    });
  }

  flush(): void {
    this.isScheduled = false;
    const batch = this.queue;
    this.queue = [];
    const error = this.commitAll(batch);
    if (error?.code === 'storage_locked' && this.mayWait()) {
      this.queue = [...batch, ...this.queue];
      this.isScheduled = true;
      setTimeout(() => this.flush(), lockedPauseMs);
      return;
    }
    this.lockedSince = undefined;
    if (error === undefined) this.settle(batch);
    else if (batch.length > 1) this.commitEach(batch);
    else batch[0]?.reject(error);
  }

  /** Resolves when everything that is committed now survives a power loss; undefined if it already does. */
  flushed(): Promise<void> | undefined {
    if (this.onDisk === this.commits) return undefined;
    const upTo = this.commits;
    return new Promise((resolve) =>
      this.database.flushLog({
        onSafe: () => {
          this.onDisk = Math.max(this.onDisk, upTo);
          resolve();
        },
      }),
    );
  }

  /** Whether work may be committed before the end of the tick. */
  private mayCommitAtOnce(): boolean {
    if (this.queue.length > 0 || this.lockedSince !== undefined || this.atOnce === 0) return false;
    if (this.database.connection.inTransaction) return false;
    if (this.atOnce === mostAtOnce) setImmediate(() => (this.atOnce = mostAtOnce));
    this.atOnce -= 1;
    return true;
  }

  private mayWait(): boolean {
    if (!this.database.connection.open) return false;
    this.lockedSince ??= performance.now();
    return performance.now() - this.lockedSince < this.database.busyMs;
  }

  /** Returns the error that rolled the transaction back, or undefined after a commit. */
  private commitAll(batch: readonly Entry[]): HeddleError | undefined {
    const { connection, file } = this.database;
    try {
      if (batch.some(({ isPowerSafe }) => isPowerSafe)) this.database.checkInPlace();
      this.begin.run();
      this.options.onBegin();
      for (const entry of batch) apply(entry);
      this.options.onEnd();
      if (batch.length > 0) failpoint('journal-before-commit');
      this.commit.run();
      this.commits += 1;
      this.options.onCommit();
      if (batch.length > 0) failpoint('journal-after-commit');
      return undefined;
    } catch (error) {
      if (connection.open && connection.inTransaction) this.rollback.run();
      this.options.onRollback();
      return toStorageError(error, file);
    }
  }

  private commitEach(batch: readonly Entry[]): void {
    const failed = new Map<string, HeddleError>();
    for (const entry of batch) {
      const error = failed.get(entry.key) ?? this.commitAll([entry]);
      if (error === undefined) {
        this.settle([entry]);
        continue;
      }
      failed.set(entry.key, error);
      entry.reject(error);
    }
  }

  /** Resolves the entries that need no flush now, and the others after the next flush. */
  private settle(batch: readonly Entry[]): void {
    const careful: Entry[] = [];
    for (const entry of batch) {
      const { key, isPowerSafe, refusal, onCommitted } = entry;
      if (!isPowerSafe && !this.isUnsafe(entry)) {
        answerEntry(entry);
        continue;
      }
      careful.push(entry);
      if (onCommitted === undefined) this.unsafe.set(key, (this.unsafe.get(key) ?? 0) + 1);
      else if (refusal === undefined) onCommitted();
    }
    if (careful.length > 0) this.answerAfterFlush(careful);
  }

  private answerAfterFlush(careful: readonly Entry[]): void {
    const upTo = this.commits;
    this.database.flushLog({
      onSafe: () => {
        this.onDisk = Math.max(this.onDisk, upTo);
        for (const entry of careful) {
          if (entry.onCommitted === undefined) this.forgetUnsafe(entry.key);
          answerEntry(entry);
        }
      },
      // Work that has already continued after its commit does not wait for a disk that fails: its caller gets the error now.
      onFault(error) {
        for (const entry of careful) if (entry.onCommitted !== undefined) entry.reject(error);
      },
    });
  }

  /** Whether an earlier entry with its key waits for the disk. */
  private isUnsafe({ key }: Pick<Entry, 'key'>): boolean {
    return this.unsafe.size > 0 && this.unsafe.has(key);
  }

  private forgetUnsafe(key: string): void {
    const left = (this.unsafe.get(key) ?? 1) - 1;
    if (left === 0) this.unsafe.delete(key);
    else this.unsafe.set(key, left);
  }
}

const noop = (): void => undefined;

function apply(entry: Entry): void {
  entry.refusal = undefined;
  try {
    entry.result = entry.apply();
  } catch (error) {
    // A storage error may occur after something was written, so the whole transaction is rolled back.
    if (!(error instanceof HeddleError) || error.code.startsWith('storage_')) throw error;
    entry.refusal = error;
  }
}

function answerEntry({ refusal, result, resolve, reject }: Entry): void {
  if (refusal === undefined)
    resolve(result as never); // the result of this entry's own work
  else reject(refusal);
}
