import {
  BatchesReply,
  BatchPreview,
  BatchReply,
  BatchRow,
  BatchRowsReply,
  ResumeBatchRequest,
  type Principal,
  queryNumber,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Inject, Param, Post, Query, Req, StreamableFile } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { Caller } from '../../auth/caller.js';
import type { HeddleAudit } from '@heddle/adapters/audit';
import type { BatchStore } from '@heddle/adapters/channels';
import { AUDIT } from '../../audit/audit-token.js';
import { BatchService } from './batch.service.js';
import { BATCH_STORE } from '../../channel-stores/channel-tokens.js';
import { PublishedRuns } from '../../publishing/runs/published-runs.js';
import { PublishedWorkflows } from '../../publishing/published-workflows.js';
import type { Settings } from '../../settings/settings-table.js';
import { SETTINGS } from '../../settings/settings-token.js';
import { WorkflowService } from '../../workflows/workflow.service.js';
import { isMultipart, partLimits } from '../../files/parts-of.js';
import { Access } from '../../http/access.js';
import { TakesValues } from '../../http/bodies/body-bounds.js';
import { MultipartBody } from '../../http/bodies/multipart-body.js';
import { Reply } from '../../http/reply.js';
import { downloadBatch } from './batch-results.js';
import { BatchJson, BatchParts, readJson, readUpload } from './read-batch.js';

const target = { kind: 'workflow', param: 'id' } as const;
const RowsQuery = z.object({
  after: queryNumber(z.int().nonnegative()).default(0),
  status: BatchRow.shape.status.optional(),
  limit: queryNumber(z.int().min(1).max(1_000)).default(100),
});
const ResultsQuery = z.object({ format: z.enum(['jsonl', 'csv']).default('jsonl') });
/** Batches: create, watch, pause, cancel, retry, download. */
@Controller('api/workflows/:id/batches')
export class BatchesController {
  constructor(
    private readonly batches: BatchService,
    private readonly publishedWorkflows: PublishedWorkflows,
    private readonly workflows: WorkflowService,
    @Inject(BATCH_STORE) private readonly batchStore: BatchStore,
    private readonly published: PublishedRuns,
    @Inject(AUDIT) private readonly audit: HeddleAudit,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get()
  @Access('run:read', target)
  @Reply(BatchesReply)
  async list(@Param('id') id: string): Promise<z.infer<typeof BatchesReply>> {
    return { batches: [...(await this.batches.list(id))] };
  }

  /** Takes `{ rows, … }` as JSON, or multipart with `file` (CSV or JSONL) and the settings as fields. */
  @Post()
  @MultipartBody('The file, and the settings as fields.', BatchParts, BatchJson)
  @TakesValues('large')
  @Access('run:published', target)
  @Reply(BatchReply, 201)
  async create(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Caller() caller: Principal,
  ): Promise<BatchReply> {
    const { rows, config } = await this.read(request);
    return this.batches.create(id, rows, config, caller);
  }

  /** Takes the same request as `create`. Reads and checks the rows, and starts nothing. */
  @Post('preview')
  @MultipartBody('The file, and the settings as fields.', BatchParts, BatchJson)
  @TakesValues('large')
  @Access('run:published', target)
  @Reply(BatchPreview)
  async preview(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Caller() caller: Principal,
  ): Promise<BatchPreview> {
    const { rows, config } = await this.read(request);
    return this.batches.preview(id, rows, config, caller);
  }

  @Get(':batch')
  @Access('run:read', target)
  @Reply(BatchReply)
  get(@Param('id') id: string, @Param('batch') batch: string): Promise<BatchReply> {
    return this.batches.get(id, batch);
  }

  @Get(':batch/rows')
  @Access('run:values', target)
  @Reply(BatchRowsReply)
  async rows(
    @Param('id') id: string,
    @Param('batch') batch: string,
    @Query({ schema: RowsQuery }) query: z.infer<typeof RowsQuery>,
  ): Promise<z.infer<typeof BatchRowsReply>> {
    return { rows: [...(await this.batches.rows(id, batch, query))] };
  }

  @Get(':batch/results')
  @Access('run:read', target)
  @Reply(undefined, 200, 'application/x-ndjson, text/csv')
  async results(
    @Param('id') id: string,
    @Param('batch') batch: string,
    @Query({ schema: ResultsQuery }) { format }: z.infer<typeof ResultsQuery>,
    @Caller() caller: Principal,
  ): Promise<StreamableFile> {
    const found = await this.batches.get(id, batch);
    const { compiled } = await this.publishedWorkflows.version((await this.workflows.get(id)).id, found.version);
    const needs = { store: this.batchStore, published: this.published, audit: this.audit, caller };
    const download = await downloadBatch(found, format, { ...needs, plan: compiled.plan });
    return new StreamableFile(Readable.from(download), {
      type: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
      disposition: `attachment; filename="batch.${format}"`,
    });
  }

  @Post(':batch/pause')
  @Access('run:control', target)
  @Reply(BatchReply)
  pause(@Param('id') id: string, @Param('batch') batch: string, @Caller() caller: Principal): Promise<BatchReply> {
    return this.batches.pause(id, batch, caller);
  }

  @Post(':batch/resume')
  @Access('run:control', target)
  @Reply(BatchReply)
  resume(
    @Param('id') id: string,
    @Param('batch') batch: string,
    @Body({ schema: ResumeBatchRequest }) { budget }: ResumeBatchRequest,
    @Caller() caller: Principal,
  ): Promise<BatchReply> {
    return this.batches.resume(id, batch, caller, budget);
  }

  @Post(':batch/cancel')
  @Access('run:control', target)
  @Reply(BatchReply)
  cancel(@Param('id') id: string, @Param('batch') batch: string, @Caller() caller: Principal): Promise<BatchReply> {
    return this.batches.cancel(id, batch, caller);
  }

  /** Runs failed and cancelled rows again. */
  @Post(':batch/retry')
  @Access('run:control', target)
  @Reply(BatchReply)
  retry(
    @Param('id') id: string,
    @Param('batch') batch: string,
    @Body({ schema: ResumeBatchRequest }) { budget }: ResumeBatchRequest,
    @Caller() caller: Principal,
  ): Promise<BatchReply> {
    return this.batches.retry(id, batch, caller, budget);
  }

  /** Removes a batch that is not running, with its rows. Its runs stay. */
  @Delete(':batch')
  @Access('run:control', target)
  @Reply(undefined, 204)
  remove(@Param('id') id: string, @Param('batch') batch: string, @Caller() caller: Principal): Promise<void> {
    return this.batches.remove(id, batch, caller);
  }

  private read(request: FastifyRequest): ReturnType<typeof readJson> {
    return isMultipart(request) ? readUpload(request, partLimits(this.settings)) : readJson(request.body);
  }
}
