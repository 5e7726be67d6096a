import { HeddleError, withReadOnly, WorkflowReply, WorkflowsReply, type AuditActor } from '@heddle/core';
import { Body, Controller, Delete, Get, Headers, Param, Post, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Actor } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { Ownership } from '../auth/rights/ownership.js';
import { UndoQuery } from '../deletions/undo-query.js';
import { Access } from '../http/access.js';
import { TakesValues } from '../http/bodies/body-bounds.js';
import { Reply } from '../http/reply.js';
import { revisionOf, workflowReply, WorkflowService } from './workflow.service.js';

const slugPattern = /^[a-z][a-z0-9-]{0,63}$/;
const SaveWorkflowRequest = z
  .object({
    document: z.unknown(),
    slug: z
      .string()
      .regex(slugPattern, { error: 'Lower-case letters, digits and -, at most 64, starting with a letter' })
      .optional(),
  })
  .meta({ id: 'SaveWorkflowRequest' });
type SaveWorkflowRequest = z.infer<typeof SaveWorkflowRequest>;
/** The slug is chosen when a workflow is created or first published; here it is read-only. */
const ReplaceWorkflowRequest = withReadOnly(SaveWorkflowRequest.omit({ slug: true }), WorkflowReply).meta({
  id: 'ReplaceWorkflowRequest',
});

const FilledQuery = z.strictObject({
  /** Includes the texts of prompts, as runs of the draft see them, so that the file works in another installation. */
  filled: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
});

@Controller('api/workflows')
export class WorkflowsController {
  constructor(
    private readonly workflows: WorkflowService,
    private readonly ownership: Ownership,
  ) {}

  @Get()
  @Access('workflow:read', { kind: 'workflow' })
  @Reply(WorkflowsReply)
  async list(@View() view: ProjectView): Promise<WorkflowsReply> {
    return { workflows: await this.workflows.list((id) => view.shows('workflow', id)) };
  }

  @Post()
  @TakesValues('large')
  @Access('workflow:write', { kind: 'workflow' })
  @Reply(WorkflowReply, 201)
  async create(
    @Body({ schema: SaveWorkflowRequest }) body: SaveWorkflowRequest,
    @View() { project }: ProjectView,
    @Actor() by: AuditActor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WorkflowReply> {
    const workflow = await this.workflows.create(body.document, body.slug, by, {
      writes: ({ id }) => this.ownership.write.assign('workflow', id, project),
    });
    return this.answer(workflow, reply);
  }

  @Get(':id')
  @Access('workflow:read', { kind: 'workflow', param: 'id' })
  @Reply(WorkflowReply)
  async get(
    @Param('id') id: string,
    @Query({ schema: FilledQuery }) { filled }: z.infer<typeof FilledQuery>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WorkflowReply> {
    return this.answer(filled === true ? await this.workflows.filled(id) : await this.workflows.get(id), reply);
  }

  @Put(':id')
  @TakesValues('large')
  @Access('workflow:write', { kind: 'workflow', param: 'id' })
  @Reply(WorkflowReply)
  async save(
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body({ schema: ReplaceWorkflowRequest }) body: z.infer<typeof ReplaceWorkflowRequest>,
    @Actor() by: AuditActor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WorkflowReply> {
    if (ifMatch === undefined)
      throw new HeddleError(
        'precondition_required',
        'Send If-Match with the ETag of the workflow that was changed, or * to overwrite it.',
      );
    return this.answer(await this.workflows.save(id, body.document, expected(ifMatch), by), reply);
  }

  @Delete(':id')
  @Access('workflow:write', { kind: 'workflow', param: 'id' })
  @Reply(undefined, 204)
  async delete(
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Query({ schema: UndoQuery }) { undo }: UndoQuery,
    @Actor() by: AuditActor,
  ): Promise<void> {
    const revision = ifMatch === undefined ? undefined : expected(ifMatch);
    if (undo === true) await this.workflows.deleteForNow(id, revision, by);
    else await this.workflows.delete(id, revision, by);
  }

  /** Restores a workflow that was deleted with `undo=true` a few seconds ago, by its id. Errors: `not_found`. */
  @Post(':id/restore')
  @Access('workflow:write', { kind: 'workflow', param: 'id' })
  @Reply(WorkflowReply)
  async restore(
    @Param('id') id: string,
    @Actor() by: AuditActor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WorkflowReply> {
    return this.answer(await this.workflows.restore(id, by), reply);
  }

  private answer(workflow: Parameters<typeof workflowReply>[0], reply: FastifyReply): WorkflowReply {
    void reply.header('etag', `"${workflow.revision}"`);
    return workflowReply(workflow, this.ownership.projectsOf('workflow', workflow.id)[0]);
  }
}

function expected(ifMatch: string): number | undefined {
  const revision = revisionOf(ifMatch);
  return revision === '*' ? undefined : revision;
}
