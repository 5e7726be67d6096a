import {
  CandidateFactsReply,
  CandidateFactsRequest,
  PoliciesReply,
  RoutePolicy,
  WhatIfReply,
  WhatIfRequest,
  type AuditActor,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Param, Post, Put } from '@nestjs/common';
import { Actor } from '../auth/caller.js';
import { RoutingService } from './routing.service.js';
import { Access, anywhere } from '../http/access.js';
import { Reply } from '../http/reply.js';

const one = { kind: 'policy', param: 'name' } as const;

@Controller('api/policies')
export class PoliciesController {
  constructor(private readonly routing: RoutingService) {}

  @Get()
  @Access('workflow:read', anywhere)
  @Reply(PoliciesReply)
  async list(): Promise<PoliciesReply> {
    return { policies: [...(await this.routing.policies())] };
  }

  /** Repeats the last recorded decisions under another policy and compares cost, latency, share of local models, and choices. */
  @Post('what-if')
  @Access('run:read')
  @Reply(WhatIfReply)
  whatIf(@Body({ schema: WhatIfRequest }) request: WhatIfRequest): Promise<WhatIfReply> {
    return this.routing.whatIf(request);
  }

  /** Gives the present facts of models that conditions of a policy are checked against. */
  @Post('facts')
  @Access('workflow:read')
  @Reply(CandidateFactsReply)
  facts(@Body({ schema: CandidateFactsRequest }) { models }: CandidateFactsRequest): Promise<CandidateFactsReply> {
    return this.routing.facts(models);
  }

  @Get(':name')
  @Access('workflow:read', one)
  @Reply(RoutePolicy)
  get(@Param('name') name: string): Promise<RoutePolicy> {
    return this.routing.policy(name);
  }

  /** Creates or replaces a policy. The name in the path must be that of the policy. */
  @Put(':name')
  @Access('policy:write', one)
  @Reply(RoutePolicy)
  save(
    @Param('name', { schema: RoutePolicy.shape.name }) name: string,
    @Body({ schema: RoutePolicy }) policy: RoutePolicy,
    @Actor() by: AuditActor,
  ): Promise<RoutePolicy> {
    return this.routing.savePolicy(name, policy, by);
  }

  @Delete(':name')
  @Access('policy:write', one)
  @Reply(undefined, 204)
  remove(@Param('name') name: string, @Actor() by: AuditActor): Promise<void> {
    return this.routing.deletePolicy(name, by);
  }
}
