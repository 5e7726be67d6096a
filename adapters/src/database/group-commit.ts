import type { Statement } from 'better-sqlite3';
import { HeddleError } from '@heddle/core';
import { failpoint } from './failpoint.js';
import type { HeddleDatabase } from './open-database.js';
import { toStorageError } from './storage-error.js';

/** Work for a shared commit. */
interface CommitWork<T> {
  /** Entries of a key keep their order. If one fails with a storage error, the later ones of its batch and key fail too. */
  readonly key: string;
  /** Work that throws a HeddleError other than `storage_*` must not have written anything: it alone is refused. */
  readonly apply: () => T;
  /** The work survives a power loss before its promise resolves. */
  readonly isPowerSafe: boolean;
  /** Called after the commit, before the flush. With it, later work of the same key does not wait for the flush either. Must not throw. */
  readonly onCommitted?: () => void;
}

/** One caller's part of a shared commit. */
interface Entry extends CommitWork<unknown> {
  readonly resolve: (value: never) => void;
  readonly reject: (error: HeddleError) => void;
  result: unknown;
  refusal: HeddleError | undefined;
}

/** What happens around each transaction of a group commit. */
interface GroupCommitOptions {
  /** At the head of each transaction. */
  readonly onBegin: () => void;
  /** At the end of each transaction: the last chance to write. */
  readonly onEnd: () => void;
  readonly onCommit: () => void;
  /** After a rollback, or a transaction that could not begin: what was remembered of the database may be wrong. */
  readonly onRollback: () => void;
}

/** A commit of this many does not wait for the rest of the tick. */
const fullBatch = 256;

/** Commits at once, before the event loop goes on: half a millisecond. */
const mostAtOnce = 16;

/** Milliseconds after which a commit is tried again while another program holds the database. */
const lockedPauseMs = 50;

/**
 * Shares commits between runs: what is submitted within one tick of the event loop is one transaction.
 *
 * - A promise resolves after the commit that holds its work; with `isPowerSafe`, after a flush of the log that began behind the commit.
 *   The event loop does not wait for the flush.
 * - The promises of a key resolve in order.
 * - A failed commit leaves nothing. Its entries are tried one by one, so that one of them does not fail the others.
 * - While another program holds the database, the batch waits outside the event loop, in its order, for `busyMs` at most.
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
  /** How many commits may still be made at once in this tick. */
  private atOnce = mostAtOnce;
  /** Commits so far, and how many of the first of them are on the disk. */
  private commits = 0;
  private onDisk = 0;
  /** How many entries of a key wait for the disk. */
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
   * The same for work that has no other work to share a commit with: it is committed at once if possible. Throws what `submit`
   * rejects with. After `mostAtOnce` in a row the event loop goes on.
   */
  submitAlone<T>(work: CommitWork<T>): T | Promise<T> {
    if (this.isUnsafe(work) || !this.mayCommitAtOnce()) return this.submit(work);
    const entry: Entry = { ...work, resolve: noop, reject: noop, result: undefined, refusal: undefined };
    const error = this.commitAll([entry]);
    // Another program may hold the database: `submit` waits for it.
    if (error !== undefined) return this.submit(work);
    if (work.isPowerSafe) return new Promise((resolve, reject) => this.settle([{ ...entry, resolve, reject }]));
    if (entry.refusal !== undefined) throw entry.refusal;
    return entry.result as T; // the result of this entry's own work
  }

  /** Makes sure that a commit follows, also when nothing was submitted. */
  request(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      if (this.isScheduled) this.flush();
    });
  }

  /** Commits now what waits. */
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

  /** Resolves when everything that is committed now survives a power loss; undefined if it does already. */
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

  /** Whether work may be committed now, before the end of the tick. */
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

  /** Answers the entries that need no flush, and the others after the next flush. */
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
      // What has begun does not wait for a disk that takes nothing: its caller gets the error now.
      onFault(error) {
        for (const entry of careful) if (entry.onCommitted !== undefined) entry.reject(error);
      },
    });
  }

  /** Whether an earlier entry of its key waits for the disk. */
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
    // A storage error may come after something was written: the whole transaction is rolled back.
    if (!(error instanceof HeddleError) || error.code.startsWith('storage_')) throw error;
    entry.refusal = error;
  }
}

function answerEntry({ refusal, result, resolve, reject }: Entry): void {
  if (refusal === undefined)
    resolve(result as never); // the result of this entry's own work
  else reject(refusal);
}
