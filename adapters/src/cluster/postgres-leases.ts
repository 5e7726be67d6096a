import type { Lease, Leases } from '@heddle/core';
import type { PostgresDatabase } from '../postgres/open-postgres.js';

/**
 * Leases as rows of a table; they expire by the clock of the database server.
 *
 * @example const lease = await createLeases(database).acquire('reconciler', boot, 5_000);
 */
export function createLeases(database: PostgresDatabase): Leases {
  const { schema } = database;
  const until = "clock_timestamp() + $3 * interval '1 ms'";
  return {
    isAlone: false,
    async acquire(name, holder, forMs): Promise<Lease | undefined> {
      const [row] = await database.run<Lease>({
        name: 'heddle-lease',
        sql: `INSERT INTO ${schema}.leases AS held (name, holder, until, token) VALUES ($1, $2, ${until}, 1)
          ON CONFLICT (name) DO UPDATE SET holder = $2, until = ${until},
            token = held.token + CASE WHEN held.holder = $2 AND held.until > clock_timestamp() THEN 0 ELSE 1 END
          WHERE held.holder = $2 OR held.until <= clock_timestamp() RETURNING name, holder, token::float8 AS token`,
        values: [name, holder, forMs],
      });
      return row;
    },
    async renew({ name, token }, forMs): Promise<boolean> {
      const rows = await database.run({
        name: 'heddle-renew-lease',
        sql: `UPDATE ${schema}.leases SET until = ${until} WHERE name = $1 AND token = $2 AND until > clock_timestamp() RETURNING 1`,
        values: [name, token, forMs],
      });
      return rows.length > 0;
    },
    async release({ name, token }): Promise<boolean> {
      // The row stays, so that tokens keep increasing.
      const rows = await database.run({
        sql: `UPDATE ${schema}.leases SET until = clock_timestamp() WHERE name = $1 AND token = $2 AND until > clock_timestamp() RETURNING 1`,
        values: [name, token],
      });
      return rows.length > 0;
    },
  };
}
