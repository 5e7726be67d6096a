import { HeddleError } from '@heddle/core';
import { failpoint } from './failpoint.js';
import type { HeddleDatabase } from './open-database.js';
import { toStorageError } from './storage-error.js';

/** Work for a shared commit. */
export interface CommitWork<T> {
  /** Entries with the same key stand or fall in order: after one that failed on storage, the ones behind it fail too. */
  readonly key: string;
  /** Work that throws a HeddleError other than `storage_*` must not have written anything: it alone is refused. */
  readonly apply: () => T;
  /** It is to survive a power loss before its promise resolves. */
  readonly isPowerSafe: boolean;
  /** Called once it is committed, whatever the disk has. With it, what comes under the same key does not wait for the disk either. Must not throw. */
  readonly onCommitted?: () => void;
}

/** One caller's part of a shared commit. */
interface Entry extends CommitWork<unknown> {
  readonly resolve: (value: never) => void;
  readonly reject: (error: HeddleError) => void;
  result: unknown;
  refusal: HeddleError | undefined;
}

export interface GroupCommitOptions {
  /** At the head of each transaction. */
  readonly onBegin: () => void;
  /** At the end of each transaction: the last chance to write. */
  readonly onEnd: () => void;
  readonly onCommit: () => void;
  /** After a transaction that was taken back, or could not begin: what was remembered of the database may be wrong. */
  readonly onRollback: () => void;
}

export interface GroupCommit {
  /** Runs synchronous work in the next shared transaction and gives its result once that is committed. */
  submit<T>(work: CommitWork<T>): Promise<T>;
  /**
   * The same for work that has nobody to share a commit with: committed at once where it can be. Throws what `submit` rejects
   * with. Some in a row, then the event loop has its turn.
   */
  submitAlone<T>(work: CommitWork<T>): T | Promise<T>;
  /** Makes sure that a commit follows, also when nothing was submitted. */
  request(): void;
  /** Commits now what waits. */
  flush(): void;
  /** Resolves when everything that is committed now survives a power loss; undefined where it does already. */
  flushed(): Promise<void> | undefined;
}

/** A commit of this many does not wait for the rest of the turn. */
const fullBatch = 256;

/** Commits at once, before the event loop goes on: half a millisecond. */
const mostAtOnce = 16;

/** While another program holds the database, it is tried again after this long, so that the event loop goes on meanwhile. */
const lockedPauseMs = 50;

/**
 * Shares commits between runs: what is submitted within one turn of the event loop is one transaction.
 *
 * G1 A promise resolves after the commit that holds its work; one that is to survive a power loss, after a flush of the log that
 * began behind the commit, for which the event loop does not wait. G2 The promises of a key resolve in order. G3 A failed commit
 * leaves nothing; its entries are tried one by one, so that one of them does not fail the others. G4 While another program holds
 * the database, the batch waits outside the event loop, in its order, for `busyMs` at most.
 */
export function createGroupCommit(database: HeddleDatabase, options: GroupCommitOptions): GroupCommit {
  const { connection, file } = database;
  const begin = connection.prepare('BEGIN IMMEDIATE');
  const commit = connection.prepare('COMMIT');
  const rollback = connection.prepare('ROLLBACK');
  let queue: Entry[] = [];
  let isScheduled = false;
  let lockedSince: number | undefined;
  let atOnce = mostAtOnce;
  /** Commits so far, and how many of the first of them are on the disk. */
  let commits = 0;
  let onDisk = 0;
  /** How many entries of a key wait for the disk. */
  const unsafe = new Map<string, number>();

  function request(): void {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(flushScheduled);
  }

  function flushScheduled(): void {
    if (isScheduled) flush();
  }

  function add<T>(work: CommitWork<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      queue.push({ ...work, resolve, reject, result: undefined, refusal: undefined });
      if (queue.length >= fullBatch && lockedSince === undefined) flush();
      else request();
    });
  }

  /** Whether work may be committed now, outside of its turn. */
  function mayCommitAtOnce(): boolean {
    if (queue.length > 0 || lockedSince !== undefined || atOnce === 0 || connection.inTransaction) return false;
    if (atOnce === mostAtOnce) setImmediate(() => (atOnce = mostAtOnce));
    atOnce -= 1;
    return true;
  }

  function flush(): void {
    isScheduled = false;
    const batch = queue;
    queue = [];
    const error = commitAll(batch);
    if (error?.code === 'storage_locked' && mayWait()) {
      queue = [...batch, ...queue];
      isScheduled = true;
      setTimeout(flush, lockedPauseMs);
      return;
    }
    lockedSince = undefined;
    if (error === undefined) settle(batch);
    else if (batch.length > 1) commitEach(batch);
    else batch[0]?.reject(error);
  }

  function mayWait(): boolean {
    if (!connection.open) return false;
    lockedSince ??= performance.now();
    return performance.now() - lockedSince < database.busyMs;
  }

  /** The error that took the transaction back, or undefined once it is committed. */
  function commitAll(batch: readonly Entry[]): HeddleError | undefined {
    try {
      if (batch.some(({ isPowerSafe }) => isPowerSafe)) database.checkInPlace();
      begin.run();
      options.onBegin();
      for (const entry of batch) apply(entry);
      options.onEnd();
      if (batch.length > 0) failpoint('journal-before-commit');
      commit.run();
      commits += 1;
      options.onCommit();
      if (batch.length > 0) failpoint('journal-after-commit');
      return undefined;
    } catch (error) {
      if (connection.open && connection.inTransaction) rollback.run();
      options.onRollback();
      return toStorageError(error, file);
    }
  }

  function commitEach(batch: readonly Entry[]): void {
    const failed = new Map<string, HeddleError>();
    for (const entry of batch) {
      const error = failed.get(entry.key) ?? commitAll([entry]);
      if (error === undefined) {
        settle([entry]);
        continue;
      }
      failed.set(entry.key, error);
      entry.reject(error);
    }
  }

  /** Answers those whose commit is enough, and the rest when the disk has it. */
  function settle(batch: readonly Entry[]): void {
    const careful: Entry[] = [];
    for (const entry of batch) {
      const { key, isPowerSafe, refusal, onCommitted } = entry;
      if (!isPowerSafe && !isUnsafe(entry)) {
        answerEntry(entry);
        continue;
      }
      careful.push(entry);
      if (onCommitted === undefined) unsafe.set(key, (unsafe.get(key) ?? 0) + 1);
      else if (refusal === undefined) onCommitted();
    }
    if (careful.length === 0) return;
    const upTo = commits;
    database.flushLog({
      onSafe() {
        onDisk = Math.max(onDisk, upTo);
        for (const entry of careful) {
          if (entry.onCommitted === undefined) forgetUnsafe(entry.key);
          answerEntry(entry);
        }
      },
      // What has begun need not wait for a disk that takes nothing: whoever asked hears of it now.
      onFault(error) {
        for (const entry of careful) if (entry.onCommitted !== undefined) entry.reject(error);
      },
    });
  }

  /** Whether an earlier entry of its key waits for the disk. */
  function isUnsafe({ key }: Pick<Entry, 'key'>): boolean {
    return unsafe.size > 0 && unsafe.has(key);
  }

  function forgetUnsafe(key: string): void {
    const left = (unsafe.get(key) ?? 1) - 1;
    if (left === 0) unsafe.delete(key);
    else unsafe.set(key, left);
  }

  return {
    submit: add,
    submitAlone<T>(work: CommitWork<T>): T | Promise<T> {
      if (isUnsafe(work) || !mayCommitAtOnce()) return add(work);
      const entry: Entry = { ...work, resolve: noop, reject: noop, result: undefined, refusal: undefined };
      const error = commitAll([entry]);
      // Another program may hold the database: the ordinary way waits.
      if (error !== undefined) return add(work);
      if (work.isPowerSafe) return new Promise((resolve, reject) => settle([{ ...entry, resolve, reject }]));
      if (entry.refusal !== undefined) throw entry.refusal;
      return entry.result as T; // the result of this entry's own work
    },
    request,
    flush,
    flushed() {
      if (onDisk === commits) return undefined;
      const upTo = commits;
      return new Promise((resolve) =>
        database.flushLog({
          onSafe() {
            onDisk = Math.max(onDisk, upTo);
            resolve();
          },
        }),
      );
    },
  };
}

const noop = (): void => undefined;

function apply(entry: Entry): void {
  entry.refusal = undefined;
  try {
    entry.result = entry.apply();
  } catch (error) {
    // A fault of the store may come after something was written: it takes the whole transaction back.
    if (!(error instanceof HeddleError) || error.code.startsWith('storage_')) throw error;
    entry.refusal = error;
  }
}

function answerEntry({ refusal, result, resolve, reject }: Entry): void {
  if (refusal === undefined)
    resolve(result as never); // the result of this entry's own work
  else reject(refusal);
}
