import type { GuardedWrite } from '@heddle/core';

/**
 * Makes acts that change the same thing wait for each other: the first write of each. It needs the row, and changes nothing.
 *
 * @example [lock('projects', project, () => projectNotFound(project)), …]
 */
export const lock = (table: string, id: string, otherwise: NonNullable<GuardedWrite['otherwise']>): GuardedWrite => ({
  sql: `UPDATE ${table} SET id = id WHERE id = @id`,
  values: { id },
  rows: 1,
  otherwise,
});
