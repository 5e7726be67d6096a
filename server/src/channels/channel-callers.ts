import { HeddleError, type Principal } from '@heddle/core';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { principalOf } from '../auth/caller.js';
import { CallerLimits } from '../auth/caller-limits.js';
import { checkAccess } from '../auth/rights/check-access.js';
import { IDENTITY, type Identity } from '../auth/identity.js';
import { Ownership } from '../auth/rights/ownership.js';
import { homeProjectOf } from '../auth/rights/project-view.js';
import { checkModel } from '../authority/authorised-resources.js';
import { ProjectGrants } from '../authority/project-grants.js';
import { setRateLeft } from '../http/request-facts.js';
import { TrustedClock } from '../common/trusted-clock.js';

/**
 * Identifies the callers of routes whose body names the resource. The guard cannot know the resource there, so these routes check rights
 * themselves once they have read the body.
 */
@Injectable()
export class ChannelCallers {
  constructor(
    @Inject(IDENTITY) private readonly identity: Identity,
    private readonly limits: CallerLimits,
    private readonly ownership: Ownership,
    private readonly grants: ProjectGrants,
    private readonly clock: TrustedClock,
  ) {}

  /** Returns the caller of a request, and counts the request against the rate limits. Errors: `unauthorized`, and those of `identify`. */
  async callerOf(request: FastifyRequest): Promise<Principal> {
    const { headers, ip, method, url } = request;
    const principal = principalOf(request) ?? (await this.identity.identify({ headers, ip, method, url }));
    setRateLeft(request, this.limits.count(principal, ip, homeProjectOf(principal)));
    if (principal.kind === 'anonymous')
      throw new HeddleError('unauthorized', 'Send an API key as "Authorization: Bearer …".');
    return principal;
  }

  /** Checks that a caller may run a workflow. Errors: `unauthorized`, `not_found`, `forbidden`. */
  async checkMayRun(principal: Principal, workflowId: string): Promise<void> {
    const workflow = await this.ownership.resourceOf('workflow', workflowId);
    checkAccess(principal, 'run:published', workflow, this.clock);
  }

  /** Checks that a caller may call a model without a workflow. Errors: as `checkMayRun`, and `model_unknown`, `connection_not_found`. */
  checkMayTry(principal: Principal, model: string): void {
    const project = homeProjectOf(principal);
    checkAccess(principal, 'model:try', { kind: 'model', id: model, project }, this.clock, model);
    // A model without a grant gets the same error as one that does not exist.
    checkModel({ mayUse: (kind, id) => this.grants.has(project, kind, id) }, model);
  }
}
