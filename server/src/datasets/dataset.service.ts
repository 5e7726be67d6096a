import { readDataset, type DatasetFile } from '@heddle/adapters/datasets';
import {
  authorise,
  withoutUndefined,
  type Audit,
  type AuditActor,
  type Clock,
  type CreateDatasetRequest,
  type DatasetFormat,
  type DatasetInfo,
  type DatasetReply,
  type DatasetRow,
  type DatasetStore,
  type DatasetWriteReply,
  type Journal,
  type Principal,
  type RowDefaults,
  type RowsFromRunsRequest,
  type RunQuery,
  type RunSummary,
} from '@heddle/core';
import { checkAccess } from '../auth/rights/check-access.js';
import type { Ownership } from '../auth/rights/ownership.js';
import type { RunService } from '../runs/run.service.js';
import type { WorkflowService } from '../workflows/workflow.service.js';
import { exportRows, type ExportQuery } from './export-rows.js';
import { rowsOfRuns } from './rows-of-runs.js';

/** What a dataset service works with. */
export interface DatasetSources {
  readonly datasets: DatasetStore;
  readonly audit: Audit;
  readonly ownership: Ownership;
  readonly clock: Pick<Clock, 'now'>;
  readonly journal: Pick<Journal, 'events' | 'acceptance'>;
  readonly runs: Pick<RunService, 'page'>;
  readonly workflows: Pick<WorkflowService, 'get'>;
}

/** An import of files. */
export interface DatasetImport {
  readonly format: DatasetFormat;
  readonly mode: 'add' | 'replace';
  readonly note: string;
  readonly defaults: RowDefaults;
}

/** Datasets: made, filled from files and runs, exported, deleted. Each change and each export is an audit event without the rows. */
export class DatasetService {
  constructor(private readonly sources: DatasetSources) {}

  list(): readonly DatasetInfo[] {
    return this.sources.datasets.list();
  }

  async create(request: CreateDatasetRequest, project: string, by: AuditActor): Promise<DatasetInfo> {
    const { datasets, audit, ownership } = this.sources;
    ownership.newIn('dataset', project);
    return audit.write(
      ({ id }: DatasetInfo) => ({ kind: 'dataset', ...by, subject: `dataset:${id}`, details: { step: 'made' } }),
      () => {
        const made = datasets.create(request);
        ownership.assign('dataset', made.id, project);
        return made;
      },
    );
  }

  /** Errors: `not_found`. */
  get(id: string): DatasetReply {
    const { datasets } = this.sources;
    return { ...datasets.get(id), versions: [...datasets.versions(id)] };
  }

  rows(...of: Parameters<DatasetStore['rows']>): ReturnType<DatasetStore['rows']> {
    return this.sources.datasets.rows(...of);
  }

  problems(...of: Parameters<DatasetStore['problems']>): ReturnType<DatasetStore['problems']> {
    return this.sources.datasets.problems(...of);
  }

  /** Errors: `not_found`, `conflict`, `dataset_invalid` with the lines; then nothing is written. */
  import(
    id: string,
    files: readonly DatasetFile[],
    { format, mode, note, defaults }: DatasetImport,
    by: AuditActor,
  ): Promise<DatasetWriteReply> {
    return this.write(id, readDataset(format, files, defaults), { mode, note }, by);
  }

  /**
   * Rows from runs of the project of the dataset that the caller may read. Errors: `not_found`, `workflow_not_found`, `conflict`.
   */
  async addRuns(
    id: string,
    request: RowsFromRunsRequest,
    caller: Principal,
    by: AuditActor,
  ): Promise<DatasetWriteReply> {
    const { workflows, journal, ownership, clock } = this.sources;
    const { workflow } = request;
    checkAccess(caller, 'workflow:read', await ownership.resourceOf('workflow', workflow, caller), clock, workflow);
    const { id: workflowId } = await workflows.get(workflow);
    const { project } = await ownership.resourceOf('dataset', id, caller);
    const found = await this.runsOf(workflowId, request, async ({ runId }) => {
      const resource = await ownership.resourceOf('run', runId, caller);
      return resource.project === project && authorise(caller, 'run:values', resource, clock.now()) === 'allowed';
    });
    const rows = rowsOfRuns({ journal }, found, request);
    return this.write(id, rows, { mode: 'add', note: request.note }, by);
  }

  /** Rows that another feature makes. Errors: `not_found`, `conflict`. */
  addRows(id: string, rows: AsyncIterable<DatasetRow>, note: string, by: AuditActor): Promise<DatasetWriteReply> {
    return this.write(id, rows, { mode: 'add', note }, by);
  }

  /** The lines of a version. The export is an audit event, which is written before it begins. Errors: `not_found`, `bad_request`. */
  async export(id: string, query: ExportQuery, by: AuditActor): Promise<Generator<string, void, void>> {
    const lines = exportRows(this.sources.datasets, id, query);
    const details = { format: query.format, part: query.part };
    await this.sources.audit.write({ kind: 'export', ...by, subject: `dataset:${id}`, details });
    return lines;
  }

  /** Errors: `not_found`, `conflict`. */
  async delete(id: string, by: AuditActor): Promise<void> {
    const { datasets, audit } = this.sources;
    await audit.write({ kind: 'dataset', ...by, subject: `dataset:${id}`, details: { step: 'removed' } }, () =>
      datasets.delete(id),
    );
  }

  /** The newest finished runs of a workflow that may be read. */
  private async runsOf(
    workflowId: string,
    { since = 0, search, limit }: RowsFromRunsRequest,
    mayRead: (run: RunSummary) => Promise<boolean>,
  ): Promise<readonly RunSummary[]> {
    const found: RunSummary[] = [];
    let query: RunQuery = withoutUndefined({ workflowId, status: ['done'], limit: 200, search });
    for (;;) {
      const { runs, next } = await this.sources.runs.page(query);
      for (const run of runs) {
        if (run.acceptedAt < since || found.length === limit) return found;
        if (await mayRead(run)) found.push(run);
      }
      if (next === undefined) return found;
      query = { ...query, before: next };
    }
  }

  private async write(
    id: string,
    rows: AsyncIterable<DatasetRow>,
    how: { readonly mode: 'add' | 'replace'; readonly note: string },
    by: AuditActor,
  ): Promise<DatasetWriteReply> {
    const written = await this.sources.datasets.write(id, rows, { ...how, who: by.who });
    const { version, added, removed } = written;
    const details = { step: 'rows written', version, added, removed } as const;
    await this.sources.audit.write({ kind: 'dataset', ...by, subject: `dataset:${id}`, details });
    return written;
  }
}
