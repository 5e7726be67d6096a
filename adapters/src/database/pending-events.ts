import { AsyncLocalStorage } from 'node:async_hooks';

/** Audit events that wait until the first commit of some work writes them too. */
interface PendingEvents {
  readonly connection: object;
  /** Writes the events that are made from the result of the commit; called inside the transaction. */
  write(made: unknown): void;
  isWritten: boolean;
}

const storage = new AsyncLocalStorage<PendingEvents>();

/** Runs work whose first power-safe commit writes its audit events. */
export function withEvents<T>(pending: PendingEvents, work: () => T): T {
  return storage.run(pending, work);
}

/** The audit events that a commit on this connection must write. */
export function eventsFor(connection: object): PendingEvents | undefined {
  const pending = storage.getStore();
  return pending === undefined || pending.isWritten || pending.connection !== connection ? undefined : pending;
}
