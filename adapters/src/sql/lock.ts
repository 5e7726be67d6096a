import type { GuardedWrite } from '@heddle/core';

/**
 * Serialises operations on the same row. It must be the first write of each of them, and the row must exist.
 *
 * @example [lock('projects', project, () => projectNotFound(project)), …]
 */
export const lock = (table: string, id: string, otherwise: NonNullable<GuardedWrite['otherwise']>): GuardedWrite => ({
  sql: `SELECT 1 FROM ${table} WHERE id = @id FOR UPDATE`,
  values: { id },
  rows: 1,
  otherwise,
});
