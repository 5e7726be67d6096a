import {
  createClusterReader,
  createLeases,
  createQueueWaits,
  createRunClaims,
  createRunCommands,
  createWorkers,
  runReconciler,
  runSealer,
  stateWrite,
  type ClusterReader,
  type LeasedRounds,
  type QueueWaits,
  type Reconciled,
} from '@heddle/adapters/cluster';
import type { PostgresDatabase } from '@heddle/adapters/postgres';
import {
  steadySource,
  type Clock,
  type Dispatch,
  type Leases,
  type OpenCommand,
  type RunClaims,
  type RunCommands,
  type Workers,
  type WorkerTimes,
} from '@heddle/core';
import { randomUUID } from 'node:crypto';
import type { ClusterSource } from '../../cluster/cluster-source.js';
import type { Log } from '../../common/log.js';
import type { OpenedRedis } from './open-redis.js';
import { createRunPlacements, type RunPlacements } from './run-placements.js';

/** The work of a process for all processes. */
interface ClusterWork {
  /** Called every second, in each process. */
  readonly count: () => Promise<void>;
  /** Carries out a command to a run without an owner; called only in the process that holds the lease. */
  readonly onOrphan: (command: OpenCommand) => Promise<void>;
}

/** What the processes on one database share besides its tables. */
export interface Cluster extends RunPlacements, Pick<ClusterSource, 'hints' | 'stateWrite'> {
  /** The name of this process, made from its host and its data folder. */
  readonly name: string;
  readonly times: WorkerTimes;
  readonly leases: Leases;
  readonly claims: RunClaims;
  readonly workers: Workers;
  readonly commands: RunCommands;
  readonly reader: ClusterReader;
  readonly waits: QueueWaits;
  /** Sends hints about runs. If undefined, workers find runs by polling the database. */
  readonly dispatch: Dispatch | undefined;
  /** Carries live text. If undefined, watchers read the database. */
  readonly redis: OpenedRedis | undefined;
  /** How many runs wait for a worker, counted up to `most`. */
  countWaiting(most: number): Promise<number>;
  /** Starts the work for all processes. Reconciling runs and sealing audit entries are each done by one process at a time. */
  begin(work: ClusterWork): void;
  stop(): Promise<void>;
}

const everyMs = 1_000;
/** How many commands to runs without an owner one round carries out. */
const atOnce = 100;

/** The times of a worker that counts as dead after `deadMs` without a sign of life. */
export const timesOf = (deadMs: number): WorkerTimes => ({
  renewMs: Math.round(deadMs / 5),
  fenceMs: Math.round(deadMs * 0.8),
  deadMs,
});

/** Leases whose holder includes the name of the process. */
const namedLeases = (leases: Leases, name: string): Leases => ({
  ...leases,
  acquire: (lease, holder, forMs) => leases.acquire(lease, `${holder} ${name}`, forMs),
});

interface ClusterOptions extends Pick<Cluster, 'name' | 'times' | 'dispatch' | 'redis'> {
  readonly clock: Clock;
  readonly log: Log;
}

/** @example const cluster = createCluster(database, { clock, log, times: timesOf(10_000) }); */
export function createCluster(
  database: PostgresDatabase,
  { name, clock, log, times, dispatch, redis }: ClusterOptions,
): Cluster {
  const leases = namedLeases(createLeases(database), name);
  const reader = createClusterReader(database);
  const commands = createRunCommands(database);
  const workers = createWorkers(database, times);
  const kept: LeasedRounds[] = [];
  const time = steadySource(clock);
  let cancel = (): void => undefined;
  let isStopped = false;
  const onFault = (err: unknown): void => log.warn({ err }, 'a round for all processes failed; it is made again');
  const each = (work: () => Promise<void>): void => {
    cancel = time.at(time.now() + everyMs, () => {
      void work()
        .catch((err: unknown) => log.debug({ err }, 'the database was away'))
        .then(() => {
          if (!isStopped) each(work);
        });
    });
  };
  return {
    name,
    times,
    leases,
    commands,
    reader,
    dispatch,
    redis,
    waits: createQueueWaits(database),
    hints: redis !== undefined ? 'redis' : dispatch !== undefined ? 'postgres' : 'none',
    stateWrite,
    ...createRunPlacements({ database, workers, reader, times }),
    claims: createRunClaims(database, times),
    workers,
    countWaiting: (most) => countWaiting(database, most),
    begin({ count, onOrphan }) {
      const rounds = { leases, holder: randomUUID(), clock, onFault };
      const onRound = async ({ hints }: Reconciled): Promise<void> => {
        // If the queue is unreachable, the next round sends the hints again, and workers find runs by polling meanwhile.
        if (hints.length > 0) await dispatch?.send(hints).catch(() => undefined);
        for (const command of await commands.ofOrphans(atOnce)) await onOrphan(command);
      };
      kept.push(runReconciler({ ...rounds, database, times, onRound }), runSealer({ ...rounds, database }));
      each(count);
    },
    async stop() {
      isStopped = true;
      cancel();
      await Promise.all(kept.splice(0).map((rounds) => rounds.stop()));
    },
  };
}

/** How many runs wait for a process, counted up to `most`. */
async function countWaiting(database: PostgresDatabase, most: number): Promise<number> {
  const [row] = await database.run<{ readonly runs: number }>({
    name: 'heddle-count-waiting',
    sql: `SELECT count(*)::float8 AS runs FROM (SELECT 1 FROM ${database.schema}.runs
      WHERE owner IS NULL AND status IN ('queued', 'running') LIMIT $1::bigint) AS waiting`,
    values: [most],
  });
  return row?.runs ?? 0;
}
