import { isDeepStrictEqual } from 'node:util';
import { HeddleError, withoutUndefined } from '@heddle/core';

/**
 * Refuses a change that is based on values that are no longer the stored ones, because it would undo someone else's change. Errors:
 * `conflict`.
 *
 * @example checkBase("The rules of 'faq'", base, await rules())
 */
export function checkBase(what: string, base: object | undefined, stored: object): void {
  if (base === undefined || isDeepStrictEqual(withoutUndefined(base), withoutUndefined(stored))) return;
  throw new HeddleError(
    'conflict',
    `${what} changed since you read them: read them again, then make your change on those.`,
  );
}
