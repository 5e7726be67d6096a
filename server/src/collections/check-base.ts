import { isDeepStrictEqual } from 'node:util';
import { HeddleError, withoutUndefined } from '@heddle/core';

/**
 * Refuses a change that was made on other values than those that are stored: it would undo what somebody else saved. Errors: `conflict`.
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
