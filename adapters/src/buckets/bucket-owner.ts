import { createHash } from 'node:crypto';
import type { PostgresDatabase } from '../postgres/open-postgres.js';
import type { BucketOwner } from './bucket-marker.js';

/** Identifies a database by its server, its OID and its schema, so that a copy of the database has another id. Errors: `database_*`. */
export async function bucketOwner(database: Pick<PostgresDatabase, 'run' | 'schema' | 'host'>): Promise<BucketOwner> {
  const [row] = await database.run<{ readonly name: string; readonly oid: string; readonly server: string }>({
    sql: `SELECT datname AS name, oid::text AS oid, (SELECT system_identifier::text FROM pg_control_system()) AS server
      FROM pg_database WHERE datname = current_database()`,
    values: [],
  });
  const id = createHash('sha256').update(`${row?.server} ${row?.oid} ${database.schema}`).digest('hex').slice(0, 32);
  return { id, name: `${row?.name} at ${database.host}` };
}
