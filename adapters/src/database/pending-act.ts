import { AsyncLocalStorage } from 'node:async_hooks';

/** The audit record of an action, until the first commit of its work writes it too. */
export interface PendingAct {
  /** The connection whose commit it waits for. */
  readonly connection: object;
  /** Writes the record of what the commit made; called inside the transaction. */
  write(made: unknown): void;
  isWritten: boolean;
}

const acts = new AsyncLocalStorage<PendingAct>();

/** Does work whose first power-safe commit carries the record of the act. */
export function withAct<T>(act: PendingAct, work: () => T): T {
  return acts.run(act, work);
}

/** The act that a commit over this connection is to take along. */
export function actOf(connection: object): PendingAct | undefined {
  const act = acts.getStore();
  return act === undefined || act.isWritten || act.connection !== connection ? undefined : act;
}
