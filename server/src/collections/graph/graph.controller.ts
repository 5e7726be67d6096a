import {
  EntitySuggestionsReply,
  GraphEntitiesReply,
  GraphEntityReply,
  GraphEstimate,
  GraphState,
  JobAccepted,
  KeepApartRequest,
  MergeEntitiesRequest,
  queryNumber,
  SetGraphRequest,
  type AuditActor,
  type Principal,
  type ReaderNamesNow,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { z } from 'zod';
import { Actor, Caller } from '../../auth/caller.js';
import { ReaderNames } from '../../auth/readers/reader-names.js';
import { View, type ProjectView } from '../../auth/rights/project-view.js';
import { ProjectGrants } from '../../authority/project-grants.js';
import { TrustedClock } from '../../common/trusted-clock.js';
import { Access } from '../../http/access.js';
import { Reply } from '../../http/reply.js';
import { checkPassageModel } from '../check-passage-model.js';
import { GraphService } from './graph.service.js';

const EntitiesQuery = z.object({
  query: z.string().max(200).optional(),
  after: z.string().max(400).optional(),
  limit: queryNumber(z.int().min(1).max(200)).default(50),
});
const EntityQuery = z.object({ id: z.string().min(1).max(400) });

/** The knowledge graph of a collection: entities, and what documents say about them. */
@Controller('api/collections/:name/graph')
export class GraphController {
  constructor(
    private readonly graph: GraphService,
    private readonly grants: ProjectGrants,
    private readonly readerNames: ReaderNames,
    private readonly clock: TrustedClock,
  ) {}

  @Get()
  @Access('collection:read', { kind: 'collection', param: 'name' })
  @Reply(GraphState)
  state(@Param('name') name: string, @Caller() caller: Principal): Promise<GraphState> {
    return this.graph.state(name, this.namesOf(caller));
  }

  /** Sets how entities are found, and starts a job that finds them. Errors: `model_unknown`, `model_wrong_kind`, `label_refused`. */
  @Put()
  @Access('collection:write', { kind: 'collection', param: 'name' })
  @Reply(JobAccepted, 202)
  async set(
    @Param('name') name: string,
    @Body({ schema: SetGraphRequest }) { options }: SetGraphRequest,
    @View() view: ProjectView,
    @Actor() by: AuditActor,
    @Caller() caller: Principal,
  ): Promise<JobAccepted> {
    this.checkModel(options.model, view, caller);
    const { jobId } = await this.graph.set(name, options, by);
    return { jobId };
  }

  /** Estimates what the model would read, without calling it. */
  @Post('estimate')
  @Access('collection:write', { kind: 'collection', param: 'name' })
  @Reply(GraphEstimate)
  estimate(
    @Param('name') name: string,
    @Body({ schema: SetGraphRequest }) { options }: SetGraphRequest,
    @View() view: ProjectView,
    @Caller() caller: Principal,
  ): Promise<GraphEstimate> {
    this.checkModel(options.model, view, caller);
    return this.graph.estimate(name, options);
  }

  /** Finds the entities of documents that have none yet, and of those that failed. Errors: `graph_missing`. */
  @Post('fill')
  @Access('collection:write', { kind: 'collection', param: 'name' })
  @Reply(JobAccepted, 202)
  async fill(@Param('name') name: string, @Actor() by: AuditActor): Promise<JobAccepted> {
    const { jobId } = await this.graph.resume(name, by);
    return { jobId };
  }

  /** Errors: `graph_missing`. */
  @Delete()
  @Access('collection:write', { kind: 'collection', param: 'name' })
  @Reply(undefined, 204)
  remove(@Param('name') name: string, @Actor() by: AuditActor): Promise<void> {
    return this.graph.remove(name, by);
  }

  /** The entities that documents mention which the caller may read. Errors: `graph_missing`. */
  @Get('entities')
  @Access('collection:read', { kind: 'collection', param: 'name' })
  @Reply(GraphEntitiesReply)
  entities(
    @Param('name') name: string,
    @Query({ schema: EntitiesQuery }) page: z.infer<typeof EntitiesQuery>,
    @Caller() caller: Principal,
  ): Promise<GraphEntitiesReply> {
    return this.graph.entities(name, page, this.namesOf(caller));
  }

  /** An entity with its passages and relations. Errors: `graph_missing`. */
  @Get('entity')
  @Access('collection:read', { kind: 'collection', param: 'name' })
  @Reply(GraphEntityReply)
  entity(
    @Param('name') name: string,
    @Query({ schema: EntityQuery }) { id }: z.infer<typeof EntityQuery>,
    @Caller() caller: Principal,
  ): Promise<GraphEntityReply> {
    return this.graph.entity(name, id, this.namesOf(caller));
  }

  /** Pairs of entities that may be the same, among those that the caller may see. Errors: `graph_missing`. */
  @Get('suggestions')
  @Access('collection:write', { kind: 'collection', param: 'name' })
  @Reply(EntitySuggestionsReply)
  suggestions(@Param('name') name: string, @Caller() caller: Principal): Promise<EntitySuggestionsReply> {
    return this.graph.suggestions(name, this.namesOf(caller));
  }

  /** Merges two entities, also for documents that are read later. Errors: `graph_missing`, `conflict`. */
  @Post('merges')
  @Access('collection:write', { kind: 'collection', param: 'name' })
  @Reply(undefined, 204)
  merge(
    @Param('name') name: string,
    @Body({ schema: MergeEntitiesRequest }) request: MergeEntitiesRequest,
    @Actor() by: AuditActor,
    @Caller() caller: Principal,
  ): Promise<void> {
    return this.graph.merge(name, request, by, this.namesOf(caller));
  }

  /** Separates an entity from the one that it was merged into. Errors: `graph_missing`, `conflict`. */
  @Delete('merges')
  @Access('collection:write', { kind: 'collection', param: 'name' })
  @Reply(undefined, 204)
  unmerge(
    @Param('name') name: string,
    @Query({ schema: EntityQuery }) { id }: z.infer<typeof EntityQuery>,
    @Actor() by: AuditActor,
    @Caller() caller: Principal,
  ): Promise<void> {
    return this.graph.unmerge(name, id, by, this.namesOf(caller));
  }

  /** Records that two entities are different, so that the pair is no longer suggested. Errors: `graph_missing`. */
  @Post('apart')
  @Access('collection:write', { kind: 'collection', param: 'name' })
  @Reply(undefined, 204)
  keepApart(
    @Param('name') name: string,
    @Body({ schema: KeepApartRequest }) request: KeepApartRequest,
    @Actor() by: AuditActor,
    @Caller() caller: Principal,
  ): Promise<void> {
    return this.graph.keepApart(name, request, by, this.namesOf(caller));
  }

  private namesOf(caller: Principal): ReaderNamesNow {
    return () => this.readerNames.ofPrincipal(caller);
  }

  private checkModel(model: string, { project }: ProjectView, caller: Principal): void {
    checkPassageModel(model, { project, caller, grants: this.grants, clock: this.clock.rights });
  }
}
