import {
  endUserGroupsHeader,
  endUserHeader,
  endUserSubject,
  HeddleError,
  subjectOf,
  type Clock,
  type Principal,
  type ResourceName,
  type RunSummary,
} from '@heddle/core';
import { checkAccess } from './rights/check-access.js';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * The end user that a request names (`Heddle-End-User`); undefined without one. Errors: `bad_request`.
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
 * The groups of the end user, as the program states them (`Heddle-End-User-Groups`): names separated by commas. Without an end user, the
 * header is refused. These groups only match entries `end-user-group:NAME` in lists of readers, never groups of this installation or of its
 * sign-in provider. Errors: `bad_request`.
 *
 * @example endUserGroupsOf({ 'heddle-end-user': 'ada', 'heddle-end-user-groups': 'sales, emea' }) // ['sales', 'emea']
 */
export function endUserGroupsOf(headers: Headers): readonly string[] | undefined {
  const given = headers[endUserGroupsHeader];
  if (given === undefined) return undefined;
  const names = typeof given === 'string' ? given.split(',').map((name) => name.trim()) : [];
  const isValid = names.length > 0 && names.length <= 200 && names.every((name) => /^[\x20-\x7e]{1,200}$/.test(name));
  if (!isValid || headers[endUserHeader] === undefined)
    throw new HeddleError(
      'bad_request',
      'The header Heddle-End-User-Groups must be 1 to 200 names of visible ASCII characters, separated by commas, beside Heddle-End-User.',
      { details: { header: 'Heddle-End-User-Groups' } },
    );
  return [...new Set(names)];
}

/**
 * Checks that a program may call for its users: the end user decides whose conversations the run reads. A signed-in user may call only for
 * themselves. Errors: `forbidden`, and those of `checkAccess`.
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

/** Whether a run belongs to this end user; without an end user, every run counts. @example isOfEndUser(summary, endUserOf(headers)) */
export const isOfEndUser = ({ caller }: Pick<RunSummary, 'caller'>, endUser: string | undefined): boolean =>
  endUser === undefined || subjectOf(caller) === endUserSubject(endUser);
