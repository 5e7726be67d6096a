import { HeddleError } from '@heddle/core';

/** The error of what does not exist on Postgres, such as what its own tools do. */
export const refusedOnPostgres = (what: string, instead: string): HeddleError =>
  new HeddleError('not_on_postgres', `${what} does not work on Postgres: ${instead}.`);
