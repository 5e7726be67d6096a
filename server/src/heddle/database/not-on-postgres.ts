import { HeddleError } from '@heddle/core';

/** The error of what does not work on Postgres yet. */
export const refusedOnPostgres = (
  what: string,
  instead = 'use it in a Heddle without HEDDLE_DATABASE_URL',
): HeddleError => new HeddleError('not_on_postgres', `${what} does not work on Postgres yet: ${instead}.`);

/**
 * A part that refuses every call. It stands where a part does not work on Postgres yet, so that nothing is written to a file of this machine that
 * other processes do not see. Errors of each call: `not_on_postgres`.
 *
 * @example const caches = notOnPostgres<Caches>('A cache of results', ['of', 'list', 'clear']);
 */
export function notOnPostgres<Part extends object>(what: string, members: readonly (keyof Part)[]): Part {
  const refuse = (): never => {
    throw refusedOnPostgres(what);
  };
  return Object.fromEntries(members.map((name) => [name, refuse])) as Part; // each member is a function that refuses
}
