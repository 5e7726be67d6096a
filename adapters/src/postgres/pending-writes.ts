import { AsyncLocalStorage } from 'node:async_hooks';
import type { GuardedWrite } from '@heddle/core';

/** Writes that go with the first commit of some work. */
interface PendingWrites {
  /** The database whose commit they wait for. */
  readonly database: object;
  /** Undefined where nothing goes with a commit. */
  readonly writes: (() => readonly GuardedWrite[]) | undefined;
  isWritten: boolean;
}

const storage = new AsyncLocalStorage<PendingWrites>();

/** Does work whose first commit on a database makes these writes too. */
export const withWrites = <T>(pending: PendingWrites, work: () => T): T => storage.run(pending, work);

/** Commits with the writes that wait for a commit on this database; they wait on where it fails. */
export async function commitWithPending(
  database: object,
  writes: readonly GuardedWrite[],
  commit: (writes: readonly GuardedWrite[]) => Promise<void>,
): Promise<void> {
  const pending = storage.getStore();
  if (pending?.writes === undefined || pending.isWritten || pending.database !== database) return commit(writes);
  // Another commit of the same work must not make them a second time.
  pending.isWritten = true;
  try {
    await commit([...writes, ...pending.writes()]);
  } catch (error) {
    pending.isWritten = false;
    throw error;
  }
}
