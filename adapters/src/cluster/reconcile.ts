import { workerTimes, type RunHint, type WorkerTimes } from '@heddle/core';
import type { PostgresDatabase } from '../postgres/open-postgres.js';
import {
  deadWorkersSql,
  forgottenCommandsSql,
  forgottenWorkersSql,
  freeSlotsSql,
  hintsSql,
  orphansSql,
  waitingSql,
} from './reconcile-sql.js';

interface WaitingRuns {
  readonly class: string;
  readonly project: string;
  readonly runs: number;
  /** How long the oldest of them has waited, in milliseconds. */
  readonly oldestMs: number;
}

export interface Reconciled {
  /** Workers that the round retired. */
  readonly dead: readonly { readonly boot: string; readonly name: string }[];
  readonly orphans: readonly string[];
  readonly hints: readonly RunHint[];
  readonly waiting: readonly WaitingRuns[];
}

export interface ReconcileOptions {
  /** Free slots by class. Default: those of the workers. A class without workers gets no hints. */
  readonly freeSlots?: Readonly<Record<string, number>>;
  /** Milliseconds after which a run that can be claimed gets another hint. Default 5,000. */
  readonly hintMs?: number;
  readonly times?: WorkerTimes;
}

/**
 * Runs one round of the reconciler: silent workers count as dead, their runs lose their owner, and runs that could continue get a hint.
 * Only one process does it at a time, under a lease, to save work; two at once would do no harm. The caller sends the hints.
 *
 * @example const { hints } = await reconcile(database); await dispatch.send(hints);
 */
export async function reconcile(database: PostgresDatabase, options: ReconcileOptions = {}): Promise<Reconciled> {
  const { hintMs = 5_000, times = workerTimes } = options;
  const { schema } = database;
  const dead = await database.run<Reconciled['dead'][number]>({ sql: deadWorkersSql(schema), values: [times.deadMs] });
  const orphans = await database.run<{ readonly runId: string }>({ sql: orphansSql(schema), values: [] });
  await database.run({ sql: forgottenWorkersSql(schema), values: [] });
  await database.run({ sql: forgottenCommandsSql(schema), values: [] });
  const freeSlots = options.freeSlots ?? (await countFreeSlots(database, times));
  const room = Object.entries(freeSlots).filter(([, slots]) => slots > 0);
  const hints = await database.run<RunHint>({
    sql: hintsSql(schema),
    values: [hintMs, room.map(([name]) => name), room.map(([, slots]) => slots * 2), times.deadMs],
  });
  const waiting = await database.run<WaitingRuns>({ sql: waitingSql(schema), values: [] });
  return { dead, orphans: orphans.map(({ runId }) => runId), hints, waiting };
}

async function countFreeSlots(database: PostgresDatabase, { deadMs }: WorkerTimes): Promise<Record<string, number>> {
  const rows = await database.run<{ readonly class: string; readonly slots: number }>({
    sql: freeSlotsSql(database.schema),
    values: [deadMs],
  });
  return Object.fromEntries(rows.map((row) => [row.class, row.slots]));
}
