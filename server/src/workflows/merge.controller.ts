import { MergeReply, MergeRequest } from '@heddle/core';
import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { WorkflowService } from './workflow.service.js';
import { Access } from '../http/access.js';
import { TakesValues } from '../http/body-bounds.js';
import { Reply } from '../http/reply.js';

/** Drafts of two people, brought together. */
@Controller('api/workflows/:id')
export class MergeController {
  constructor(private readonly workflows: WorkflowService) {}

  /** Saves nothing: the caller looks at the conflicts and saves with the revision that is told. */
  @Post('merge')
  @TakesValues('large')
  @HttpCode(200)
  @Access('workflow:read', { kind: 'workflow', param: 'id' })
  @Reply(MergeReply)
  merge(@Param('id') id: string, @Body({ schema: MergeRequest }) request: MergeRequest): Promise<MergeReply> {
    return this.workflows.merge(id, request);
  }
}
