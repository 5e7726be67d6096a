import { HeddleError } from '@heddle/core';
import { toStorageError } from '../database/storage-error.js';
import { toDatabaseError } from '../postgres/database-error.js';
import type { PostgresDatabase } from '../postgres/open-postgres.js';
import type { Query } from '../postgres/query.js';

/**
 * Runs work in one transaction. Errors of the server name the server, and all others the folder. So no error of the folder is retried as if
 * the server had been unreachable.
 */
export const inTransaction = <T>(
  database: PostgresDatabase,
  folder: string,
  work: (query: Query) => Promise<T>,
): Promise<T> =>
  database.transaction(async (query) => {
    const named: Query = async <Row>(sql: string, values?: readonly unknown[]) => {
      try {
        return await query<Row>(sql, values);
      } catch (error) {
        throw toDatabaseError(error, database.host);
      }
    };
    try {
      return await work(named);
    } catch (error) {
      throw error instanceof HeddleError ? error : toStorageError(error, folder);
    }
  });
