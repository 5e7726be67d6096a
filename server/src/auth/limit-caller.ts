import type { Principal } from '@heddle/core';
import type { Heddle } from '../heddle/heddle.js';
import { networkOf } from './network-of.js';

/**
 * Counts a request: by the address that it came from, by who asks, and by their project. The person at the machine is not counted.
 * Errors: `too_many_requests` with the seconds to wait.
 */
export function limitCaller(
  { accounts: { rates }, settings }: Pick<Heddle, 'accounts' | 'settings'>,
  principal: Principal,
  ip: string,
  project: string,
): void {
  if (principal.kind === 'local') return;
  rates.take(`ip:${networkOf(ip)}`, settings.ratePerMinute);
  if (principal.kind === 'anonymous') return;
  rates.take(principal.id, settings.ratePerMinute);
  // Only a member counts: a name in a header must not use up what others have.
  if (principal.roles.has(project)) rates.take(`project:${project}`, settings.projectRatePerMinute);
}
