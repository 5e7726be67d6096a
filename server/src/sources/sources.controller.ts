import {
  authorise,
  ChangeSourceRequest,
  CreateSourceRequest,
  HeddleError,
  JobAccepted,
  queryNumber,
  SourceFailuresReply,
  SourceKindsReply,
  SourceReply,
  SourcesReply,
  SyncSourceRequest,
  type AuditActor,
  type Principal,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { Actor, Caller } from '../auth/caller.js';
import { ReaderNames } from '../auth/readers/reader-names.js';
import { Ownership } from '../auth/rights/ownership.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { TrustedClock } from '../common/trusted-clock.js';
import { Access, anywhere } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { SourceService } from './source.service.js';

const collection = { kind: 'collection', param: 'name' } as const;
const PageQuery = z.object({
  after: z.string().max(1_000).optional(),
  limit: queryNumber(z.int().min(1).max(1000)).default(100),
});
const RemoveQuery = z.object({
  /** Whether the documents of the source are kept or removed. */
  documents: z.enum(['keep', 'remove']).default('keep'),
});
const RemovedReply = z.object({ jobId: z.string().optional() }).meta({ id: 'SourceRemovedReply' });

/** Sources that keep the documents of a collection in sync. */
@Controller('api/collections/:name/sources')
export class SourcesController {
  constructor(
    private readonly sources: SourceService,
    private readonly ownership: Ownership,
    private readonly readerNames: ReaderNames,
    private readonly clock: TrustedClock,
  ) {}

  @Get()
  @Access('collection:write', collection)
  @Reply(SourcesReply)
  async list(@Param('name') name: string): Promise<SourcesReply> {
    return { sources: [...(await this.sources.list(name))] };
  }

  /** Creates a source and syncs it. Errors: `source_exists`, `source_invalid`, `schedule_invalid`, `secret_not_found`, `label_refused`. */
  @Post()
  @Access('collection:write', collection)
  @Reply(SourceReply, 201)
  async create(
    @Param('name') name: string,
    @Body({ schema: CreateSourceRequest }) request: CreateSourceRequest,
    @View() { project }: ProjectView,
    @Caller() caller: Principal,
    @Actor() by: AuditActor,
  ): Promise<SourceReply> {
    // Syncs run with the rights of the project that owns the collection.
    const [owner = project] = this.ownership.projectsOf('collection', name);
    return this.sources.create(name, await this.withReaders(name, request, caller), owner, by);
  }

  /** Errors: `source_not_found`. */
  @Get(':source')
  @Access('collection:write', collection)
  @Reply(SourceReply)
  get(@Param('name') name: string, @Param('source') source: string): Promise<SourceReply> {
    return this.sources.get({ collection: name, id: source });
  }

  /** Changes settings of a source, pauses it, or continues it. Errors: as for a new source, `source_not_found`. */
  @Patch(':source')
  @Access('collection:write', collection)
  @Reply(SourceReply)
  async change(
    @Param('name') name: string,
    @Param('source') source: string,
    @Body({ schema: ChangeSourceRequest }) request: ChangeSourceRequest,
    @Caller() caller: Principal,
    @Actor() by: AuditActor,
  ): Promise<SourceReply> {
    const change = await this.withReaders(name, request, caller);
    return this.sources.change({ collection: name, id: source }, change, by);
  }

  /** Starts a job that syncs the source now. Errors: `source_not_found`, `source_paused`, `conflict`. */
  @Post(':source/sync')
  @Access('collection:write', collection)
  @Reply(JobAccepted, 202)
  sync(
    @Param('name') name: string,
    @Param('source') source: string,
    @Body({ schema: SyncSourceRequest }) request: SyncSourceRequest,
    @Actor() by: AuditActor,
  ): Promise<JobAccepted> {
    return this.sources.sync({ collection: name, id: source }, request, by);
  }

  /** Lists the documents of the source that could not be imported. Errors: `source_not_found`. */
  @Get(':source/failures')
  @Access('collection:write', collection)
  @Reply(SourceFailuresReply)
  async failures(
    @Param('name') name: string,
    @Param('source') source: string,
    @Query({ schema: PageQuery }) page: z.infer<typeof PageQuery>,
  ): Promise<z.infer<typeof SourceFailuresReply>> {
    return { failures: [...(await this.sources.failures({ collection: name, id: source }, page))] };
  }

  /** Deletes a source. Its documents stay, or a job removes them. Errors: `source_not_found`. */
  @Delete(':source')
  @Access('collection:write', collection)
  @Reply(RemovedReply)
  remove(
    @Param('name') name: string,
    @Param('source') source: string,
    @Query({ schema: RemoveQuery }) { documents }: z.infer<typeof RemoveQuery>,
    @Actor() by: AuditActor,
  ): Promise<z.infer<typeof RemovedReply>> {
    return this.sources.remove({ collection: name, id: source }, documents, by);
  }

  /**
   * Replaces names of users by their ids. Only a caller who may manage readers may set who reads the documents. Errors: `forbidden`,
   * `bad_request`.
   */
  private async withReaders<Request extends { readonly readers?: string[] | null | undefined }>(
    name: string,
    request: Request,
    caller: Principal,
  ): Promise<Request> {
    const { readers } = request;
    if (readers === undefined) return request;
    const resource = await this.ownership.resourceOf('collection', name, caller);
    if (authorise(caller, 'reader:manage', resource, this.clock.now()) !== 'allowed')
      throw new HeddleError('forbidden', 'Who may read the documents of a source is set by owners of the project.');
    return { ...request, readers: readers === null ? null : [...(await this.readerNames.resolve(readers))] };
  }
}

/** Lists the kinds of sources. */
@Controller('api/sources')
export class SourceKindsController {
  constructor(private readonly sources: SourceService) {}

  @Get('kinds')
  @Access('signed-in', anywhere)
  @Reply(SourceKindsReply)
  async kinds(): Promise<z.infer<typeof SourceKindsReply>> {
    return { kinds: [...(await this.sources.kinds())] };
  }
}
