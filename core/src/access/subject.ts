import type { RunCaller } from '../ports/journal.js';
import { localPrincipal } from './principal.js';

/**
 * Whom a run is for, as the channel established it: it selects memory and conversations, and nothing in a request can choose another
 * one. `local`, `user:ID`, `key:ID`, `service:ID`; `end-user:NAME` where a key speaks for its users; `visitor:ID` of a share link;
 * `schedule:ID`, `webhook:ID` and `batch:ID` of runs that nobody waits for.
 *
 * @example subjectOf({ principal: 'key:k_1', project: 'default' }) // 'key:k_1'
 */
export function subjectOf(caller: RunCaller | undefined): string {
  if (caller === undefined) return localPrincipal.id;
  if (caller.subject !== undefined) return caller.subject;
  // Runs of share links that were accepted before runs had a subject.
  if (caller.door === 'share' && caller.endUser !== undefined) return caller.endUser;
  return caller.principal;
}

/** The header in which a key with the right `speak-for-users` names the end user for whom it calls. */
export const endUserHeader = 'heddle-end-user';

/** The subject of an end user whom a key names. */
export const endUserSubject = (name: string): string => `end-user:${name}`;
