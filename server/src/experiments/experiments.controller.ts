import {
  AgainExperimentRequest,
  ExperimentPreview,
  ExperimentReply,
  ExperimentRequest,
  ExperimentResult,
  ExperimentRowReply,
  ExperimentRowsReply,
  ExperimentsReply,
  ResumeExperimentRequest,
  type AuditActor,
  type Principal,
  queryNumber,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { Actor, Caller } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { ExperimentService } from './experiment.service.js';

const all = { kind: 'experiment' } as const;
const one = { kind: 'experiment', param: 'id' } as const;
const RowsQuery = z.strictObject({
  /** The `next` of the previous page. */
  after: queryNumber(z.int().nonnegative()).default(0),
  limit: queryNumber(z.int().min(1).max(1_000)).default(100),
  /** Only rows that passed with the baseline and failed with a variant, or the reverse. */
  changed: z.enum(['better', 'worse', 'any']).optional(),
  variant: z.string().max(100).optional(),
  metric: z.string().max(200).optional(),
  tag: z.string().max(100).optional(),
});
const ExportQuery = z.strictObject({ format: z.enum(['csv', 'jsonl']).default('jsonl') });

/** Experiments. Reading scores needs the right to read runs, reading rows the right to read values. */
@Controller('api/experiments')
export class ExperimentsController {
  constructor(private readonly experiments: ExperimentService) {}

  @Get()
  @Access('run:read', all)
  @Reply(ExperimentsReply)
  async list(@View() view: ProjectView): Promise<ExperimentsReply> {
    return { experiments: [...(await this.experiments.list((id) => view.shows('experiment', id)))] };
  }

  /**
   * Creates an experiment and starts it. Errors: `experiment_invalid`, `evaluator_invalid`, `not_found`, `workflow_not_found`,
   * `not_published`, `workflow_invalid`.
   */
  @Post()
  @Access('run:published', all)
  @Reply(ExperimentReply, 201)
  create(
    @Body({ schema: ExperimentRequest }) request: ExperimentRequest,
    @View() { project }: ProjectView,
    @Caller() caller: Principal,
    @Actor() by: AuditActor,
  ): Promise<ExperimentReply> {
    return this.experiments.create(request, caller, project, by);
  }

  /** The runs that `create` would start, with an estimate of their cost, without starting them. */
  @Post('preview')
  @Access('run:published', all)
  @Reply(ExperimentPreview)
  preview(
    @Body({ schema: ExperimentRequest }) request: ExperimentRequest,
    @View() { project }: ProjectView,
    @Caller() caller: Principal,
  ): Promise<ExperimentPreview> {
    return this.experiments.preview(request, caller, project);
  }

  /** Errors: `not_found`. */
  @Get(':id')
  @Access('run:read', one)
  @Reply(ExperimentReply)
  get(@Param('id') id: string): Promise<ExperimentReply> {
    return this.experiments.get(id);
  }

  /** The table: means, differences with their intervals, tests, fronts, slices. Errors: `not_found`. */
  @Get(':id/result')
  @Access('run:read', one)
  @Reply(ExperimentResult)
  result(@Param('id') id: string): Promise<ExperimentResult> {
    return this.experiments.result(id);
  }

  /** Rows with the scores of their runs. The message of a failed run can contain values. Errors: `not_found`. */
  @Get(':id/rows')
  @Access('run:values', one)
  @Reply(ExperimentRowsReply)
  rows(
    @Param('id') id: string,
    @Query({ schema: RowsQuery }) query: z.infer<typeof RowsQuery>,
  ): Promise<ExperimentRowsReply> {
    return this.experiments.rows(id, query);
  }

  /** A row with its inputs, its answers and the reasons for their scores. Errors: `not_found`. */
  @Get(':id/rows/:row')
  @Access('run:values', one)
  @Reply(ExperimentRowReply)
  row(@Param('id') id: string, @Param('row') row: string): Promise<ExperimentRowReply> {
    return this.experiments.row(id, Number(row));
  }

  /** Errors: `not_found`, `conflict`. */
  @Post(':id/pause')
  @Access('run:control', one)
  @Reply(ExperimentReply)
  pause(@Param('id') id: string, @Actor() by: AuditActor): Promise<ExperimentReply> {
    return this.experiments.pause(id, by);
  }

  /** Errors: `not_found`, `conflict`. */
  @Post(':id/resume')
  @Access('run:control', one)
  @Reply(ExperimentReply)
  resume(
    @Param('id') id: string,
    @Body({ schema: ResumeExperimentRequest }) { budget }: ResumeExperimentRequest,
    @Actor() by: AuditActor,
  ): Promise<ExperimentReply> {
    return this.experiments.resume(id, by, budget);
  }

  /** Errors: `not_found`, `conflict`. */
  @Post(':id/cancel')
  @Access('run:control', one)
  @Reply(ExperimentReply)
  cancel(@Param('id') id: string, @Caller() caller: Principal, @Actor() by: AuditActor): Promise<ExperimentReply> {
    return this.experiments.cancel(id, caller, by);
  }

  /** Runs failed and cancelled rows again, or the chosen rows. Errors: `not_found`, `conflict`. */
  @Post(':id/again')
  @Access('run:control', one)
  @Reply(ExperimentReply)
  again(
    @Param('id') id: string,
    @Body({ schema: AgainExperimentRequest }) request: AgainExperimentRequest,
    @Actor() by: AuditActor,
  ): Promise<ExperimentReply> {
    return this.experiments.again(id, request, by);
  }

  /** Removes an experiment that is not running; its runs stay. Errors: `not_found`, `conflict`. */
  @Delete(':id')
  @Access('run:control', one)
  @Reply(undefined, 204)
  remove(@Param('id') id: string, @Actor() by: AuditActor): Promise<void> {
    return this.experiments.remove(id, by);
  }

  /** The scores of all runs, without inputs and answers. Errors: `not_found`. */
  @Get(':id/export')
  @Access('run:read', one)
  @Reply(undefined, 200, 'application/octet-stream')
  async export(
    @Param('id') id: string,
    @Query({ schema: ExportQuery }) { format }: z.infer<typeof ExportQuery>,
    @Actor() by: AuditActor,
  ): Promise<StreamableFile> {
    const lines = await this.experiments.export(id, format, by);
    return new StreamableFile(Readable.from(lines), {
      type: 'application/octet-stream',
      disposition: `attachment; filename="experiment.${format}"`,
    });
  }
}
