import { authorise, type Principal } from '@heddle/core';
import { Controller, Get, Inject, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { viewFor } from '../auth/project-view.js';
import type { Heddle } from '../heddle/heddle.js';
import { HEDDLE } from '../heddle/token.js';
import { requestCredentials } from '../http/access.guard.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { describeSettings } from '../settings/read-settings.js';
import { everything, HealthReply, healthOf, SettingsReply, type HealthView } from './health.js';

const nobody: HealthView = { showsRun: () => false, showsFaults: false };
/** Who may read the settings hears of faults in full. */
const mayReadFaults = (principal: Principal, now: number): boolean =>
  authorise(principal, 'settings:read', { kind: 'installation' }, now) === 'allowed';

@Controller('api')
export class HealthController {
  constructor(@Inject(HEDDLE) private readonly heddle: Heddle) {}

  /** Answers anybody, as what looks after a server has no key; of runs each hears of those that they may see. */
  @Get('health')
  @Access('public')
  @Reply(HealthReply)
  async health(@Req() request: FastifyRequest): Promise<HealthReply> {
    return healthOf(this.heddle, await this.viewOf(request));
  }

  @Get('settings')
  @Access('settings:read')
  @Reply(SettingsReply)
  settings(): SettingsReply {
    return { settings: describeSettings(this.heddle.settings) };
  }

  private async viewOf(request: FastifyRequest): Promise<HealthView> {
    const { identity, clock } = this.heddle;
    try {
      const principal = await identity.identify(requestCredentials(request));
      if (principal.kind === 'local') return everything;
      const view = viewFor(this.heddle, principal, request.headers);
      return {
        showsRun: (run) => run !== undefined && view.showsRun(run),
        showsFaults: mayReadFaults(principal, clock.now()),
      };
    } catch {
      // Whoever shows something that is not good hears what anybody hears, also while who they are cannot be read.
      return nobody;
    }
  }
}
