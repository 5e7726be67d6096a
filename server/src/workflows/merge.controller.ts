import { MergeReply, MergeRequest } from '@heddle/core';
import { Body, Controller, Param, Post } from '@nestjs/common';
import { WorkflowService } from './workflow.service.js';
import { Access } from '../http/access.js';
import { TakesValues } from '../http/bodies/body-bounds.js';
import { Reply } from '../http/reply.js';

/** Merges the drafts of two people. */
@Controller('api/workflows/:id')
export class MergeController {
  constructor(private readonly workflows: WorkflowService) {}

  /** Merges without saving: the caller resolves the conflicts and then saves with the given revision. */
  @Post('merge')
  @TakesValues('large')
  @Access('workflow:read', { kind: 'workflow', param: 'id' })
  @Reply(MergeReply)
  merge(@Param('id') id: string, @Body({ schema: MergeRequest }) request: MergeRequest): Promise<MergeReply> {
    return this.workflows.merge(id, request);
  }
}
