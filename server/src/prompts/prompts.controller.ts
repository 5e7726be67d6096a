import {
  ChangePromptRequest,
  CreatePromptRequest,
  HeddleError,
  PromptInfo,
  PromptLabel,
  PromptReply,
  PromptsReply,
  PromptVersionReply,
  SavePromptReply,
  SavePromptRequest,
  SetPromptLabelRequest,
  type AuditActor,
  type Principal,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { Actor, Caller } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { UndoQuery } from '../deletions/undo-query.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { PromptService } from './prompt.service.js';

const all = { kind: 'prompt' } as const;
const one = { kind: 'prompt', param: 'id' } as const;

/** The prompt library of a project. */
@Controller('api/prompts')
export class PromptsController {
  constructor(private readonly prompts: PromptService) {}

  @Get()
  @Access('workflow:read', all)
  @Reply(PromptsReply)
  async list(@View() view: ProjectView): Promise<PromptsReply> {
    return { prompts: [...(await this.prompts.list((id) => view.shows('prompt', id)))] };
  }

  /** Errors: `conflict` if the project already has a prompt with this name, `project_not_found`. */
  @Post()
  @Access('workflow:write', all)
  @Reply(PromptInfo, 201)
  create(
    @Body({ schema: CreatePromptRequest }) request: CreatePromptRequest,
    @View() { project }: ProjectView,
    @Actor() by: AuditActor,
  ): Promise<PromptInfo> {
    return this.prompts.create(request, project, by);
  }

  /** A prompt with its versions and its uses. Errors: `not_found`. */
  @Get(':id')
  @Access('workflow:read', one)
  @Reply(PromptReply)
  get(@Param('id') id: string, @View() view: ProjectView): Promise<PromptReply> {
    return this.prompts.get(id, (workflow) => view.shows('workflow', workflow));
  }

  /** Errors: `not_found`, `forbidden`. */
  @Patch(':id')
  @Access('workflow:write', one)
  @Reply(PromptInfo)
  change(
    @Param('id') id: string,
    @Body({ schema: ChangePromptRequest }) request: ChangePromptRequest,
    @Caller() caller: Principal,
    @Actor() by: AuditActor,
  ): Promise<PromptInfo> {
    return this.prompts.change(id, request, { caller, by });
  }

  /** Errors: `not_found`, `forbidden`, `conflict` while a published version uses it. */
  @Delete(':id')
  @Access('workflow:write', one)
  @Reply(undefined, 204)
  delete(
    @Param('id') id: string,
    @Query({ schema: UndoQuery }) { undo }: UndoQuery,
    @Caller() caller: Principal,
    @Actor() by: AuditActor,
  ): Promise<void> {
    return this.prompts.delete(id, undo === true, { caller, by });
  }

  /** Restores a prompt that was deleted with `undo=true` a few seconds ago. Errors: `not_found`. */
  @Post(':id/restore')
  @Access('workflow:write', one)
  @Reply(PromptInfo)
  restore(@Param('id') id: string, @Actor() by: AuditActor): Promise<PromptInfo> {
    return this.prompts.restore(id, by);
  }

  /** Saves a new version. Errors: `not_found`, `conflict` if someone saved meanwhile, `bad_request` for another kind. */
  @Post(':id/versions')
  @Access('workflow:write', one)
  @Reply(SavePromptReply)
  save(
    @Param('id') id: string,
    @Body({ schema: SavePromptRequest }) request: SavePromptRequest,
    @Caller() caller: Principal,
    @Actor() by: AuditActor,
  ): Promise<SavePromptReply> {
    return this.prompts.save(id, request, { caller, by });
  }

  /** Errors: `not_found`. */
  @Get(':id/versions/:version')
  @Access('workflow:read', one)
  @Reply(PromptVersionReply)
  async version(@Param('id') id: string, @Param('version') version: string): Promise<PromptVersionReply> {
    const number = Number(version);
    if (!Number.isSafeInteger(number)) throw new HeddleError('bad_request', 'A version is a whole number.');
    return this.prompts.version(id, number);
  }

  /** Points a label to a version. Errors: `not_found`, `forbidden`, `bad_request`. */
  @Put(':id/labels/:label')
  @Access('workflow:write', one)
  @Reply(PromptInfo)
  setLabel(
    @Param('id') id: string,
    @Param('label') label: string,
    @Body({ schema: SetPromptLabelRequest }) { version }: SetPromptLabelRequest,
    @Caller() caller: Principal,
    @Actor() by: AuditActor,
  ): Promise<PromptInfo> {
    return this.prompts.setLabel(id, labelOf(label), version, { caller, by });
  }

  /** Errors: `not_found`, `forbidden`. */
  @Delete(':id/labels/:label')
  @Access('workflow:write', one)
  @Reply(PromptInfo)
  removeLabel(
    @Param('id') id: string,
    @Param('label') label: string,
    @Caller() caller: Principal,
    @Actor() by: AuditActor,
  ): Promise<PromptInfo> {
    return this.prompts.setLabel(id, labelOf(label), undefined, { caller, by });
  }
}

function labelOf(text: string): string {
  const label = PromptLabel.safeParse(text);
  if (label.success) return label.data;
  throw new HeddleError('bad_request', label.error.issues[0]?.message ?? 'This is not a label.');
}
