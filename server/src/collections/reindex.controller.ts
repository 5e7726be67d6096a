import {
  CompareIndexesRequest,
  IndexGate,
  IndexGateReply,
  JobAccepted,
  ReindexComparison,
  ReindexEstimate,
  ReindexRequest,
  ReindexState,
  SwitchIndexRequest,
  withoutUndefined,
  type AuditActor,
  type Principal,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Param, Post, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ReaderNames } from '../auth/readers/reader-names.js';
import { Actor, Caller } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { checkModel } from '../authority/authorised-resources.js';
import { ProjectGrants } from '../authority/project-grants.js';
import { Access } from '../http/access.js';
import { TrustedClock } from '../common/trusted-clock.js';
import { checkPassageModel } from './check-passage-model.js';
import { closeSignal } from '../http/connections/close-signal.js';
import { Reply } from '../http/reply.js';
import { IndexGateService } from '../lab/index-gate.service.js';
import { ReindexService } from './reindex.service.js';
import { withoutCounts } from './shown-info.js';

const DropQuery = z.object({ which: z.enum(['next', 'previous']) });

/** A new index of a collection, which is filled while the old one serves. */
@Controller('api/collections/:name/reindex')
export class ReindexController {
  constructor(
    private readonly reindex: ReindexService,
    private readonly grants: ProjectGrants,
    private readonly gates: IndexGateService,
    private readonly readerNames: ReaderNames,
    private readonly clock: TrustedClock,
  ) {}

  /**
   * The serving, the new and the previous index. Only callers who may change the collection see the documents that could not be indexed.
   * Where documents have lists of readers, others see neither counts nor the new and the previous index.
   */
  @Get()
  @Access('collection:read', { kind: 'collection', param: 'name' })
  @Reply(ReindexState)
  async state(@Param('name') name: string, @View() view: ProjectView): Promise<ReindexState> {
    const state = await this.reindex.state(name);
    return view.mayChange('collection', name) ? state : shownIndexes(state);
  }

  /** Creates a new index with another model or splitter, and starts a job that fills it. */
  @Post()
  @Access('collection:write', { kind: 'collection', param: 'name' })
  @Reply(JobAccepted, 202)
  async begin(
    @Param('name') name: string,
    @Body({ schema: ReindexRequest }) request: ReindexRequest,
    @View() { project }: ProjectView,
    @Actor() by: AuditActor,
    @Caller() caller: Principal,
  ): Promise<JobAccepted> {
    this.checkModels(project, request, caller);
    const { jobId } = await this.reindex.begin(name, request, by);
    return { jobId };
  }

  /** Estimates the cost of a new index from a few documents, which it splits and embeds. Writes nothing. */
  @Post('estimate')
  @Access('collection:write', { kind: 'collection', param: 'name' })
  @Reply(ReindexEstimate)
  estimate(
    @Param('name') name: string,
    @Body({ schema: ReindexRequest }) request: ReindexRequest,
    @View() { project }: ProjectView,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReindexEstimate> {
    this.checkModels(project, request, caller);
    return this.reindex.estimate(name, request, closeSignal(reply));
  }

  /** Continues to fill the new index after its job ended early. */
  @Post('fill')
  @Access('collection:write', { kind: 'collection', param: 'name' })
  @Reply(JobAccepted, 202)
  async fill(@Param('name') name: string, @Actor() by: AuditActor): Promise<JobAccepted> {
    const { jobId } = await this.reindex.resume(name, by);
    return { jobId };
  }

  /** Searches both indexes. Without questions, it uses the latest queries of the collection. */
  @Post('compare')
  @Access('collection:write', { kind: 'collection', param: 'name' })
  @Reply(ReindexComparison)
  async compare(
    @Param('name') name: string,
    @Body({ schema: CompareIndexesRequest }) { questions, k }: CompareIndexesRequest,
    @Caller() caller: Principal,
  ): Promise<ReindexComparison> {
    return this.reindex.compare(name, questions, k, await this.readerNames.ofPrincipal(caller));
  }

  /** Switches to the new index if it passes the gate of the collection. Errors: `index_gate_failed`, `conflict`, `forbidden`. */
  @Post('switch')
  @Access('collection:write', { kind: 'collection', param: 'name' })
  @Reply(ReindexState)
  async switch(
    @Param('name') name: string,
    @Body({ schema: SwitchIndexRequest }) { overrideGate, ...request }: SwitchIndexRequest,
    @Caller() caller: Principal,
    @Actor() by: AuditActor,
  ): Promise<ReindexState> {
    return this.reindex.switch(name, request, await this.gates.pass(name, overrideGate, caller), by);
  }

  /** Switches back to the previous index. */
  @Post('back')
  @Access('collection:write', { kind: 'collection', param: 'name' })
  @Reply(ReindexState)
  back(@Param('name') name: string, @Actor() by: AuditActor): Promise<ReindexState> {
    return this.reindex.back(name, by);
  }

  /** Drops the new or the previous index. */
  @Delete()
  @Access('collection:write', { kind: 'collection', param: 'name' })
  @Reply(undefined, 204)
  drop(
    @Param('name') name: string,
    @Query({ schema: DropQuery }) { which }: z.infer<typeof DropQuery>,
    @Actor() by: AuditActor,
  ): Promise<void> {
    return this.reindex.discard(name, which, by);
  }

  /** Errors: `forbidden`, and those of a model that the project may not use. */
  private checkModels(project: string, { embedding, splitter }: ReindexRequest, caller: Principal): void {
    checkPassageModel(splitter?.header?.model, { project, caller, grants: this.grants, clock: this.clock.rights });
    if (embedding !== undefined) checkModel({ mayUse: (kind, id) => this.grants.has(project, kind, id) }, embedding);
  }
}

function shownIndexes({ serving, next, previous, stores }: ReindexState): ReindexState {
  if ((serving.restricted ?? 0) > 0) return withoutUndefined({ serving: withoutCounts(serving), stores });
  return withoutUndefined({ serving, next: next && { ...next, failures: [] }, previous, stores });
}

/** The gate that a new index of a collection must pass before it serves. */
@Controller('api/collections/:name/index-gate')
export class IndexGateController {
  constructor(private readonly gates: IndexGateService) {}

  @Get()
  @Access('collection:read', { kind: 'collection', param: 'name' })
  @Reply(IndexGateReply)
  async get(@Param('name') name: string): Promise<IndexGateReply> {
    return withoutUndefined({ gate: await this.gates.get(name) });
  }

  /** Errors: `not_found` for the dataset, `collection_not_found`. */
  @Put()
  @Access('gate:manage', { kind: 'collection', param: 'name' })
  @Reply(IndexGateReply)
  async set(
    @Param('name') name: string,
    @Body({ schema: IndexGate }) gate: IndexGate,
    @Caller() caller: Principal,
    @Actor() by: AuditActor,
  ): Promise<IndexGateReply> {
    return { gate: await this.gates.set(name, gate, caller, by) };
  }

  /** Errors: `not_found`. */
  @Delete()
  @Access('gate:manage', { kind: 'collection', param: 'name' })
  @Reply(undefined, 204)
  remove(@Param('name') name: string, @Actor() by: AuditActor): Promise<void> {
    return this.gates.remove(name, by);
  }
}
