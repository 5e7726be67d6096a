import { withoutUndefined } from '../../common/without-undefined.js';

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
