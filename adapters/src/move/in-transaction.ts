import { HeddleError } from '@heddle/core';
import { toStorageError } from '../database/storage-error.js';
import { toDatabaseError } from '../postgres/database-error.js';
import type { PostgresDatabase } from '../postgres/open-postgres.js';
import type { Query } from '../postgres/query.js';

/** Works in one transaction. Errors of the server name the server, all others the folder: none is tried again as if the server had been away. */
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
