import {
  ChangeFactRequest,
  EraseFactsQuery,
  ErasedFactsReply,
  FactFilters,
  FactsQuery,
  FactsReply,
  StoredFact,
  type Principal,
} from '@heddle/core';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { Readable } from 'node:stream';
import { Caller } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { UndoQuery } from '../deletions/undo-query.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { namedIn } from './named-in.js';
import { FactService } from './fact.service.js';

const all = { kind: 'fact' } as const;
const one = { kind: 'fact', param: 'id' } as const;

/** Long-term facts, with the rights of conversations: a caller who may only call published versions reads and erases their own. */
@Controller('api/facts')
export class FactsController {
  constructor(private readonly facts: FactService) {}

  /** Newest first. */
  @Get()
  @Access(['run:values', 'run:published'], all)
  @Reply(FactsReply)
  list(
    @Query({ schema: FactsQuery }) query: FactsQuery,
    @Caller() caller: Principal,
    @View() view: ProjectView,
  ): Promise<FactsReply> {
    return this.facts.list(caller, namedIn(view), query);
  }

  /** Exports one fact per line, as JSON. The audit event is written before the export begins. */
  @Get('export')
  @Access(['run:values', 'run:published'], all)
  @Reply(undefined, 200, 'application/x-ndjson')
  async export(
    @Query({ schema: FactFilters }) filters: FactFilters,
    @Caller() caller: Principal,
    @View() view: ProjectView,
  ): Promise<StreamableFile> {
    const lines = await this.facts.export(caller, namedIn(view), filters);
    const disposition = 'attachment; filename="facts.jsonl"';
    return new StreamableFile(Readable.from(lines), { type: 'application/x-ndjson', disposition });
  }

  /**
   * Erases facts of one project for good: of the named project, or of the caller's first one. The audit event contains their number and
   * hashes.
   */
  @Delete()
  @Access(['workflow:write', 'run:published'], all)
  @Reply(ErasedFactsReply)
  erase(
    @Query({ schema: EraseFactsQuery }) query: EraseFactsQuery,
    @Caller() caller: Principal,
    @View() { project }: ProjectView,
  ): Promise<ErasedFactsReply> {
    return this.facts.erase(caller, project, query);
  }

  /** Changes the text or the end of a fact. Errors: `not_found`, `forbidden`. */
  @Post(':id')
  @HttpCode(200)
  @Access(['workflow:write', 'run:published'], one)
  @Reply(StoredFact)
  change(
    @Param('id') id: string,
    @Body({ schema: ChangeFactRequest }) change: ChangeFactRequest,
    @Caller() caller: Principal,
  ): Promise<StoredFact> {
    return this.facts.change(caller, id, change);
  }

  /** Errors: `not_found`, `forbidden`. */
  @Delete(':id')
  @Access(['workflow:write', 'run:published'], one)
  @Reply(ErasedFactsReply)
  eraseOne(
    @Param('id') id: string,
    @Query({ schema: UndoQuery }) { undo }: UndoQuery,
    @Caller() caller: Principal,
  ): Promise<ErasedFactsReply> {
    return undo === true ? this.facts.deleteForNow(caller, id) : this.facts.eraseOne(caller, id);
  }

  /** Restores a fact that was deleted with `undo=true` a few seconds ago. Errors: `not_found`, `forbidden`. */
  @Post(':id/restore')
  @Access(['workflow:write', 'run:published'], one)
  @Reply(undefined, 204)
  restore(@Param('id') id: string, @Caller() caller: Principal): Promise<void> {
    return this.facts.restore(caller, id);
  }
}
