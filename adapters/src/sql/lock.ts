import type { GuardedWrite } from '@heddle/core';

/**
 * Makes operations that change the same thing wait for each other: the first write of each. It needs the row.
 *
 * @example [lock('projects', project, () => projectNotFound(project)), …]
 */
export const lock = (table: string, id: string, otherwise: NonNullable<GuardedWrite['otherwise']>): GuardedWrite => ({
  sql: `SELECT 1 FROM ${table} WHERE id = @id FOR UPDATE`,
  values: { id },
  rows: 1,
  otherwise,
});
