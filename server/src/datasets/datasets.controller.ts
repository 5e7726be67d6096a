import {
  ChangeRowsRequest,
  CreateDatasetRequest,
  DatasetDifference,
  DatasetFacets,
  DatasetFormat,
  DatasetInfo,
  DatasetProblems,
  DatasetReply,
  DatasetRowsReply,
  DatasetsReply,
  DatasetWriteReply,
  fromErrorValue,
  LabelLevel,
  RemoveTwinsRequest,
  ReviewRowRequest,
  RowsFromRunsReply,
  RowsFromRunsRequest,
  StoredDatasetRow,
  type AuditActor,
  type Principal,
  queryNumber,
  withoutUndefined,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Inject, Param, Post, Query, Req, StreamableFile } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { Actor, Caller } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { UndoQuery } from '../deletions/undo-query.js';
import { UPLOAD_FOLDER } from '../files/file-tokens.js';
import { partLimits } from '../files/parts-of.js';
import { receiveDocuments } from '../files/read-upload.js';
import { Access } from '../http/access.js';
import { FileBytes, MultipartBody } from '../http/bodies/multipart-body.js';
import { Reply } from '../http/reply.js';
import type { Settings } from '../settings/settings-table.js';
import { SETTINGS } from '../settings/settings-token.js';
import { DatasetService } from './dataset.service.js';

const all = { kind: 'dataset' } as const;
const one = { kind: 'dataset', param: 'id' } as const;
const Version = queryNumber(z.int().nonnegative());
const RowsQuery = z.strictObject({
  version: Version.optional(),
  /** The `next` of the previous page. */
  after: queryNumber(z.int().nonnegative()).optional(),
  limit: queryNumber(z.int().min(1).max(1_000)).default(100),
  split: z.string().max(100).optional(),
  tag: z.string().max(100).optional(),
  /** `open`: rows that wait for a review, or whose proposed documents do. `accepted`: rows that do not wait for a review themselves. */
  review: z.enum(['open', 'accepted']).optional(),
});
const DifferenceQuery = z.strictObject({ from: Version, to: Version });
const VersionQuery = z.strictObject({ version: Version.optional() });
const ImportQuery = z.strictObject({
  format: DatasetFormat.default('jsonl'),
  /** `replace` removes the rows that are not in the files. */
  mode: z.enum(['add', 'replace']).default('add'),
  /** The label level of rows that name none. */
  label: LabelLevel.default('internal'),
  /** The split of rows that name none. */
  split: z.string().min(1).max(100).optional(),
  /** For BEIR and TREC, the beginning of the ids that the documents have in a collection, such as `corpus.jsonl#`. */
  documentPrefix: z.string().min(1).max(500).optional(),
  note: z.string().max(500).default(''),
});
const ExportQuery = z.strictObject({
  format: DatasetFormat.default('jsonl'),
  part: z.enum(['rows', 'queries', 'qrels', 'corpus', 'registry', 'yaml']).default('rows'),
  version: Version.optional(),
});

/** Datasets. A row can contain the inputs and outputs of a run, so reading rows needs the right to read those. */
@Controller('api/datasets')
export class DatasetsController {
  constructor(
    private readonly datasets: DatasetService,
    @Inject(UPLOAD_FOLDER) private readonly uploadFolder: string,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get()
  @Access('run:values', all)
  @Reply(DatasetsReply)
  async list(@View() view: ProjectView): Promise<DatasetsReply> {
    return { datasets: (await this.datasets.list()).filter(({ id }) => view.shows('dataset', id)) };
  }

  /** Errors: `project_not_found`. */
  @Post()
  @Access('workflow:write', all)
  @Reply(DatasetInfo, 201)
  create(
    @Body({ schema: CreateDatasetRequest }) request: CreateDatasetRequest,
    @View() { project }: ProjectView,
    @Actor() by: AuditActor,
  ): Promise<DatasetInfo> {
    return this.datasets.create(request, project, by);
  }

  /** Errors: `not_found`. */
  @Get(':id')
  @Access('run:values', one)
  @Reply(DatasetReply)
  get(@Param('id') id: string): Promise<DatasetReply> {
    return this.datasets.get(id);
  }

  /** Deletes all versions; with `undo=true`, the dataset can be restored for a few seconds. Errors: `not_found`, `conflict`. */
  @Delete(':id')
  @Access('workflow:write', one)
  @Reply(undefined, 204)
  delete(
    @Param('id') id: string,
    @Query({ schema: UndoQuery }) { undo }: UndoQuery,
    @Actor() by: AuditActor,
  ): Promise<void> {
    return undo === true ? this.datasets.deleteForNow(id, by) : this.datasets.delete(id, by);
  }

  /** Restores a dataset that was deleted with `undo=true` a few seconds ago. Errors: `not_found`. */
  @Post(':id/restore')
  @Access('workflow:write', one)
  @Reply(DatasetInfo)
  restore(@Param('id') id: string, @Actor() by: AuditActor): Promise<DatasetInfo> {
    return this.datasets.restore(id, by);
  }

  /** Errors: `not_found`. */
  @Get(':id/rows')
  @Access('run:values', one)
  @Reply(DatasetRowsReply)
  async rows(
    @Param('id') id: string,
    @Query({ schema: RowsQuery }) query: z.infer<typeof RowsQuery>,
  ): Promise<DatasetRowsReply> {
    const { review, ...others } = query;
    const reviewed = { open: { toReview: true }, accepted: { unreviewed: false } } as const;
    const unreviewed = review === undefined ? {} : reviewed[review];
    const { rows, next } = await this.datasets.rows(id, { ...others, ...unreviewed });
    return { rows: [...rows], next };
  }

  /** Writes and removes rows as the next version. Errors: `not_found`, `conflict`, `dataset_invalid`. */
  @Post(':id/rows')
  @Access('workflow:write', one)
  @Reply(DatasetWriteReply)
  change(
    @Param('id') id: string,
    @Body({ schema: ChangeRowsRequest }) request: ChangeRowsRequest,
    @Actor() by: AuditActor,
  ): Promise<DatasetWriteReply> {
    return this.datasets.change(id, request, by);
  }

  /** Errors: `not_found`. */
  @Get(':id/rows/:row')
  @Access('run:values', one)
  @Reply(StoredDatasetRow)
  row(
    @Param('id') id: string,
    @Param('row') row: string,
    @Query({ schema: VersionQuery }) { version }: z.infer<typeof VersionQuery>,
  ): Promise<StoredDatasetRow> {
    return this.datasets.row(id, row, version);
  }

  /**
   * Accepts or rejects a row that a model wrote, or the documents that it proposes. Errors: `not_found`, `conflict` if someone changed it
   * meanwhile.
   */
  @Post(':id/rows/:row/review')
  @Access('workflow:write', one)
  @Reply(DatasetWriteReply)
  review(
    @Param('id') id: string,
    @Param('row') row: string,
    @Body({ schema: ReviewRowRequest }) request: ReviewRowRequest,
    @Actor() by: AuditActor,
  ): Promise<DatasetWriteReply> {
    return this.datasets.review(id, row, request, by);
  }

  /** Splits, tags and labels of a version, with counts. Errors: `not_found`. */
  @Get(':id/facets')
  @Access('run:values', one)
  @Reply(DatasetFacets)
  facets(
    @Param('id') id: string,
    @Query({ schema: VersionQuery }) { version }: z.infer<typeof VersionQuery>,
  ): Promise<DatasetFacets> {
    return this.datasets.facets(id, version);
  }

  /** The differences between two versions. Errors: `not_found`. */
  @Get(':id/difference')
  @Access('run:values', one)
  @Reply(DatasetDifference)
  difference(
    @Param('id') id: string,
    @Query({ schema: DifferenceQuery }) { from, to }: z.infer<typeof DifferenceQuery>,
  ): Promise<DatasetDifference> {
    return this.datasets.difference(id, from, to);
  }

  /** Keeps one row of each group with the same inputs. Errors: `not_found`, `conflict`. */
  @Post(':id/problems/remove')
  @Access('workflow:write', one)
  @Reply(DatasetWriteReply)
  removeTwins(
    @Param('id') id: string,
    @Body({ schema: RemoveTwinsRequest }) request: RemoveTwinsRequest,
    @Actor() by: AuditActor,
  ): Promise<DatasetWriteReply> {
    return this.datasets.removeTwins(id, request, by);
  }

  /** Rows that occur twice, and inputs that occur in several splits. Errors: `not_found`. */
  @Get(':id/problems')
  @Access('run:values', one)
  @Reply(DatasetProblems)
  problems(
    @Param('id') id: string,
    @Query({ schema: VersionQuery }) { version }: z.infer<typeof VersionQuery>,
  ): Promise<DatasetProblems> {
    return this.datasets.problems(id, version);
  }

  /**
   * Makes a version from the rows of files, completely or not at all. Errors: `not_found`, `conflict`, `dataset_invalid` with the lines.
   */
  @Post(':id/import')
  @MultipartBody('One file with rows; for BEIR and TREC the files of questions, judgements and documents.', {
    file: z.array(FileBytes),
  })
  @Access('workflow:write', one)
  @Reply(DatasetWriteReply)
  async import(
    @Param('id') id: string,
    @Query({ schema: ImportQuery }) { label, split, documentPrefix, ...query }: z.infer<typeof ImportQuery>,
    @Req() request: FastifyRequest,
    @Actor() by: AuditActor,
  ): Promise<DatasetWriteReply> {
    await this.datasets.get(id);
    const { documents, cleanUp } = await receiveDocuments(request, this.uploadFolder, partLimits(this.settings));
    try {
      const cut = documents.find(({ about }) => about.error !== undefined)?.about.error;
      if (cut !== undefined) throw fromErrorValue(cut);
      const files = documents.map(({ name, file }) => ({ name, content: createReadStream(file) }));
      return await this.datasets.import(
        id,
        files,
        { ...query, defaults: withoutUndefined({ label, split, documentPrefix }) },
        by,
      );
    } finally {
      await cleanUp();
    }
  }

  /** Makes a version with rows from finished runs. Errors: `not_found`, `conflict`, `workflow_not_found`. */
  @Post(':id/runs')
  @Access('workflow:write', one)
  @Reply(RowsFromRunsReply)
  addRuns(
    @Param('id') id: string,
    @Body({ schema: RowsFromRunsRequest }) request: RowsFromRunsRequest,
    @Caller() caller: Principal,
    @Actor() by: AuditActor,
  ): Promise<RowsFromRunsReply> {
    return this.datasets.addRuns(id, request, caller, by);
  }

  /** A version as a file. Errors: `not_found`, `bad_request`. */
  @Get(':id/export')
  @Access('run:values', one)
  @Reply(undefined, 200, 'application/octet-stream')
  async export(
    @Param('id') id: string,
    @Query({ schema: ExportQuery }) query: z.infer<typeof ExportQuery>,
    @Actor() by: AuditActor,
  ): Promise<StreamableFile> {
    const lines = await this.datasets.export(id, query, by);
    return new StreamableFile(Readable.from(lines), {
      type: 'application/octet-stream',
      disposition: 'attachment; filename="dataset.txt"',
    });
  }
}
