import { FeedbackRequest, type Principal } from '@heddle/core';
import { Body, Controller, Param, Post } from '@nestjs/common';
import { Caller } from '../auth/caller.js';
import { RoutingService } from './routing.service.js';
import { Access } from '../http/access.js';
import { Acts } from '../http/acts.js';
import { Reply } from '../http/reply.js';

/** Ratings of runs, from the editor and from callers of published workflows: the quality that routing uses. */
@Controller()
export class FeedbackController {
  constructor(private readonly routing: RoutingService) {}

  @Post(['api/runs/:id/feedback', 'v1/runs/:id/feedback'])
  @Acts({
    act: 'feedback',
    step: 'given',
    subject: 'run:{params.id}',
    details: { thumb: 'body.thumb', score: 'body.score', model: 'body.model' },
  })
  @Access('run:feedback', { kind: 'run', param: 'id' })
  @Reply(undefined, 204)
  give(
    @Param('id') id: string,
    @Body({ schema: FeedbackRequest }) request: FeedbackRequest,
    @Caller() caller: Principal,
  ): Promise<void> {
    return this.routing.feedback(id, request, caller.id);
  }
}
