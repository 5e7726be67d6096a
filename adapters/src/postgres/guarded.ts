import { boundsOf, type GuardedWrite } from '@heddle/core';
import { toPostgres, valuesFor } from '../sql/shared-sql.js';
import type { Statement } from './query.js';

/** The SQLSTATE of a guarded write that touched an unexpected number of rows. */
export const unexpectedRows = 'P0H01';

/** Builds a statement that makes the server check how many rows it touches. */
export function guarded({ sql, values, rows }: GuardedWrite, schema: string): Statement {
  const statement = toPostgres(sql);
  const given = valuesFor(statement, values);
  if (rows === undefined) return { sql: statement.sql, values: given };
  const { least, most } = boundsOf(rows);
  const touched = /^\s*SELECT\b/i.test(sql) ? statement.sql : `${statement.sql} RETURNING 1`;
  return {
    sql: `WITH touched AS (${touched}) SELECT ${schema}.expect_rows(count(*), ${least}, ${most}) FROM touched`,
    values: given,
  };
}
