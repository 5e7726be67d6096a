import {
  AnswerRequest,
  HumanInputsReply,
  ContinueRequest,
  runNotFound,
  type Principal,
  type RunSummary,
} from '@heddle/core';
import { isBreakpointRequest } from '@heddle/engine';
import { Body, Controller, Get, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { markOf, selectRequests } from '../human-inputs/select-requests.js';
import { Caller } from '../auth/caller.js';
import { endUserOf, isOfEndUser } from '../auth/end-user.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { TrustedClock } from '../common/trusted-clock.js';
import { RunService } from './run.service.js';
import { Access } from '../http/access.js';
import { TakesValues } from '../http/bodies/body-bounds.js';
import { Reply } from '../http/reply.js';

const HumanInputsQuery = z.object({
  run: z.string().optional(),
  assignee: z.string().optional(),
  /** Only requests whose deadline or reminder has passed. */
  overdue: z.enum(['true', 'false']).optional(),
});

@Controller('api')
export class HumanInputsController {
  constructor(
    private readonly clock: TrustedClock,
    private readonly runs: RunService,
  ) {}

  /** Errors: `run_not_found`, also if the caller may not see the run. */
  @Get('human-inputs')
  @Access('run:values', { kind: 'run' })
  @Reply(HumanInputsReply)
  async list(
    @Query({ schema: HumanInputsQuery }) query: z.infer<typeof HumanInputsQuery>,
    @View() view: ProjectView,
    @Req() { headers }: FastifyRequest,
  ): Promise<HumanInputsReply> {
    const now = this.clock.now();
    const endUser = endUserOf(headers);
    const shows = (run: RunSummary): boolean => view.showsRun(run) && isOfEndUser(run, endUser);
    if (query.run !== undefined && !shows(await this.runs.summary(query.run))) throw runNotFound(query.run);
    const requests = selectRequests(await this.runs.requests(query.run), query, now);
    const shown: HumanInputsReply['requests'] = [];
    for (const request of requests) {
      if (!shows(await this.runs.summary(request.runId))) continue;
      shown.push({ ...request, isBreakpoint: isBreakpointRequest(request), mark: markOf(request, now) });
    }
    return { requests: shown };
  }

  /**
   * Continues a run from a breakpoint. This requires the right to control runs, not the right to answer, because a breakpoint asks for no
   * decision.
   */
  @Post('runs/:id/human-inputs/:requestId/continue')
  @Access('run:control', { kind: 'run', param: 'id' })
  @Reply(undefined, 204)
  goOn(
    @Param('id') id: string,
    @Param('requestId') requestId: string,
    @Body({ schema: ContinueRequest }) { step }: ContinueRequest,
    @Caller() caller: Principal,
  ): Promise<void> {
    return this.runs.continueFromBreakpoint(id, requestId, step, caller);
  }

  @Post('runs/:id/human-inputs/:requestId')
  @TakesValues('inputs')
  @Access('human-input:answer', { kind: 'run', param: 'id' })
  @Reply(undefined, 204)
  answer(
    @Param('id') id: string,
    @Param('requestId') requestId: string,
    @Body({ schema: AnswerRequest }) answer: z.infer<typeof AnswerRequest>,
    @Caller() caller: Principal,
  ): Promise<void> {
    return this.runs.answer(id, requestId, answer, caller);
  }
}
