import { HeddleError } from '@heddle/core';

/** The error for a command that does not exist on Postgres, for example because Postgres has its own tools for it. */
export const refusedOnPostgres = (what: string, instead: string): HeddleError =>
  new HeddleError('not_on_postgres', `${what} does not work on Postgres: ${instead}.`);
