import type { RunCaller } from '../ports/journal.js';
import { localPrincipal } from './principal.js';

/**
 * The subject of a run, as set by its channel. It selects memory and conversations, and nothing in a request can change
 * it. `local`, `user:ID`, `key:ID`, `service:ID`; `end-user:NAME` if a key speaks for its users; `visitor:ID` for an anonymous user
 * of a share link; `schedule:ID`, `webhook:ID` and `batch:ID` for runs without a waiting caller.
 *
 * @example subjectOf({ principal: 'key:k_1', project: 'default' }) // 'key:k_1'
 */
export function subjectOf(caller: RunCaller | undefined): string {
  if (caller === undefined) return localPrincipal.id;
  if (caller.subject !== undefined) return caller.subject;
  // Older runs of share links have no subject.
  if (caller.channel === 'share' && caller.endUser !== undefined) return caller.endUser;
  return caller.principal;
}

/** The header with the end user, for keys with the permission `speak-for-users`. */
export const endUserHeader = 'heddle-end-user';

/** The header with the groups of the end user, separated by commas. */
export const endUserGroupsHeader = 'heddle-end-user-groups';

/** The subject of an end user on whose behalf a key calls. */
export const endUserSubject = (name: string): string => `end-user:${name}`;
