import { AsyncLocalStorage } from 'node:async_hooks';

/** The audit events of some work, until its first commit writes them too. */
interface PendingEvents {
  /** The connection whose commit they wait for. */
  readonly connection: object;
  /** Writes the events of the result of the commit; called inside the transaction. */
  write(made: unknown): void;
  isWritten: boolean;
}

const storage = new AsyncLocalStorage<PendingEvents>();

/** Does work whose first power-safe commit writes its audit events. */
export function withEvents<T>(pending: PendingEvents, work: () => T): T {
  return storage.run(pending, work);
}

/** The audit events that a commit on this connection has to write. */
export function eventsFor(connection: object): PendingEvents | undefined {
  const pending = storage.getStore();
  return pending === undefined || pending.isWritten || pending.connection !== connection ? undefined : pending;
}
