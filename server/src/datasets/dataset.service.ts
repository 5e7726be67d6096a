import { readDataset, type DatasetFile } from '@heddle/adapters/datasets';
import {
  authorise,
  HeddleError,
  isAtMost,
  withoutUndefined,
  type Audit,
  type AuditActor,
  type ChangeRowsRequest,
  type Conversations,
  type Clock,
  type CreateDatasetRequest,
  type DatasetFormat,
  type DatasetInfo,
  type DatasetReply,
  type DatasetRow,
  type DatasetStore,
  type DatasetWrite,
  type DatasetWriteReply,
  type FeedbackStore,
  type Journal,
  type LabelLevel,
  type Principal,
  type RowDefaults,
  type RemoveTwinsRequest,
  type ReviewRowRequest,
  type RowsFromRunsReply,
  type RowsFromRunsRequest,
  type RunQuery,
  type RunSummary,
} from '@heddle/core';
import { undefinedIf } from '../common/undefined-if.js';
import { checkAccess } from '../auth/rights/check-access.js';
import type { Ownership } from '../auth/rights/ownership.js';
import { goneForGood, type Deletions } from '../deletions/deletions.js';
import type { RunService } from '../runs/run.service.js';
import type { WorkflowService } from '../workflows/workflow.service.js';
import { exportRows, type ExportQuery } from './export-rows.js';
import { rowsOfRuns, type RowOfRun } from './rows-of-runs.js';
import { acceptProposed } from './accept-proposed.js';

interface DatasetSources {
  readonly datasets: DatasetStore;
  readonly audit: Audit;
  readonly ownership: Ownership;
  readonly clock: Pick<Clock, 'now'>;
  readonly journal: Pick<Journal, 'events' | 'acceptance'>;
  readonly feedback: Pick<FeedbackStore, 'of' | 'totals'>;
  readonly runs: Pick<RunService, 'page' | 'summary'>;
  readonly workflows: Pick<WorkflowService, 'get'>;
  readonly conversations: Pick<Conversations, 'list'>;
  readonly deletions: Deletions;
}

interface DatasetImport {
  readonly format: DatasetFormat;
  readonly mode: 'add' | 'replace';
  readonly note: string;
  readonly defaults: RowDefaults;
}

/** Creates, fills, exports and deletes datasets. Each change and each export is an audit event without the rows. */
export class DatasetService {
  constructor(private readonly sources: DatasetSources) {}

  list(): Promise<readonly DatasetInfo[]> {
    return this.sources.datasets.list();
  }

  async create(request: CreateDatasetRequest, project: string, by: AuditActor): Promise<DatasetInfo> {
    const { datasets, audit, ownership } = this.sources;
    await ownership.newIn('dataset', project);
    const { dataset, writes } = datasets.write.create(request);
    await audit.commit({ kind: 'dataset', ...by, subject: `dataset:${dataset.id}`, details: { step: 'made' } }, [
      ...writes,
      ...ownership.write.assign('dataset', dataset.id, project),
    ]);
    return dataset;
  }

  /** Errors: `not_found`. */
  async get(id: string): Promise<DatasetReply> {
    const { datasets } = this.sources;
    return { ...(await datasets.get(id)), versions: [...(await datasets.versions(id))] };
  }

  rows(...of: Parameters<DatasetStore['rows']>): ReturnType<DatasetStore['rows']> {
    return this.sources.datasets.rows(...of);
  }

  row(...of: Parameters<DatasetStore['row']>): ReturnType<DatasetStore['row']> {
    return this.sources.datasets.row(...of);
  }

  facets(...of: Parameters<DatasetStore['facets']>): ReturnType<DatasetStore['facets']> {
    return this.sources.datasets.facets(...of);
  }

  difference(...of: Parameters<DatasetStore['difference']>): ReturnType<DatasetStore['difference']> {
    return this.sources.datasets.difference(...of);
  }

  problems(...of: Parameters<DatasetStore['problems']>): ReturnType<DatasetStore['problems']> {
    return this.sources.datasets.problems(...of);
  }

  /**
   * Imports files as a new version. Errors: `not_found`, `conflict`, `dataset_invalid` with the lines, in which case nothing is written.
   */
  import(
    id: string,
    files: readonly DatasetFile[],
    { format, mode, note, defaults }: DatasetImport,
    by: AuditActor,
  ): Promise<DatasetWriteReply> {
    return this.write(id, readDataset(format, files, defaults), { mode, note }, by);
  }

  /** Errors: `not_found`, `conflict`, `dataset_invalid` for a repeated id. */
  change(id: string, { set, ...how }: ChangeRowsRequest, by: AuditActor): Promise<DatasetWriteReply> {
    return this.write(id, set, { mode: 'add', ...how }, by);
  }

  /**
   * Reviews a row that a model wrote: accepts it, as it is or edited, or removes it. If the row proposes documents instead, accepts some of
   * them, or rejects them and keeps the row. Errors: `not_found`, `conflict` if someone changed it meanwhile, `bad_request` for a document
   * that is not proposed.
   */
  async review(
    id: string,
    rowId: string,
    { decision, hash, row: edited, proposed: taken }: ReviewRowRequest,
    by: AuditActor,
  ): Promise<DatasetWriteReply> {
    const { datasets, audit } = this.sources;
    const { version: base } = await datasets.get(id);
    const before = await datasets.row(id, rowId);
    const isNew = before.unreviewed === true;
    if (before.hash !== hash || !(isNew || before.proposed !== undefined))
      throw new HeddleError('conflict', 'Somebody reviewed or changed the row meanwhile: load it again.');
    const isAccepted = decision === 'accept';
    const { hash: _hash, ...stored } = before;
    const { unreviewed: _open, proposed: _waiting, ...kept } = (isAccepted ? edited : undefined) ?? stored;
    const references = isAccepted
      ? acceptProposed({ references: kept.references, proposed: before.proposed }, taken)
      : kept.references;
    const row = withoutUndefined({ ...kept, references });
    // A review never lowers the label.
    const label = isAtMost(row.label, before.label) ? before.label : row.label;
    const isKept = isAccepted || !isNew;
    const change = isKept ? { rows: [{ ...row, id: rowId, label }], remove: [] } : { rows: [], remove: [rowId] };
    const what = isNew ? 'Row' : 'Proposed documents';
    const note = `${what} ${isAccepted ? 'accepted' : 'rejected'}`;
    const written = await this.write(id, change.rows, { mode: 'add', base, note, remove: change.remove }, by);
    const details = {
      step: isAccepted ? 'row accepted' : 'row rejected',
      row: rowId,
      version: written.version,
    } as const;
    await audit.write({ kind: 'dataset', ...by, subject: `dataset:${id}`, details });
    return written;
  }

  /** Errors: `not_found`, `conflict`. */
  removeTwins(id: string, { note, ...twins }: RemoveTwinsRequest, by: AuditActor): Promise<DatasetWriteReply> {
    return this.write(id, [], { mode: 'add', note, twins }, by);
  }

  /** Adds rows from runs of the dataset's project that the caller may read. Errors: `not_found`, `workflow_not_found`, `conflict`. */
  async addRuns(
    id: string,
    request: RowsFromRunsRequest,
    caller: Principal,
    by: AuditActor,
  ): Promise<RowsFromRunsReply> {
    const { ownership, clock, datasets } = this.sources;
    await datasets.get(id);
    const workflowId = await this.readableWorkflow(request.workflow, caller);
    const { project } = await ownership.resourceOf('dataset', id, caller);
    const { found, skipped } = await this.runsOf(workflowId, request, async ({ runId }) => {
      const resource = await ownership.resourceOf('run', runId, caller);
      return resource.project === project && authorise(caller, 'run:values', resource, clock.now()) === 'allowed';
    });
    const counts: RowCounts = { labels: new Map(), corrected: 0, withoutAnswer: 0 };
    const rows = counted(rowsOfRuns(this.sources, found, request), counts);
    const written = await this.write(id, rows, { mode: 'add', note: request.note }, by);
    const { labels, corrected, withoutAnswer } = counts;
    const given = [...labels.values()].reduce((sum, count) => sum + count, 0);
    return {
      ...written,
      skipped: skipped + found.length - given,
      corrected,
      withoutAnswer,
      labels: [...labels].map(([level, count]) => ({ level, rows: count })),
    };
  }

  /** Adds rows that another feature made. Errors: `not_found`, `conflict`. */
  addRows(id: string, rows: AsyncIterable<DatasetRow>, note: string, by: AuditActor): Promise<DatasetWriteReply> {
    return this.write(id, rows, { mode: 'add', note }, by);
  }

  /** The rows of a version as lines. The audit event is written before the export begins. Errors: `not_found`, `bad_request`. */
  async export(id: string, query: ExportQuery, by: AuditActor): ReturnType<typeof exportRows> {
    const lines = await exportRows(this.sources.datasets, id, query);
    const details = { format: query.format, part: query.part };
    await this.sources.audit.write({ kind: 'export', ...by, subject: `dataset:${id}`, details });
    return lines;
  }

  /** Deletes a dataset; `restore` can undo it for a few seconds. Errors: `not_found`. */
  async deleteForNow(id: string, by: AuditActor): Promise<void> {
    const { datasets, deletions } = this.sources;
    await datasets.get(id);
    await deletions.begin({ kind: 'dataset', within: '', id, ...by });
  }

  /** Undoes `deleteForNow`. Errors: `not_found` after a few seconds. */
  async restore(id: string, by: AuditActor): Promise<DatasetInfo> {
    const { datasets, deletions } = this.sources;
    if (!(await deletions.restore('dataset', id, by))) throw goneForGood('The dataset');
    return datasets.get(id);
  }

  /** Errors: `not_found`, `conflict`. */
  async delete(id: string, by: AuditActor): Promise<void> {
    const { datasets, audit } = this.sources;
    await datasets.get(id);
    const event = { kind: 'dataset', ...by, subject: `dataset:${id}`, details: { step: 'removed' } } as const;
    await audit.commit(event, datasets.write.delete(id));
  }

  private async readableWorkflow(workflow: string | undefined, caller: Principal): Promise<string | undefined> {
    if (workflow === undefined) return undefined;
    const { workflows, ownership, clock } = this.sources;
    checkAccess(caller, 'workflow:read', await ownership.resourceOf('workflow', workflow, caller), clock, workflow);
    return (await workflows.get(workflow)).id;
  }

  /** The newest finished runs that may be read; `skipped` counts the named runs that are not among them. */
  private async runsOf(
    workflowId: string | undefined,
    { runs: named, since = 0, search, trigger, feedback, limit }: RowsFromRunsRequest,
    mayRead: (run: RunSummary) => Promise<boolean>,
  ): Promise<FoundRuns> {
    if (named !== undefined) return this.namedRuns(workflowId, named, mayRead);
    const found: RunSummary[] = [];
    let query: RunQuery = withoutUndefined({
      workflowId,
      status: ['done'],
      limit: 200,
      search,
      feedback,
      trigger: trigger === undefined ? undefined : [trigger],
    });
    for (;;) {
      const { runs, next } = await this.sources.runs.page(query);
      for (const run of runs) {
        if (run.acceptedAt < since || found.length === limit) return { found, skipped: 0 };
        if (await mayRead(run)) found.push(run);
      }
      if (next === undefined) return { found, skipped: 0 };
      query = { ...query, before: next };
    }
  }

  private async namedRuns(
    workflowId: string | undefined,
    named: readonly string[],
    mayRead: (run: RunSummary) => Promise<boolean>,
  ): Promise<FoundRuns> {
    const found: RunSummary[] = [];
    const ids = new Set(named);
    for (const runId of ids) {
      const run = await undefinedIf(['run_not_found'], () => this.sources.runs.summary(runId));
      const isRight = run?.status === 'done' && (workflowId === undefined || run.workflowId === workflowId);
      if (isRight && (await mayRead(run))) found.push(run);
    }
    return { found, skipped: ids.size - found.length };
  }

  private async write(
    id: string,
    rows: AsyncIterable<DatasetRow> | Iterable<DatasetRow>,
    how: Omit<DatasetWrite, 'who'>,
    by: AuditActor,
  ): Promise<DatasetWriteReply> {
    const written = await this.sources.datasets.addVersion(id, rows, { ...how, who: by.who });
    const { version, added, removed } = written;
    const details = { step: 'rows written', version, added, removed } as const;
    await this.sources.audit.write({ kind: 'dataset', ...by, subject: `dataset:${id}`, details });
    return written;
  }
}

interface FoundRuns {
  readonly found: readonly RunSummary[];
  readonly skipped: number;
}

interface RowCounts {
  readonly labels: Map<LabelLevel, number>;
  corrected: number;
  withoutAnswer: number;
}

/** Counts rows as they pass. */
async function* counted(rows: AsyncIterable<RowOfRun>, counts: RowCounts): AsyncGenerator<DatasetRow> {
  for await (const { row, isCorrected } of rows) {
    counts.labels.set(row.label, (counts.labels.get(row.label) ?? 0) + 1);
    if (isCorrected) counts.corrected += 1;
    if (row.expected === undefined) counts.withoutAnswer += 1;
    yield row;
  }
}
