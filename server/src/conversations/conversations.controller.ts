import {
  AssignConversationRequest,
  ConversationFilters,
  ConversationReply,
  ConversationsQuery,
  ConversationsReply,
  EraseConversationsQuery,
  ErasedConversationsReply,
  queryNumber,
  RenameThreadRequest,
  type Audit,
  type AuditActor,
  type Conversations,
  type Principal,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Inject, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { AUDIT } from '../audit/audit-token.js';
import { Actor, Caller } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { ConversationService } from './conversation.service.js';
import { UndoQuery } from '../deletions/undo-query.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { Ownership } from '../auth/rights/ownership.js';
import { WorkflowService } from '../workflows/workflow.service.js';
import { CONVERSATION_STORE } from './conversation-store-token.js';
import { namedIn } from './named-in.js';
import { assignConversation } from './assign-conversation.js';

const all = { kind: 'conversation' } as const;
const one = { kind: 'conversation', param: 'id' } as const;
const TurnsQuery = z.strictObject({
  limit: queryNumber(z.int().min(1).max(1_000)).default(200),
  /** The `next` of the previous page. */
  before: queryNumber(z.int().positive()).optional(),
});

/**
 * Stored conversations. To see those of a project, a caller needs the right to read its runs. A caller who may only call published versions
 * reads and erases their own.
 */
@Controller('api/conversations')
export class ConversationsController {
  constructor(
    private readonly conversations: ConversationService,
    @Inject(CONVERSATION_STORE) private readonly store: Conversations,
    private readonly ownership: Ownership,
    private readonly workflows: WorkflowService,
    @Inject(AUDIT) private readonly audit: Audit,
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

  /** Exports one conversation per line, as JSON. The audit event is written before the export begins. */
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
  ): Promise<ConversationReply> {
    return this.conversations.read(caller, id, query);
  }

  /**
   * Erases conversations of one project for good: of the named project, or of the caller's first one. The audit event contains counts and
   * hashes.
   */
  @Delete()
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
  @Access(['workflow:write', 'run:published'], one)
  @Reply(ErasedConversationsReply)
  eraseOne(
    @Param('id') id: string,
    @Query({ schema: UndoQuery }) { undo }: UndoQuery,
    @Caller() caller: Principal,
  ): Promise<ErasedConversationsReply> {
    return undo === true ? this.conversations.deleteForNow(caller, id) : this.conversations.eraseOne(caller, id);
  }

  /** Restores a conversation that was deleted with `undo=true` a few seconds ago. Errors: `not_found`, `forbidden`. */
  @Post(':id/restore')
  @Access(['workflow:write', 'run:published'], one)
  @Reply(undefined, 204)
  restore(@Param('id') id: string, @Caller() caller: Principal): Promise<void> {
    return this.conversations.restore(caller, id);
  }

  /** Errors: `not_found`, `forbidden`. */
  @Post(':id/rename')
  @Access(['workflow:write', 'run:published'], one)
  @Reply(undefined, 204)
  rename(
    @Param('id') id: string,
    @Body({ schema: RenameThreadRequest }) { title }: RenameThreadRequest,
    @Caller() caller: Principal,
  ): Promise<void> {
    return this.conversations.rename(caller, id, title);
  }

  /** Assigns a conversation without a proven owner to a project. Errors: `conflict`, `project_not_found`, `workflow_not_found`. */
  @Post(':id/assign')
  @Access('project:manage', one)
  @Reply(undefined, 204)
  assign(
    @Param('id') id: string,
    @Body({ schema: AssignConversationRequest }) owner: AssignConversationRequest,
    @Actor() by: AuditActor,
  ): Promise<void> {
    const { store: conversations, ownership, workflows, audit } = this;
    return assignConversation({ conversations, ownership, workflows, audit }, id, owner, by);
  }
}
