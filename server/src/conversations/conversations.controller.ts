import {
  AssignConversationRequest,
  ConversationFilters,
  ConversationReply,
  ConversationsQuery,
  ConversationsReply,
  EraseConversationsQuery,
  ErasedConversationsReply,
  type Conversations,
  type Principal,
} from '@heddle/core';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { Caller } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/project-view.js';
import { ConversationService } from './conversation.service.js';
import { Access } from '../http/access.js';
import { Acts } from '../http/acts.js';
import { Reply } from '../http/reply.js';
import { OWNERSHIP, type Ownership } from '../auth/ownership.js';
import { WorkflowService } from '../workflows/workflow.service.js';
import { CONVERSATION_STORE } from './conversation-store-token.js';
import { assignConversation } from './assign-conversation.js';

const all = { kind: 'conversation' } as const;
const one = { kind: 'conversation', param: 'id' } as const;
const TurnsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
  /** The `next` of the page before. */
  before: z.coerce.number().int().positive().optional(),
});

/**
 * What the memory of runs holds. Of a project it takes the right that its runs take; whoever may only call published versions reads and
 * erases their own.
 */
@Controller('api/conversations')
export class ConversationsController {
  constructor(
    private readonly conversations: ConversationService,
    @Inject(CONVERSATION_STORE) private readonly store: Conversations,
    @Inject(OWNERSHIP) private readonly ownership: Ownership,
    private readonly workflows: WorkflowService,
  ) {}

  /** Newest first. */
  @Get()
  @Access(['run:values', 'run:published'], all)
  @Reply(ConversationsReply)
  list(
    @Query({ schema: ConversationsQuery }) query: ConversationsQuery,
    @Caller() caller: Principal,
    @View() view: ProjectView,
  ): Promise<ConversationsReply> {
    return this.conversations.list(caller, namedIn(view), query);
  }

  /** One conversation a line, as JSON. An export is an act of its own, and stands in the record before it begins. */
  @Get('export')
  @Access(['run:values', 'run:published'], all)
  @Reply(undefined, 200, 'application/x-ndjson')
  async export(
    @Query({ schema: ConversationFilters }) filters: ConversationFilters,
    @Caller() caller: Principal,
    @View() view: ProjectView,
  ): Promise<StreamableFile> {
    const lines = await this.conversations.export(caller, namedIn(view), filters);
    return new StreamableFile(Readable.from(lines), {
      type: 'application/x-ndjson',
      disposition: 'attachment; filename="conversations.jsonl"',
    });
  }

  /** A conversation with its newest turns. Errors: `not_found`. */
  @Get(':id')
  @Access(['run:values', 'run:published'], one)
  @Reply(ConversationReply)
  get(
    @Param('id') id: string,
    @Query({ schema: TurnsQuery }) query: z.infer<typeof TurnsQuery>,
    @Caller() caller: Principal,
  ): ConversationReply {
    return this.conversations.read(caller, id, query);
  }

  /** Erases conversations of one project for good: the named one, or the caller's first. The record of it holds counts and hashes. */
  @Delete()
  @HttpCode(200)
  @Access(['workflow:write', 'run:published'], all)
  @Reply(ErasedConversationsReply)
  erase(
    @Query({ schema: EraseConversationsQuery }) query: EraseConversationsQuery,
    @Caller() caller: Principal,
    @View() { project }: ProjectView,
  ): Promise<ErasedConversationsReply> {
    return this.conversations.erase(caller, project, query);
  }

  /** Errors: `not_found`, `forbidden`. */
  @Delete(':id')
  @HttpCode(200)
  @Access(['workflow:write', 'run:published'], one)
  @Reply(ErasedConversationsReply)
  eraseOne(@Param('id') id: string, @Caller() caller: Principal): Promise<ErasedConversationsReply> {
    return this.conversations.eraseOne(caller, id);
  }

  /** Gives a conversation of before to the owner that nothing proves. Errors: `conflict`, `project_not_found`, `workflow_not_found`. */
  @Post(':id/assign')
  @HttpCode(204)
  @Acts({
    act: 'project',
    step: 'conversation assigned',
    subject: 'conversation:{params.id}',
    details: { to: 'body.project', workflow: 'body.workflow' },
  })
  @Access('project:manage', one)
  @Reply(undefined, 204)
  assign(
    @Param('id') id: string,
    @Body({ schema: AssignConversationRequest }) owner: AssignConversationRequest,
  ): Promise<void> {
    return assignConversation(
      { conversations: this.store, ownership: this.ownership, workflows: this.workflows },
      id,
      owner,
    );
  }
}

const namedIn = ({ isNamed, project }: ProjectView): string | undefined => (isNamed ? project : undefined);
