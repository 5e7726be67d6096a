import { HeddleError } from '@heddle/core';
import type { PostgresDatabase } from '../postgres/open-postgres.js';
import type { Query } from '../postgres/query.js';

/** The application name of a move's connections. Connections named `heddle` belong to processes. */
export const moveApplication = 'heddle-move';

/** An active process sends a statement at least once in this many seconds. */
const busySeconds = 60;

/** Postgres ends the connections of a process a moment after the process. So they are counted this often, with a pause of 0.1 s. */
const mostCounts = 20;

/**
 * Refuses a database that a Heddle process uses: the lease of a process has not ended, or a process has a connection. Errors:
 * `storage_locked`.
 */
export async function refuseLive(query: Query, { host }: PostgresDatabase, leaseMs: number): Promise<void> {
  const workers = await query<{ readonly name: string; readonly seconds: number }>(
    `SELECT name, extract(epoch FROM clock_timestamp() - seen_at)::float8 AS seconds FROM workers
     WHERE state <> 'retired' AND seen_at > clock_timestamp() - $1 * interval '1 ms' ORDER BY name`,
    [leaseMs],
  );
  const [worker] = workers;
  if (worker !== undefined)
    throw inUse(
      host,
      `the process ${worker.name} was seen ${Math.max(0, Math.round(worker.seconds))} s ago. A process that died counts as gone after ${Math.ceil(leaseMs / 1_000)} s`,
    );
  for (let counts = 1; ; counts += 1) {
    const connections = await busyConnections(query);
    if (connections === 0) return;
    if (counts === mostCounts)
      throw inUse(host, `it has ${connections} ${connections === 1 ? 'connection' : 'connections'} of Heddle`);
    // A transaction sees the same list until it is cleared.
    await query('SELECT pg_stat_clear_snapshot(), pg_sleep(0.1)');
  }
}

async function busyConnections(query: Query): Promise<number> {
  const [found] = await query<{ readonly count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'heddle' AND state_change > clock_timestamp() - $1 * interval '1 s'`,
    [busySeconds],
  );
  return found?.count ?? 0;
}

const inUse = (host: string, reason: string): HeddleError =>
  new HeddleError(
    'storage_locked',
    `The database on ${host} is in use: ${reason}. Stop every process of Heddle, then move.`,
  );
