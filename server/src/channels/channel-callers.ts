import { HeddleError, type Principal } from '@heddle/core';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { principalOf } from '../auth/caller.js';
import { CallerLimits } from '../auth/caller-limits.js';
import { checkAccess } from '../auth/check-access.js';
import { IDENTITY, type Identity } from '../auth/identity.js';
import { OWNERSHIP, type Ownership } from '../auth/ownership.js';
import { homeOf } from '../auth/project-view.js';
import { checkModel } from '../authority/authorised-resources.js';
import { ProjectGrants } from '../authority/project-grants.js';
import { TrustedClock } from '../common/trusted-clock.js';

/**
 * Callers of routes whose body, not their path, names what they act on. The guard cannot know the resource there, so these routes ask
 * for the rights themselves after they read the body.
 */
@Injectable()
export class ChannelCallers {
  constructor(
    @Inject(IDENTITY) private readonly identity: Identity,
    private readonly limits: CallerLimits,
    @Inject(OWNERSHIP) private readonly ownership: Ownership,
    private readonly grants: ProjectGrants,
    private readonly clock: TrustedClock,
  ) {}

  /** Who sends a request, counted by its rate limits. Errors: `unauthorized`, and those of `identify`. */
  async callerOf(request: FastifyRequest): Promise<Principal> {
    const { headers, ip, method, url } = request;
    const principal = principalOf(request) ?? (await this.identity.identify({ headers, ip, method, url }));
    this.limits.count(principal, ip, homeOf(principal));
    if (principal.kind === 'anonymous')
      throw new HeddleError('unauthorized', 'Send an API key as "Authorization: Bearer …".');
    return principal;
  }

  /** Passes where a caller may run a workflow. Errors: `unauthorized`, `not_found`, `forbidden`. */
  async checkMayRun(principal: Principal, workflowId: string): Promise<void> {
    const workflow = await this.ownership.resourceOf('workflow', workflowId);
    checkAccess(principal, 'run:published', workflow, this.clock);
  }

  /** Passes where a caller may ask a model without a workflow around it. Errors: as above, `model_unknown`, `connection_not_found`. */
  checkMayTry(principal: Principal, model: string): void {
    const project = homeOf(principal);
    checkAccess(principal, 'model:try', { kind: 'model', id: model, project }, this.clock, model);
    // A model that is not granted is answered like one that is not here.
    checkModel({ mayUse: (kind, id) => this.grants.has(project, kind, id) }, model);
  }
}
