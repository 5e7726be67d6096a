import { AsyncLocalStorage } from 'node:async_hooks';
import type { GuardedWrite } from '@heddle/core';

/** Writes that are added to the first commit of some work. */
interface PendingWrites {
  /** The database to whose commit they are added. */
  readonly database: object;
  /** Undefined if nothing is to be added. */
  readonly writes: (() => readonly GuardedWrite[]) | undefined;
  isWritten: boolean;
}

const storage = new AsyncLocalStorage<PendingWrites>();

/** Runs work, and adds these writes to its first commit on a database. */
export const withWrites = <T>(pending: PendingWrites, work: () => T): T => storage.run(pending, work);

/** Commits writes together with the pending writes for this database. If the commit fails, those stay pending. */
export async function commitWithPending(
  database: object,
  writes: readonly GuardedWrite[],
  commit: (writes: readonly GuardedWrite[]) => Promise<void>,
): Promise<void> {
  const pending = storage.getStore();
  if (pending?.writes === undefined || pending.isWritten || pending.database !== database) return commit(writes);
  // Another commit of the same work must not include them again.
  pending.isWritten = true;
  try {
    await commit([...writes, ...pending.writes()]);
  } catch (error) {
    pending.isWritten = false;
    throw error;
  }
}
