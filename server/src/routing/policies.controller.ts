import {
  CandidateFactsReply,
  CandidateFactsRequest,
  PoliciesReply,
  RoutePolicy,
  WhatIfReply,
  WhatIfRequest,
} from '@heddle/core';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put } from '@nestjs/common';
import type { Heddle } from '../heddle/heddle.js';
import { HEDDLE } from '../heddle/token.js';
import { Access, anywhere } from '../http/access.js';
import { Acts } from '../http/acts.js';
import { Reply } from '../http/reply.js';

const one = { kind: 'policy', param: 'name' } as const;

@Controller('api/policies')
export class PoliciesController {
  constructor(@Inject(HEDDLE) private readonly heddle: Heddle) {}

  @Get()
  @Access('workflow:read', anywhere)
  @Reply(PoliciesReply)
  list(): PoliciesReply {
    return { policies: [...this.heddle.routing.policies()] };
  }

  /** The last recorded decisions under another policy: cost, latency, share local, and what would change. */
  @Post('what-if')
  @HttpCode(200)
  @Access('run:read')
  @Reply(WhatIfReply)
  whatIf(@Body({ schema: WhatIfRequest }) request: WhatIfRequest): Promise<WhatIfReply> {
    return this.heddle.routing.whatIf(request);
  }

  /** What is known of models now: what conditions of a policy are held against. */
  @Post('facts')
  @HttpCode(200)
  @Access('workflow:read')
  @Reply(CandidateFactsReply)
  facts(@Body({ schema: CandidateFactsRequest }) { models }: CandidateFactsRequest): Promise<CandidateFactsReply> {
    return this.heddle.routing.facts(models);
  }

  @Get(':name')
  @Access('workflow:read', one)
  @Reply(RoutePolicy)
  get(@Param('name') name: string): RoutePolicy {
    return this.heddle.routing.policy(name);
  }

  /** Creates or replaces; the name in the path counts. */
  @Put(':name')
  @Acts({ act: 'policy', step: 'saved', subject: 'policy:{params.name}' })
  @Access('policy:write', one)
  @Reply(RoutePolicy)
  save(@Param('name') name: string, @Body({ schema: RoutePolicy }) policy: RoutePolicy): RoutePolicy {
    return this.heddle.routing.savePolicy(name, policy);
  }

  @Delete(':name')
  @HttpCode(204)
  @Acts({ act: 'policy', step: 'removed', subject: 'policy:{params.name}' })
  @Access('policy:write', one)
  @Reply(undefined, 204)
  remove(@Param('name') name: string): void {
    this.heddle.routing.deletePolicy(name);
  }
}
