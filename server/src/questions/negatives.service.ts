import type { NegativesAttempt, NegativesStore, StoredNegatives } from '@heddle/adapters/datasets';
import { yieldToEventLoop } from '@heddle/adapters/event-loop';
import {
  fromErrorValue,
  HeddleError,
  isAtMost,
  isStoreFault,
  publicLabel,
  toHeddleError,
  withoutUndefined,
  type Audit,
  type AuditActor,
  type DatasetRow,
  type JobReply,
  type NegativesReport,
  type NegativesRequest,
  type Principal,
} from '@heddle/core';
import { z } from 'zod';
import { contentHash } from '../calls/content-hash.js';
import type { DatasetService } from '../datasets/dataset.service.js';
import type { EvaluatorService } from '../evaluators/evaluator.service.js';
import type { JobRequest, JobService, JobWork } from '../jobs/job.service.js';
import { mineNegatives, negativesWriter, questionOfRow, missingNegatives, type MinedRow } from './mine-negatives.js';
import { checkQuestionRights, endsWork, scopeOfWork, type RightsSources } from './question-rights.js';
import { cancelled, noteFailure, untilWritten } from './settle-attempts.js';

interface NegativesDependencies extends RightsSources {
  readonly store: NegativesStore;
  readonly evaluators: Pick<EvaluatorService, 'open' | 'checkModels'>;
  readonly datasets: Pick<DatasetService, 'get' | 'rows' | 'row' | 'change'>;
  readonly jobs: Pick<JobService, 'start'>;
  readonly audit: Pick<Audit, 'write'>;
}

const Work = z.object({ negatives: z.string() });

const pageSize = 500;
/** The maximum number of documents that a row can propose. */
const mostProposed = 100;

/**
 * Finds hard negatives for the labelled questions of a dataset, as a job that continues after a crash. Each question is settled once,
 * together with its proposals. All proposals enter the dataset in one version at the end and wait there for a review.
 */
export class NegativesService {
  constructor(private readonly sources: NegativesDependencies) {}

  /** Starts the job. Errors: `not_found`, `forbidden`, `collection_not_found`, `model_unknown`, `connection_not_found`. */
  async start(dataset: string, request: NegativesRequest, caller: Principal, by: AuditActor): Promise<JobReply> {
    const { store, datasets, ownership, audit, jobs } = this.sources;
    await datasets.get(dataset);
    const { project = 'default' } = await ownership.resourceOf('dataset', dataset, caller);
    await checkQuestionRights(this.sources, request, { dataset, project, principal: caller });
    const id = await store.create({ dataset, owner: caller.id, project, request, report: emptyReport });
    try {
      // A missing model is refused now, before the job.
      await this.checkModel(await store.get(id));
    } catch (error) {
      await store.remove(id);
      throw error;
    }
    const job = await jobs.start(this.requestOf(dataset, id));
    const { collection, each, questions } = request;
    const details = { step: 'hard negatives asked for', collection, each, questions, job: job.jobId } as const;
    await audit.write({ kind: 'dataset', ...by, subject: `dataset:${dataset}`, details });
    return job;
  }

  /** Describes how to continue a job that an earlier process left. */
  leftJob(dataset: string, work: unknown): JobRequest {
    return this.requestOf(dataset, Work.parse(work).negatives);
  }

  private requestOf(dataset: string, id: string): JobRequest {
    return {
      kind: 'negatives',
      subject: dataset,
      queue: `negatives:${dataset}`,
      work: { negatives: id } satisfies z.infer<typeof Work>,
      run: (work) => this.run(id, work),
      cleanUp: (closing) => this.deliverRest(id, closing).catch(unlessGone),
    };
  }

  private async checkModel({ owner, project, request }: StoredNegatives): Promise<void> {
    if (request.model === undefined) return;
    const { evaluators, identity } = this.sources;
    const { signal } = new AbortController();
    const scope = await scopeOfWork(identity, { owner, project }, { budget: request.budget, spent: 0 }, signal);
    const open = evaluators.open(negativesWriter, publicLabel, scope);
    try {
      await open.context.use('languageModel', request.model);
    } finally {
      await open.close();
    }
  }

  private async run(id: string, { signal, report: tell }: JobWork): Promise<NegativesReport> {
    const { store } = this.sources;
    const stored = await store.get(id);
    if (!stored.isPlanned) await this.plan(stored, signal);
    for (let failures = 0; ;) {
      signal.throwIfAborted();
      const { report } = await store.get(id);
      tell({ ...report });
      const [attempt] = report.stopped === undefined ? await store.next(id, 1) : [];
      if (attempt === undefined) break;
      const outcome = await this.attempt(stored, attempt, signal);
      failures = outcome.error === undefined ? 0 : failures + 1;
      await this.settle(id, attempt, outcome, failures);
      await yieldToEventLoop();
    }
    const { report } = await store.get(id);
    if (report.done === 0 && report.stopped !== undefined)
      throw fromErrorValue({ ...report.stopped, retryable: false });
    const version = await this.deliver(id, signal);
    return withoutUndefined({ ...report, version });
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

  private async attempt(stored: StoredNegatives, { row: id }: NegativesAttempt, signal: AbortSignal): Promise<Outcome> {
    const { store, identity, datasets, evaluators, collectionsOf } = this.sources;
    const { dataset, owner, project, request } = stored;
    let cost = 0;
    try {
      const spent = (await store.get(stored.id)).report.cost;
      const scope = await scopeOfWork(identity, stored, { budget: request.budget, spent }, signal);
      await checkQuestionRights(this.sources, request, { dataset, project, principal: scope.principal });
      const row = await datasets.row(dataset, id).catch(unlessGone);
      if (row === undefined) return { cost };
      const of = { evaluators, collections: collectionsOf(owner) };
      const mined = await mineNegatives(row, request, scope, of, (more) => void (cost += more));
      return { row, mined, cost };
    } catch (thrown) {
      // An error while the process stops says nothing about the question.
      if (signal.aborted || isStoreFault(thrown)) throw thrown;
      return { error: toHeddleError(thrown), cost };
    }
  }

  private async settle(
    id: string,
    { number, row: name }: NegativesAttempt,
    { row, mined, error, cost }: Outcome,
    failures: number,
  ): Promise<void> {
    const { store } = this.sources;
    const before = (await store.get(id)).report;
    const report = { ...before, cost: before.cost + cost };
    if (error !== undefined && endsWork.has(error.code)) {
      // The attempt did not end, so it is not settled.
      await store.setReport(id, { ...report, stopped: { code: error.code, message: error.message } });
      return;
    }
    report.done += 1;
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
    await store.settle(id, number, row === undefined ? undefined : proposalRow(name, row, mined), report);
  }

  /** Proposals that were found before a cancellation enter the dataset too. */
  private async deliverRest(id: string, closing: AbortSignal): Promise<void> {
    const { store } = this.sources;
    await store.setReport(id, cancelled((await store.get(id)).report));
    await this.deliver(id, closing);
  }

  /** Adds the proposals to the present rows in one version. Calling it again changes nothing. */
  private async deliver(id: string, signal: AbortSignal): Promise<number | undefined> {
    const { store, datasets, clock } = this.sources;
    const { dataset, owner, request } = await store.get(id);
    const mined = await store.rows(id);
    const note = `Hard negatives from ${request.collection}`.slice(0, 500);
    const write = async (): Promise<number | undefined> => {
      const { version: base } = await datasets.get(dataset);
      const set: DatasetRow[] = [];
      for (const one of mined) {
        const now = await datasets.row(dataset, one.id ?? '').catch(unlessGone);
        const row = now === undefined ? undefined : withProposals(now, one);
        if (row !== undefined) set.push(row);
      }
      if (set.length === 0) return undefined;
      return (await datasets.change(dataset, { set, remove: [], base, note }, { who: owner })).version;
    };
    const version = mined.length === 0 ? undefined : await untilWritten(write, clock, signal);
    await store.remove(id);
    return version;
  }
}

interface Outcome {
  readonly row?: DatasetRow;
  readonly mined?: MinedRow | undefined;
  readonly error?: HeddleError;
  readonly cost: number;
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

/** The row or the dataset may have been deleted in the meantime. */
function unlessGone(error: unknown): undefined {
  if (error instanceof HeddleError && error.code === 'not_found') return undefined;
  throw error;
}
