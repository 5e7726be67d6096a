import {
  BatchesReply,
  BatchPreview,
  BatchReply,
  BatchRow,
  BatchRowsReply,
  ResumeBatchRequest,
  type Principal,
} from '@heddle/core';
import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Req,
  StreamableFile,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { Caller } from '../../auth/caller.js';
import type { Heddle } from '../../heddle/heddle.js';
import { HEDDLE } from '../../heddle/token.js';
import { isMultipart, partLimits } from '../../files/parts-of.js';
import { Access } from '../../http/access.js';
import { TakesValues } from '../../http/body-bounds.js';
import { Reply } from '../../http/reply.js';
import { downloadBatch } from './batch-results.js';
import { readJson, readUpload } from './read-batch.js';

const target = { kind: 'workflow', param: 'id' } as const;
const RowsQuery = z.object({
  after: z.coerce.number().int().nonnegative().default(0),
  status: BatchRow.shape.status.optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});
const ResultsQuery = z.object({ format: z.enum(['jsonl', 'csv']).default('jsonl') });
/** Runs over many rows: begun, watched, paused, cancelled, tried again, downloaded. */
@Controller('api/workflows/:id/batches')
export class BatchesController {
  constructor(@Inject(HEDDLE) private readonly heddle: Heddle) {}

  @Get()
  @Access('run:read', target)
  @Reply(BatchesReply)
  async list(@Param('id') id: string): Promise<z.infer<typeof BatchesReply>> {
    return { batches: [...(await this.heddle.doors.batches.list(id))] };
  }

  /** `{ rows, … }` as JSON, or multipart with `file` (CSV or JSONL) and the settings as fields. */
  @Post()
  @TakesValues('large')
  @Access('run:published', target)
  @Reply(BatchReply, 201)
  async create(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Caller() caller: Principal,
  ): Promise<BatchReply> {
    const { rows, config } = await this.read(request);
    return this.heddle.doors.batches.create(id, rows, config, caller);
  }

  /** The same request; what it would run is read and checked, and nothing begins. */
  @Post('preview')
  @TakesValues('large')
  @HttpCode(200)
  @Access('run:published', target)
  @Reply(BatchPreview)
  async preview(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Caller() caller: Principal,
  ): Promise<BatchPreview> {
    const { rows, config } = await this.read(request);
    return this.heddle.doors.batches.preview(id, rows, config, caller);
  }

  @Get(':batch')
  @Access('run:read', target)
  @Reply(BatchReply)
  get(@Param('id') id: string, @Param('batch') batch: string): Promise<BatchReply> {
    return this.heddle.doors.batches.get(id, batch);
  }

  @Get(':batch/rows')
  @Access('run:values', target)
  @Reply(BatchRowsReply)
  async rows(
    @Param('id') id: string,
    @Param('batch') batch: string,
    @Query({ schema: RowsQuery }) query: z.infer<typeof RowsQuery>,
  ): Promise<z.infer<typeof BatchRowsReply>> {
    return { rows: [...(await this.heddle.doors.batches.rows(id, batch, query))] };
  }

  @Get(':batch/results')
  @Access('run:read', target)
  @Reply(undefined, 200, 'application/x-ndjson')
  async results(
    @Param('id') id: string,
    @Param('batch') batch: string,
    @Query({ schema: ResultsQuery }) { format }: z.infer<typeof ResultsQuery>,
    @Caller() caller: Principal,
  ): Promise<StreamableFile> {
    const { doors, parts, publishing, workflows } = this.heddle;
    const found = await doors.batches.get(id, batch);
    const { compiled } = await publishing.workflows.version((await workflows.get(id)).id, found.version);
    const needs = { store: parts.doors.batches, published: publishing.runs, audit: this.heddle.audit, caller };
    const download = await downloadBatch(found, format, { ...needs, plan: compiled.plan });
    return new StreamableFile(Readable.from(download), {
      type: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
      disposition: `attachment; filename="batch.${format}"`,
    });
  }

  @Post(':batch/pause')
  @HttpCode(200)
  @Access('run:control', target)
  @Reply(BatchReply)
  pause(@Param('id') id: string, @Param('batch') batch: string, @Caller() caller: Principal): Promise<BatchReply> {
    return this.heddle.doors.batches.pause(id, batch, caller);
  }

  @Post(':batch/resume')
  @HttpCode(200)
  @Access('run:control', target)
  @Reply(BatchReply)
  resume(
    @Param('id') id: string,
    @Param('batch') batch: string,
    @Body({ schema: ResumeBatchRequest }) { budget }: ResumeBatchRequest,
    @Caller() caller: Principal,
  ): Promise<BatchReply> {
    return this.heddle.doors.batches.resume(id, batch, caller, budget);
  }

  @Post(':batch/cancel')
  @HttpCode(200)
  @Access('run:control', target)
  @Reply(BatchReply)
  cancel(@Param('id') id: string, @Param('batch') batch: string, @Caller() caller: Principal): Promise<BatchReply> {
    return this.heddle.doors.batches.cancel(id, batch, caller);
  }

  /** Rows that failed or were cancelled, again. */
  @Post(':batch/retry')
  @HttpCode(200)
  @Access('run:control', target)
  @Reply(BatchReply)
  retry(
    @Param('id') id: string,
    @Param('batch') batch: string,
    @Body({ schema: ResumeBatchRequest }) { budget }: ResumeBatchRequest,
    @Caller() caller: Principal,
  ): Promise<BatchReply> {
    return this.heddle.doors.batches.retry(id, batch, caller, budget);
  }

  /** Of one that rests: its rows go, its runs stay. */
  @Delete(':batch')
  @HttpCode(204)
  @Access('run:control', target)
  @Reply(undefined, 204)
  remove(@Param('id') id: string, @Param('batch') batch: string, @Caller() caller: Principal): Promise<void> {
    return this.heddle.doors.batches.remove(id, batch, caller);
  }

  private read(request: FastifyRequest): ReturnType<typeof readJson> {
    return isMultipart(request) ? readUpload(request, partLimits(this.heddle.settings)) : readJson(request.body);
  }
}
