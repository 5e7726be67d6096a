import { yieldToEventLoop } from '@heddle/adapters/event-loop';
import {
  fromErrorValue,
  isStoreFault,
  publicLabel,
  toHeddleError,
  withoutUndefined,
  type DatasetRow,
  type Destination,
  type EvaluationScope,
  type HeddleError,
  type JobReply,
  type Principal,
} from '@heddle/core';
import { z } from 'zod';
import { undefinedIf } from '../common/undefined-if.js';
import type { DatasetService } from '../datasets/dataset.service.js';
import type { EvaluatorService } from '../evaluators/evaluator.service.js';
import type { JobRequest, JobService, JobWork } from '../jobs/job.service.js';
import { checkQuestionRights, endsWork, scopeOfWork, type RightsSources } from './question-rights.js';
import { cancelled, untilWritten, type Problem } from './settle-attempts.js';

export interface AttemptSources extends Omit<RightsSources, 'evaluators'> {
  readonly evaluators: Pick<EvaluatorService, 'open' | 'checkModels'>;
  readonly datasets: Pick<DatasetService, 'get'>;
  readonly jobs: Pick<JobService, 'start'>;
}

interface AttemptRequest {
  readonly collection: string;
  readonly model?: string | undefined;
  readonly budget?: number | undefined;
}

interface AttemptReport extends Readonly<Record<string, unknown>> {
  readonly done: number;
  readonly cost: number;
  readonly stopped?: Problem | undefined;
}

interface StoredJob<Request, Report> {
  readonly id: string;
  readonly dataset: string;
  readonly owner: string;
  readonly project: string;
  readonly request: Request;
  readonly report: Report;
  readonly isPlanned: boolean;
}

/** Settles the next attempts. Takes and returns the number of failures in a row; undefined if no attempt is left. */
export type Round<Report> = (report: Report, failures: number) => Promise<number | undefined>;

/** What the jobs of one kind do. */
interface AttemptWork<Request, Report> {
  /** The kind of the jobs, and the name under which models are opened. */
  readonly kind: Extract<JobReply['kind'], 'questions' | 'negatives'>;
  readonly store: {
    create(job: Omit<StoredJob<Request, Report>, 'id' | 'isPlanned'>): Promise<string>;
    get(id: string): Promise<StoredJob<Request, Report>>;
    setReport(id: string, report: Report): Promise<void>;
    rows(id: string): Promise<readonly DatasetRow[]>;
    remove(id: string): Promise<void>;
  };
  readonly plan: (stored: StoredJob<Request, Report>, signal: AbortSignal) => Promise<void>;
  readonly open: (stored: StoredJob<Request, Report>, signal: AbortSignal) => Promise<Round<Report>>;
  /** Whether work that stopped early has no result, so that its job fails. */
  readonly isEmpty: (report: Report) => boolean;
  /** Adds rows to the dataset in one version; undefined if it has them already. Calling it again must change nothing. */
  readonly write: (stored: StoredJob<Request, Report>, rows: readonly DatasetRow[]) => Promise<number | undefined>;
}

/** The outcome of one attempt. */
export interface Outcome<Result> {
  readonly result?: Result;
  readonly error?: HeddleError;
  readonly cost: number;
}

/**
 * Jobs that make attempts for a dataset with the rights of their owner, and continue after a crash. Each attempt is settled once, together
 * with its row. All rows enter the dataset in one version at the end.
 */
export class AttemptJobs<Request extends AttemptRequest, Report extends AttemptReport> {
  constructor(
    private readonly sources: AttemptSources,
    private readonly work: AttemptWork<Request, Report>,
  ) {}

  /** Starts a job. Errors: `not_found`, `forbidden`, `collection_not_found`, `model_unknown`, `connection_not_found`. */
  async start(
    dataset: string,
    { request, report }: Pick<StoredJob<Request, Report>, 'request' | 'report'>,
    caller: Principal,
  ): Promise<JobReply> {
    const { datasets, ownership, jobs } = this.sources;
    const { store } = this.work;
    await datasets.get(dataset);
    const { project = 'default' } = await ownership.resourceOf('dataset', dataset, caller);
    await checkQuestionRights(this.sources, request, { dataset, project, principal: caller });
    const id = await store.create({ dataset, owner: caller.id, project, request, report });
    try {
      // A missing model is refused now, before the job.
      if (request.model !== undefined)
        await this.destination(await store.get(id), request.model, new AbortController().signal);
    } catch (error) {
      await store.remove(id);
      throw error;
    }
    return jobs.start(this.requestOf(dataset, id));
  }

  /** Describes how to continue a job that an earlier process left. */
  leftJob(dataset: string, work: unknown): JobRequest {
    const { [this.work.kind]: id } = z.record(z.string(), z.unknown()).parse(work);
    return this.requestOf(dataset, z.string().parse(id));
  }

  /** The destination of a model for the present owner. Errors: those of opening it. */
  async destination(stored: StoredJob<Request, Report>, model: string, signal: AbortSignal): Promise<Destination> {
    const open = this.sources.evaluators.open(this.work.kind, publicLabel, await this.scope(stored, signal));
    try {
      return (await open.context.use('languageModel', model)).info.destination;
    } finally {
      await open.close();
    }
  }

  /** Makes an attempt, if the owner still has the rights. Errors: only aborts and faults of the store. */
  async attempt<Result>(
    stored: StoredJob<Request, Report>,
    signal: AbortSignal,
    run: (scope: EvaluationScope, spend: (cost: number) => void) => Promise<Result>,
  ): Promise<Outcome<Result>> {
    const { dataset, project, request } = stored;
    let cost = 0;
    try {
      const scope = await this.scope(stored, signal);
      await checkQuestionRights(this.sources, request, { dataset, project, principal: scope.principal });
      const result = await run(scope, (more) => void (cost += more));
      return { result, cost };
    } catch (thrown) {
      // An error while the process stops says nothing about the attempt.
      if (signal.aborted || isStoreFault(thrown)) throw thrown;
      return { error: toHeddleError(thrown), cost };
    }
  }

  /**
   * The report with one attempt more. Undefined if the error would stop every further attempt: then the work stops, and the attempt is not
   * settled.
   */
  async counted(id: string, { error, cost }: Outcome<unknown>): Promise<Report | undefined> {
    const { store } = this.work;
    const { report } = await store.get(id);
    const paid = { ...report, cost: report.cost + cost };
    if (error === undefined || !endsWork.has(error.code)) return { ...paid, done: report.done + 1 };
    await store.setReport(id, { ...paid, stopped: { code: error.code, message: error.message } });
    return undefined;
  }

  private async scope({ id, ...stored }: StoredJob<Request, Report>, signal: AbortSignal): Promise<EvaluationScope> {
    const spent = (await this.work.store.get(id)).report.cost;
    return scopeOfWork(this.sources.identity, stored, { budget: stored.request.budget, spent }, signal);
  }

  private requestOf(dataset: string, id: string): JobRequest {
    const { kind } = this.work;
    return {
      kind,
      subject: dataset,
      queue: `${kind}:${dataset}`,
      work: { [kind]: id },
      run: (work) => this.run(id, work),
      // The dataset may have been deleted in the meantime.
      cleanUp: (closing) => undefinedIf(['not_found'], () => this.deliverRest(id, closing)),
    };
  }

  private async run(id: string, { signal, report: show }: JobWork): Promise<unknown> {
    const { store, plan, open, isEmpty } = this.work;
    const stored = await store.get(id);
    if (!stored.isPlanned) await plan(stored, signal);
    const round = await open(stored, signal);
    for (let failures: number | undefined = 0; failures !== undefined;) {
      signal.throwIfAborted();
      const { report } = await store.get(id);
      show({ ...report });
      failures = await round(report, failures);
      await yieldToEventLoop();
    }
    const { report } = await store.get(id);
    if (isEmpty(report) && report.stopped !== undefined) throw fromErrorValue({ ...report.stopped, retryable: false });
    const version = await this.deliver(id, signal);
    return withoutUndefined({ ...report, version });
  }

  /**
   * Rows that were made before a cancellation enter the dataset too. If the process ends first, the next one delivers them without further
   * attempts.
   */
  private async deliverRest(id: string, closing: AbortSignal): Promise<void> {
    const { store } = this.work;
    await store.setReport(id, cancelled((await store.get(id)).report));
    await this.deliver(id, closing);
  }

  private async deliver(id: string, signal: AbortSignal): Promise<number | undefined> {
    const { store, write } = this.work;
    const stored = await store.get(id);
    const rows = await store.rows(id);
    const version =
      rows.length === 0 ? undefined : await untilWritten(() => write(stored, rows), this.sources.clock, signal);
    await store.remove(id);
    return version;
  }
}
