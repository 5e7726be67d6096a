import { FeedbackReply, FeedbackRequest, OwnFeedbackReply, type Principal } from '@heddle/core';
import { Body, Controller, Delete, Get, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Caller } from '../auth/caller.js';
import { endUserOf } from '../auth/end-user.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { FeedbackService } from './feedback.service.js';

const one = { kind: 'run', param: 'id' } as const;
/** The message that the feedback is about. Without it, the feedback is on the whole answer. */
const MessageQuery = z.strictObject({ message: z.string().min(1).max(200).optional() });

/** The feedback of project members on runs. */
@Controller('api/runs/:id/feedback')
export class FeedbackController {
  constructor(private readonly feedback: FeedbackService) {}

  /** The feedback of all people. Comments and corrections can repeat values of the run. */
  @Get()
  @Access('run:values', one)
  @Reply(FeedbackReply)
  all(@Param('id') id: string, @Caller() { id: who }: Principal): Promise<FeedbackReply> {
    return this.feedback.all(id, who);
  }

  /** Gives feedback, or replaces the caller's own. Errors: `run_not_found`, `conflict`, `bad_request`, `too_many_requests`. */
  @Post()
  @Access('run:feedback', one)
  @Reply(undefined, 204)
  async give(
    @Param('id') id: string,
    @Body({ schema: FeedbackRequest }) request: FeedbackRequest,
    @Caller() principal: Principal,
  ): Promise<void> {
    const who = await this.feedback.personOf(id, { principal, isPublished: false });
    await this.feedback.give(id, who, request);
  }

  /** Removes the caller's own feedback. Errors: `run_not_found`, `too_many_requests`. */
  @Delete()
  @Access('run:feedback', one)
  @Reply(undefined, 204)
  async remove(
    @Param('id') id: string,
    @Query({ schema: MessageQuery }) { message }: z.infer<typeof MessageQuery>,
    @Caller() principal: Principal,
  ): Promise<void> {
    const who = await this.feedback.personOf(id, { principal, isPublished: false });
    await this.feedback.remove(id, who, message);
  }
}

/** The feedback of callers of published workflows on their own runs. With `Heddle-End-User`, it is the feedback of that person. */
@Controller('v1/runs/:id/feedback')
export class PublishedFeedbackController {
  constructor(private readonly feedback: FeedbackService) {}

  /** The caller's feedback on the run. */
  @Get()
  @Access('run:feedback', one)
  @Reply(OwnFeedbackReply)
  async own(
    @Param('id') id: string,
    @Caller() principal: Principal,
    @Req() { headers }: FastifyRequest,
  ): Promise<OwnFeedbackReply> {
    return { feedback: await this.feedback.own(id, await this.personOf(id, principal, headers)) };
  }

  /** Gives feedback, or replaces it. Errors: `run_not_found`, `conflict`, `bad_request`, `too_many_requests`. */
  @Post()
  @Access('run:feedback', one)
  @Reply(undefined, 204)
  async give(
    @Param('id') id: string,
    @Body({ schema: FeedbackRequest }) request: FeedbackRequest,
    @Caller() principal: Principal,
    @Req() { headers }: FastifyRequest,
  ): Promise<void> {
    await this.feedback.give(id, await this.personOf(id, principal, headers), request);
  }

  /** Removes it. Errors: `run_not_found`, `too_many_requests`. */
  @Delete()
  @Access('run:feedback', one)
  @Reply(undefined, 204)
  async remove(
    @Param('id') id: string,
    @Query({ schema: MessageQuery }) { message }: z.infer<typeof MessageQuery>,
    @Caller() principal: Principal,
    @Req() { headers }: FastifyRequest,
  ): Promise<void> {
    await this.feedback.remove(id, await this.personOf(id, principal, headers), message);
  }

  private personOf(id: string, principal: Principal, headers: FastifyRequest['headers']): Promise<string> {
    return this.feedback.personOf(id, { principal, onBehalfOf: endUserOf(headers), isPublished: true });
  }
}
