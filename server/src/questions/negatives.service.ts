import type { NegativesAttempt, NegativesStore, StoredNegatives } from '@heddle/adapters/datasets';
import { yieldToEventLoop } from '@heddle/adapters/event-loop';
import {
  HeddleError,
  isAtMost,
  withoutUndefined,
  questionOfRow,
  type Audit,
  type AuditActor,
  type DatasetRow,
  type JobReply,
  type NegativesReport,
  type NegativesRequest,
  type Principal,
} from '@heddle/core';
import { undefinedIf } from '../common/undefined-if.js';
import { contentHash } from '../calls/content-hash.js';
import type { DatasetService } from '../datasets/dataset.service.js';
import type { JobRequest } from '../jobs/job.service.js';
import { AttemptJobs, type AttemptSources, type Outcome } from './attempt-jobs.js';
import { mineNegatives, missingNegatives, type MinedRow } from './mine-negatives.js';
import { noteFailure } from './settle-attempts.js';

interface NegativesDependencies extends AttemptSources {
  readonly store: NegativesStore;
  readonly datasets: Pick<DatasetService, 'get' | 'rows' | 'row' | 'change'>;
  readonly audit: Pick<Audit, 'write'>;
}

const pageSize = 500;
/** The maximum number of documents that a row can propose. */
const mostProposed = 100;

/**
 * Finds hard negatives for the labelled questions of a dataset. All proposals enter the dataset in one version at the end and wait there for
 * a review.
 */
export class NegativesService {
  private readonly jobs: AttemptJobs<NegativesRequest, NegativesReport>;

  constructor(private readonly sources: NegativesDependencies) {
    this.jobs = new AttemptJobs<NegativesRequest, NegativesReport>(sources, {
      kind: 'negatives',
      store: sources.store,
      plan: (stored, signal) => this.plan(stored, signal),
      open: (stored, signal) => Promise.resolve((report, failures) => this.round(stored, report, failures, signal)),
      isEmpty: ({ done }) => done === 0,
      write: (stored, rows) => this.write(stored, rows),
    });
  }

  /** Starts the job. Errors: `not_found`, `forbidden`, `collection_not_found`, `model_unknown`, `connection_not_found`. */
  async start(dataset: string, request: NegativesRequest, caller: Principal, by: AuditActor): Promise<JobReply> {
    const job = await this.jobs.start(dataset, { request, report: emptyReport }, caller);
    const { collection, each, questions } = request;
    const details = { step: 'hard negatives asked for', collection, each, questions, job: job.jobId } as const;
    await this.sources.audit.write({ kind: 'dataset', ...by, subject: `dataset:${dataset}`, details });
    return job;
  }

  /** Describes how to continue a job that an earlier process left. */
  leftJob(dataset: string, work: unknown): JobRequest {
    return this.jobs.leftJob(dataset, work);
  }

  /** Chooses the questions, in an order that depends on the seed. */
  private async plan({ id, dataset, request, report }: StoredNegatives, signal: AbortSignal): Promise<void> {
    const { datasets, store } = this.sources;
    const { split, input, each, questions, seed } = request;
    const rows: string[] = [];
    let skipped = 0;
    for (let after: number | undefined = 0; after !== undefined;) {
      const page = await datasets.rows(dataset, withoutUndefined({ after, split, unreviewed: false, limit: pageSize }));
      for (const row of page.rows) {
        const isLabelled = (row.references ?? []).some(({ grade }) => grade > 0);
        if (isLabelled && questionOfRow(row, input) !== undefined && missingNegatives(row, each) > 0) rows.push(row.id);
        else skipped += 1;
      }
      after = page.next;
      await yieldToEventLoop();
      signal.throwIfAborted();
    }
    if (rows.length === 0)
      throw new HeddleError(
        'bad_request',
        'No row of the dataset has a question, a relevant document, and fewer documents judged not relevant than requested: add references, or request more.',
      );
    const ranks = new Map(rows.map((row) => [row, contentHash(`${seed} ${row}`)]));
    const chosen = rows.toSorted((a, b) => ((ranks.get(a) ?? '') < (ranks.get(b) ?? '') ? -1 : 1)).slice(0, questions);
    await store.plan(
      id,
      chosen.map((row) => ({ row })),
      { ...report, planned: chosen.length, skipped },
    );
  }

  private async round(
    stored: StoredNegatives,
    { stopped }: NegativesReport,
    failures: number,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const [attempt] = stopped === undefined ? await this.sources.store.next(stored.id, 1) : [];
    if (attempt === undefined) return undefined;
    const outcome = await this.attempt(stored, attempt, signal);
    const inARow = outcome.error === undefined ? 0 : failures + 1;
    await this.settle(stored.id, attempt, outcome, inARow);
    return inARow;
  }

  private attempt(
    stored: StoredNegatives,
    { row: id }: NegativesAttempt,
    signal: AbortSignal,
  ): Promise<Outcome<Mined | undefined>> {
    const { datasets, evaluators, collectionsOf } = this.sources;
    return this.jobs.attempt(stored, signal, async (scope, spend) => {
      const row = await undefinedIf(['not_found'], () => datasets.row(stored.dataset, id));
      if (row === undefined) return undefined;
      const of = { evaluators, collections: collectionsOf(stored.owner) };
      return { row, mined: await mineNegatives(row, stored.request, scope, of, spend) };
    });
  }

  private async settle(
    id: string,
    { number, row: name }: NegativesAttempt,
    outcome: Outcome<Mined | undefined>,
    failures: number,
  ): Promise<void> {
    const report = await this.jobs.counted(id, outcome);
    if (report === undefined) return;
    const { error, result: { row, mined } = {} } = outcome;
    if (error !== undefined) {
      const { code, message } = error;
      report.failed += 1;
      noteFailure(report, { row: name, code, message: message.slice(0, 500) }, error, failures);
    } else if (mined === undefined) report.skipped += 1;
    else {
      report.proposed += mined.proposed.filter(({ grade }) => grade === 0).length;
      report.relevant += mined.proposed.filter(({ grade }) => grade === 1).length;
      report.refused += mined.refused;
      report.unreadable += mined.unreadable;
    }
    await this.sources.store.settle(id, number, row === undefined ? undefined : proposalRow(name, row, mined), report);
  }

  /** Adds the proposals to the present rows. */
  private async write(
    { dataset, owner, request }: StoredNegatives,
    mined: readonly DatasetRow[],
  ): Promise<number | undefined> {
    const { datasets } = this.sources;
    const { version: base } = await datasets.get(dataset);
    const set: DatasetRow[] = [];
    for (const one of mined) {
      const now = await undefinedIf(['not_found'], () => datasets.row(dataset, one.id ?? ''));
      const row = now === undefined ? undefined : withProposals(now, one);
      if (row !== undefined) set.push(row);
    }
    if (set.length === 0) return undefined;
    const note = `Hard negatives from ${request.collection}`.slice(0, 500);
    return (await datasets.change(dataset, { set, remove: [], base, note }, { who: owner })).version;
  }
}

/** A row, and the proposals for it; undefined if it needs none. */
interface Mined {
  readonly row: DatasetRow;
  readonly mined: MinedRow | undefined;
}

const emptyReport: NegativesReport = {
  planned: 0,
  done: 0,
  skipped: 0,
  proposed: 0,
  relevant: 0,
  refused: 0,
  unreadable: 0,
  failed: 0,
  cost: 0,
  problems: [],
};

/** What is stored of a row until the end of the job: its proposals and its label. */
function proposalRow(id: string, { inputs }: DatasetRow, mined: MinedRow | undefined): DatasetRow | undefined {
  if (mined === undefined || mined.proposed.length === 0) return undefined;
  return { id, inputs, proposed: [...mined.proposed].slice(0, mostProposed), label: mined.label.level };
}

/** Adds the proposals for documents that nobody has judged in the meantime. The label of the row can only become stricter. */
function withProposals(
  now: DatasetRow & { readonly hash: string },
  { proposed = [], label }: DatasetRow,
): DatasetRow | undefined {
  const { hash: _hash, ...row } = now;
  const known = new Set([...(row.references ?? []), ...(row.proposed ?? [])].map(({ document }) => document));
  const fresh = proposed.filter(({ document }) => !known.has(document));
  if (fresh.length === 0) return undefined;
  return {
    ...row,
    proposed: [...(row.proposed ?? []), ...fresh].slice(0, mostProposed),
    label: isAtMost(label, row.label) ? row.label : label,
  };
}
