import { HeddleError } from '@heddle/core';
import { hostOf } from '../postgres/connection.js';
import { toDatabaseError } from '../postgres/database-error.js';

/** The schema of the queue, separate from that of Heddle. */
export const queueSchema = 'heddle_queue';

interface QueueTables {
  readonly url: string;
  readonly schema: string;
  readonly mayMigrate: boolean;
}

/**
 * Creates the tables of BullMQ, or migrates them to the version of this program. If they have that version already, nothing changes, and no
 * right to change tables is needed. Errors: `database_outdated` if they may not be changed, `database_newer`, and `database_*` of the
 * server.
 *
 * @example await prepareQueueTables({ url, schema: 'heddle_queue', mayMigrate: true });
 */
export async function prepareQueueTables({ url, schema, mayMigrate }: QueueTables): Promise<void> {
  const host = hostOf(url);
  const { Client } = (await import('pg')).default;
  const { assertSchemaCompatibility, LATEST_SCHEMA_VERSION, runMigrations } = await import('bullmq');
  const client = new Client({ connectionString: url, application_name: 'heddle' });
  // A broken connection makes its statement fail, which is enough.
  client.on('error', () => undefined);
  try {
    await client.connect();
    if ((await versionOf(() => assertSchemaCompatibility(client, schema), schema)) >= LATEST_SCHEMA_VERSION) return;
    if (!mayMigrate)
      throw new HeddleError(
        'database_outdated',
        `The tables of the queue (HEDDLE_QUEUE=postgres) in the schema '${schema}' are missing or have an older version: run heddle migrate with this setting to create or update them.`,
      );
    await runMigrations(client, schema);
  } catch (error) {
    throw toDatabaseError(error, host);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The version of the tables; 0 without them. */
async function versionOf(read: () => Promise<number>, schema: string): Promise<number> {
  const { SchemaMigrationRequiredError, SchemaVersionMismatchError } = await import('bullmq');
  try {
    return await read();
  } catch (error) {
    if (error instanceof SchemaMigrationRequiredError) return 0;
    if (error instanceof SchemaVersionMismatchError)
      throw new HeddleError(
        'database_newer',
        `The tables of the queue in the schema '${schema}' are from a newer version of Heddle: start that version.`,
        { cause: error },
      );
    throw error;
  }
}
