import type { Principal } from '@heddle/core';
import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '../settings/settings-token.js';
import type { Settings } from '../settings/settings-table.js';
import { AccountService } from './account.service.js';
import { networkOf } from '../http/network-of.js';
import type { RateLeft } from '../http/request-facts.js';

/** The rate limits of callers. */
@Injectable()
export class CallerLimits {
  constructor(
    private readonly accounts: AccountService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * Counts a request by its address, its caller and their project, and returns what the caller has left. Requests of the local user do not
   * count.
   * Errors: `too_many_requests` with the seconds to wait.
   */
  count(principal: Principal, ip: string, project: string): RateLeft | undefined {
    if (principal.kind === 'local') return undefined;
    const { rates } = this.accounts;
    const { ratePerMinute: perMinute } = this.settings;
    const ofAddress = rates.take(`ip:${networkOf(ip)}`, perMinute);
    if (principal.kind === 'anonymous') return undefined;
    const left = Math.min(ofAddress, rates.take(principal.id, perMinute));
    // Only members count for a project: otherwise anyone could use up its limit by naming it in a header.
    if (principal.roles.has(project)) rates.take(`project:${project}`, this.settings.projectRatePerMinute);
    return { perMinute, left };
  }
}
