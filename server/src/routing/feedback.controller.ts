import { FeedbackRequest, type AuditActor } from '@heddle/core';
import { Body, Controller, Param, Post } from '@nestjs/common';
import { Actor } from '../auth/caller.js';
import { RoutingService } from './routing.service.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';

/** Ratings of runs, from the editor and from callers of published workflows: the quality that routing uses. */
@Controller()
export class FeedbackController {
  constructor(private readonly routing: RoutingService) {}

  @Post(['api/runs/:id/feedback', 'v1/runs/:id/feedback'])
  @Access('run:feedback', { kind: 'run', param: 'id' })
  @Reply(undefined, 204)
  give(
    @Param('id') id: string,
    @Body({ schema: FeedbackRequest }) request: FeedbackRequest,
    @Actor() by: AuditActor,
  ): Promise<void> {
    return this.routing.feedback(id, request, by);
  }
}
