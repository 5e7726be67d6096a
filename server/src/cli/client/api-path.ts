import { withoutUndefined } from '@heddle/core';

/**
 * A path of the API.
 *
 * @example apiPath('runs', runId, 'cancel') // '/api/runs/run_1/cancel'
 */
export const apiPath = (...parts: readonly string[]): string => `/api/${parts.map(encodeURIComponent).join('/')}`;

/**
 * The query of an address from the members with a value; empty without any.
 *
 * @example queryString({ by: 'model', last: undefined }) // '?by=model'
 */
export function queryString(members: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const given = Object.entries(withoutUndefined(members)).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}
