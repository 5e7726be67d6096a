import { checkServer } from './check-server.js';
import { migratePostgres } from './migrate.js';
import { postgresMigrations } from './migrations.js';
import type { PostgresDatabase } from './open-postgres.js';
import { refuseMoved } from './refuse-moved.js';

/**
 * Checks a database in use: that it answers, keeps what it acknowledges, still accepts programs of this version, and was not moved. Errors:
 * `database_*`, `storage_*`, `move_unfinished`.
 */
export const checkDatabase = async (database: PostgresDatabase, mayLose = false): Promise<void> =>
  database.transaction(async (query) => {
    await checkServer(query, mayLose);
    await migratePostgres(query, query, { schema: database.schema, migrations: postgresMigrations, mayMigrate: false });
    await refuseMoved(database, query);
  });
