import { endUserHeader, HeddleError, type Clock, type Principal, type ResourceName } from '@heddle/core';
import { checkAccess } from './rights/check-access.js';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * The end user whom a request names (`Heddle-End-User`); undefined where it names none. Errors: `bad_request`.
 *
 * @example endUserOf({ 'heddle-end-user': 'ada@example.org' }) // 'ada@example.org'
 */
export function endUserOf(headers: Headers): string | undefined {
  const name = headers[endUserHeader];
  if (name === undefined) return undefined;
  if (typeof name === 'string' && /^[\x21-\x7e]{1,200}$/.test(name)) return name;
  throw new HeddleError(
    'bad_request',
    'The header Heddle-End-User must be 1 to 200 visible ASCII characters, such as an id or an email address.',
    { details: { header: 'Heddle-End-User' } },
  );
}

/**
 * Checks that a program may call for its users: the end user selects whose conversations the run reads. A signed-in user acts for nobody
 * else. Errors: `forbidden`, and those of `checkAccess`.
 */
export function checkSpeaksForUsers(principal: Principal, resource: ResourceName, clock: Clock): void {
  if (principal.kind !== 'user' && principal.kind !== 'share') {
    checkAccess(principal, 'speak-for-users', resource, clock, resource.id);
    return;
  }
  throw new HeddleError(
    'forbidden',
    'Only a key with the right speak-for-users names an end user: leave the header Heddle-End-User out.',
    { details: { permission: 'speak-for-users', header: 'Heddle-End-User' } },
  );
}
