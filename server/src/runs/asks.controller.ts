import { AnswerRequest, AsksReply, ContinueRequest, runNotFound, type Principal } from '@heddle/core';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { markOf, selectAsks } from '../asks/select-asks.js';
import { Caller } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/project-view.js';
import { TrustedClock } from '../common/trusted-clock.js';
import { RunService } from './run.service.js';
import { Access } from '../http/access.js';
import { TakesValues } from '../http/body-bounds.js';
import { Reply } from '../http/reply.js';

const AsksQuery = z.object({
  run: z.string().optional(),
  assignee: z.string().optional(),
  /** Only those whose time, or whose reminder, has come. */
  overdue: z.enum(['true', 'false']).optional(),
});

@Controller('api')
export class AsksController {
  constructor(
    private readonly clock: TrustedClock,
    private readonly runs: RunService,
  ) {}

  /** Errors: `run_not_found`, also of a run that the caller may not see. */
  @Get('asks')
  @Access('run:values', { kind: 'run' })
  @Reply(AsksReply)
  async list(
    @Query({ schema: AsksQuery }) query: z.infer<typeof AsksQuery>,
    @View() view: ProjectView,
  ): Promise<AsksReply> {
    const now = this.clock.now();
    if (query.run !== undefined && !view.showsRun(await this.runs.summary(query.run))) throw runNotFound(query.run);
    const asks = selectAsks(await this.runs.asks(query.run), query, now);
    const shown: AsksReply['asks'] = [];
    for (const ask of asks) {
      if (view.showsRun(await this.runs.summary(ask.runId))) shown.push({ ...ask, mark: markOf(ask, now) });
    }
    return { asks: shown };
  }

  /** Lets a run go on from a breakpoint: a matter of whoever controls runs, as nobody has to decide anything there. */
  @Post('runs/:id/asks/:askId/continue')
  @HttpCode(204)
  @Access('run:control', { kind: 'run', param: 'id' })
  @Reply(undefined, 204)
  goOn(
    @Param('id') id: string,
    @Param('askId') askId: string,
    @Body({ schema: ContinueRequest }) { step }: ContinueRequest,
    @Caller() caller: Principal,
  ): Promise<void> {
    return this.runs.goOn(id, askId, step, caller);
  }

  @Post('runs/:id/asks/:askId')
  @TakesValues('inputs')
  @HttpCode(204)
  @Access('ask:answer', { kind: 'run', param: 'id' })
  @Reply(undefined, 204)
  answer(
    @Param('id') id: string,
    @Param('askId') askId: string,
    @Body({ schema: AnswerRequest }) answer: z.infer<typeof AnswerRequest>,
    @Caller() caller: Principal,
  ): Promise<void> {
    return this.runs.answer(id, askId, answer, caller);
  }
}
