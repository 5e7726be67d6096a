import { HeddleError } from '@heddle/core';
import { openPostgres } from '../postgres/open-postgres.js';
import { lockForMove } from '../postgres/refuse-moved.js';
import { inTransaction } from './in-transaction.js';
import { moveApplication, refuseLive } from './live-processes.js';
import type { ToPostgres } from './move-to-postgres.js';
import { openPostgresTarget } from './rows/postgres-target.js';
import { judgeTarget } from './prepare-target.js';
import { newTables } from './rows/sqlite-rows.js';
import type { Stop } from './rows/examine-rows.js';

/** Finds the reasons against a move to a database. Changes nothing there and creates no tables. */
export async function examineTarget(
  options: Pick<ToPostgres, 'url' | 'clock' | 'leaseMs' | 'mayLose' | 'folder' | 'startsOver'>,
): Promise<readonly Stop[]> {
  const { url, clock, leaseMs, mayLose = false, folder } = options;
  try {
    const database = await openPostgres({
      url,
      clock,
      mayLose,
      connections: 2,
      mayMigrate: false,
      application: moveApplication,
    });
    try {
      await inTransaction(database, folder, async (query) => {
        await lockForMove(query, database);
        await refuseLive(query, database, leaseMs);
        const target = await openPostgresTarget(database, newTables());
        await judgeTarget(options, database, query, target);
      });
    } finally {
      await database.close();
    }
    return [];
  } catch (error) {
    if (!(error instanceof HeddleError)) throw error;
    // The database is empty, and the move creates the tables.
    return error.code === 'database_outdated' ? [] : [{ code: error.code, message: error.message }];
  }
}
