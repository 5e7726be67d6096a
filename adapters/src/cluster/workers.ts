import {
  workerTimes,
  type ListedWorker,
  type LivingState,
  type NewWorker,
  type Workers,
  type WorkerTimes,
} from '@heddle/core';
import { cleanText } from '../postgres/clean-text.js';
import type { PostgresDatabase } from '../postgres/open-postgres.js';
import type { Query } from '../postgres/query.js';

/** The number of an advisory lock; no other lock of Heddle may use it. */
const lockNumber = 7_307_435;

/**
 * The registry of workers in Postgres.
 *
 * @example await createWorkers(database).register({ name: hostname(), boot: randomUUID(), version, capabilities: [], slots: 25 });
 */
export function createWorkers(database: PostgresDatabase, { deadMs }: WorkerTimes = workerTimes): Workers {
  const { schema } = database;
  const isAlive = "seen_at > clock_timestamp() - $2 * interval '1 ms'";
  return {
    register: (worker) => database.transaction((query) => register(query, schema, worker)),
    async renew(boot, capabilities) {
      const [row] = await database.run<{ readonly state: LivingState }>({
        name: 'heddle-renew-worker',
        sql: `UPDATE ${schema}.workers SET seen_at = clock_timestamp(), capabilities = coalesce($3::text[], capabilities)
          WHERE boot = $1 AND state <> 'retired' AND ${isAlive} RETURNING state`,
        values: [boot, deadMs, capabilities === undefined ? null : [...capabilities]],
      });
      return row?.state;
    },
    async drain(boot) {
      await database.run({
        sql: `UPDATE ${schema}.workers SET state = 'draining' WHERE boot = $1 AND state = 'ready'`,
        values: [boot],
      });
    },
    leave: (boot) => database.transaction((query) => retire(query, schema, [boot])),
    list: () =>
      database.run<ListedWorker>({
        sql: `SELECT boot, name, version, role, capabilities, classes, slots, state, seen_at > clock_timestamp() - $1 * interval '1 ms' AS "isAlive",
            greatest(0, extract(epoch FROM clock_timestamp() - seen_at) * 1000)::float8 AS "silentMs",
            (extract(epoch FROM registered_at) * 1000)::float8 AS "registeredAt",
            (SELECT count(*) FROM ${schema}.runs r WHERE r.owner = w.boot)::float8 AS runs
          FROM ${schema}.workers w ORDER BY name, registered_at`,
        values: [deadMs],
      }),
  };
}

async function retire(query: Query, schema: string, boots: readonly string[]): Promise<void> {
  if (boots.length === 0) return;
  await query(`UPDATE ${schema}.workers SET state = 'retired' WHERE boot = ANY($1::uuid[])`, [boots]);
  await query(
    `UPDATE ${schema}.runs SET owner = NULL, ready_at = clock_timestamp(), hinted_at = NULL WHERE owner = ANY($1::uuid[])`,
    [boots],
  );
}

async function register(query: Query, schema: string, worker: NewWorker): Promise<void> {
  const { boot, name, version, role = 'worker', capabilities, classes = ['cpu'], slots, isDraining = false } = worker;
  // If two processes with one name start at once, they register one after the other.
  await query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [lockNumber, name]);
  const older = await query<{ readonly boot: string }>(
    `SELECT boot FROM ${schema}.workers WHERE name = $1 AND boot <> $2 AND state <> 'retired'`,
    [cleanText(name), boot],
  );
  await retire(
    query,
    schema,
    older.map((row) => row.boot),
  );
  await query(
    `INSERT INTO ${schema}.workers (boot, name, version, role, capabilities, classes, slots, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
    [
      boot,
      cleanText(name),
      cleanText(version),
      role,
      [...capabilities],
      [...classes],
      slots,
      isDraining ? 'draining' : 'ready',
    ],
  );
}
