import { authorise, type Principal } from '@heddle/core';
import { Controller, Get, Inject, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { IDENTITY, type Identity } from '../auth/identity.js';
import { ProjectViews } from '../authority/project-views.js';
import { TrustedClock } from '../common/trusted-clock.js';
import { requestCredentials } from '../auth/request-credentials.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { SETTINGS } from '../settings/settings-token.js';
import type { Settings } from '../settings/settings-table.js';
import { describeSettings } from '../settings/read-settings.js';
import { everything, HealthReply, ProbeReply, SettingsReply, type HealthView } from './health.js';
import { HealthService } from './health.service.js';

const nobody: HealthView = { showsRun: () => false, showsFaults: false };
/** Whether the caller may read the settings, and so sees faults in full. */
const mayReadFaults = (principal: Principal, now: number): boolean =>
  authorise(principal, 'settings:read', { kind: 'installation' }, now) === 'allowed';

@Controller('api')
export class HealthController {
  constructor(
    private readonly service: HealthService,
    @Inject(IDENTITY) private readonly identity: Identity,
    private readonly views: ProjectViews,
    private readonly clock: TrustedClock,
    @Inject(SETTINGS) private readonly current: Settings,
  ) {}

  /** Answers without credentials, because monitors have none. Callers see only runs that they may read. */
  @Get('health')
  @Access('public')
  @Reply(HealthReply)
  async health(@Req() request: FastifyRequest): Promise<HealthReply> {
    return this.service.read(await this.viewOf(request));
  }

  /** For a supervisor that restarts a process that does not answer (liveness probe). */
  @Get('health/live')
  @Access('public')
  @Reply(ProbeReply)
  live(): ProbeReply {
    return { status: 'ok' };
  }

  /** For a load balancer that sends requests only to processes that can answer (readiness probe). */
  @Get('health/ready')
  @Access('public')
  @Reply(ProbeReply)
  ready(): ProbeReply {
    this.service.checkReady();
    return { status: 'ok' };
  }

  @Get('settings')
  @Access('settings:read')
  @Reply(SettingsReply)
  settings(): SettingsReply {
    return { settings: describeSettings(this.current) };
  }

  private async viewOf(request: FastifyRequest): Promise<HealthView> {
    try {
      const principal = await this.identity.identify(requestCredentials(request));
      if (principal.kind === 'local') return everything;
      const view = this.views.viewFor(principal, request.headers);
      return {
        showsRun: (run) => run !== undefined && view.showsRun(run),
        showsFaults: mayReadFaults(principal, this.clock.now()),
      };
    } catch {
      // With invalid credentials, or while callers cannot be identified, the reply is the public one.
      return nobody;
    }
  }
}
