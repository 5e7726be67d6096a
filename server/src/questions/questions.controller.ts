import { JobAccepted, NegativesRequest, QuestionsRequest, type AuditActor, type Principal } from '@heddle/core';
import { Body, Controller, Param, Post } from '@nestjs/common';
import { Actor, Caller } from '../auth/caller.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { NegativesService } from './negatives.service.js';
import { QuestionService } from './question.service.js';

/** Rows of a dataset that a model writes, and documents that a search proposes for rows. */
@Controller('api/datasets')
export class QuestionsController {
  constructor(
    private readonly questions: QuestionService,
    private readonly negatives: NegativesService,
  ) {}

  /**
   * Starts a job in which a model writes questions from passages of a collection. Its result counts the outcomes of the attempts. The rows
   * wait for a review.
   * Errors: `not_found`, `collection_not_found`, `model_unknown`, `connection_not_found`, `forbidden`.
   */
  @Post(':id/questions')
  @Access('workflow:write', { kind: 'dataset', param: 'id' })
  @Reply(JobAccepted, 202)
  async start(
    @Param('id') id: string,
    @Body({ schema: QuestionsRequest }) request: QuestionsRequest,
    @Caller() caller: Principal,
    @Actor() by: AuditActor,
  ): Promise<JobAccepted> {
    const { jobId } = await this.questions.start(id, request, caller, by);
    return { jobId };
  }

  /**
   * Starts a job that searches a collection for documents that seem to answer the labelled questions but do not. Its result counts the
   * outcomes of the questions. The proposals wait for a review. Errors: `not_found`, `collection_not_found`, `model_unknown`,
   * `connection_not_found`, `forbidden`.
   */
  @Post(':id/negatives')
  @Access('workflow:write', { kind: 'dataset', param: 'id' })
  @Reply(JobAccepted, 202)
  async mine(
    @Param('id') id: string,
    @Body({ schema: NegativesRequest }) request: NegativesRequest,
    @Caller() caller: Principal,
    @Actor() by: AuditActor,
  ): Promise<JobAccepted> {
    const { jobId } = await this.negatives.start(id, request, caller, by);
    return { jobId };
  }
}
