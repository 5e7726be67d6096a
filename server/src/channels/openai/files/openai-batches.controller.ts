import {
  CreateOpenAiBatchRequest,
  OpenAiBatch,
  OpenAiBatchesQuery,
  OpenAiBatchesReply,
  type Principal,
} from '@heddle/core';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Caller } from '../../../auth/caller.js';
import { View, type ProjectView } from '../../../auth/rights/project-view.js';
import { Access } from '../../../http/access.js';
import { Reply } from '../../../http/reply.js';
import { callerFactsOf } from '../caller-facts.js';
import { OpenAiBatchService } from './openai-batches.service.js';

/** OpenAI's batches over published workflows. */
@Controller('v1/batches')
export class OpenAiBatchesController {
  constructor(private readonly batches: OpenAiBatchService) {}

  /** Errors: `file_not_found`, `batch_invalid`, `model_unknown`, `bad_request`, `forbidden`, `not_found`. */
  @Post()
  @HttpCode(200)
  @Access('signed-in')
  @Reply(OpenAiBatch)
  create(
    @Body({ schema: CreateOpenAiBatchRequest }) body: CreateOpenAiBatchRequest,
    @Caller() principal: Principal,
    @View() { project }: ProjectView,
    @Req() request: FastifyRequest,
  ): Promise<OpenAiBatch> {
    return this.batches.create(body, { principal, project }, callerFactsOf(request));
  }

  @Get()
  @Access('signed-in')
  @Reply(OpenAiBatchesReply)
  list(
    @Query({ schema: OpenAiBatchesQuery }) query: OpenAiBatchesQuery,
    @Caller() principal: Principal,
    @View() { project }: ProjectView,
  ): Promise<OpenAiBatchesReply> {
    return this.batches.list(query, { principal, project });
  }

  /** Errors: `batch_not_found`. */
  @Get(':id')
  @Access('signed-in')
  @Reply(OpenAiBatch)
  get(@Param('id') id: string, @Caller() principal: Principal, @View() { project }: ProjectView): Promise<OpenAiBatch> {
    return this.batches.get(id, { principal, project });
  }

  /** Errors: `batch_not_found`, `conflict`. */
  @Post(':id/cancel')
  @HttpCode(200)
  @Access('signed-in')
  @Reply(OpenAiBatch)
  cancel(
    @Param('id') id: string,
    @Caller() principal: Principal,
    @View() { project }: ProjectView,
  ): Promise<OpenAiBatch> {
    return this.batches.cancel(id, { principal, project });
  }
}
