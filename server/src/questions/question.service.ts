import type { QuestionAttempt, QuestionStore, StoredQuestions } from '@heddle/adapters/datasets';
import { yieldToEventLoop } from '@heddle/adapters/event-loop';
import {
  fromErrorValue,
  HeddleError,
  isStoreFault,
  publicLabel,
  toHeddleError,
  withoutUndefined,
  type Audit,
  type AuditActor,
  type DatasetRow,
  type EvaluationScope,
  type JobReply,
  type Principal,
  type QuestionsReport,
  type QuestionsRequest,
} from '@heddle/core';
import { z } from 'zod';
import type { DatasetService } from '../datasets/dataset.service.js';
import type { EvaluatorService } from '../evaluators/evaluator.service.js';
import type { JobRequest, JobService, JobWork } from '../jobs/job.service.js';
import { SeenTexts } from './near-duplicates.js';
import { exampleQuestions } from './question-prompt.js';
import { planQuestions } from './plan-questions.js';
import { checkQuestionRights, endsWork, scopeOfWork, type RightsSources } from './question-rights.js';
import { cancelled, noteFailure, untilWritten } from './settle-attempts.js';
import { questionWriter, writeQuestion, type NewQuestion } from './write-question.js';

interface QuestionDependencies extends Omit<RightsSources, 'evaluators'> {
  readonly store: QuestionStore;
  readonly evaluators: Pick<EvaluatorService, 'open' | 'evaluate' | 'checkModels'>;
  readonly datasets: Pick<DatasetService, 'get' | 'rows' | 'addRows'>;
  readonly jobs: Pick<JobService, 'start'>;
  readonly audit: Audit;
}

const Work = z.object({ questions: z.string() });

/** The maximum number of rows of a dataset whose questions are compared with new ones. */
const mostCompared = 100_000;
/** The number of parallel attempts if the model runs on another machine. */
const atOnce = 4;

/** Errors that mean that the model replied with something other than a question. */
const nonsense: ReadonlySet<string> = new Set(['judge_unreadable', 'schema_mismatch']);

/**
 * Writes questions from passages with a model, as a job that continues after a crash. Each attempt is settled once, together with its row.
 * All rows enter the dataset in one version at the end and wait there for a review.
 */
export class QuestionService {
  constructor(private readonly sources: QuestionDependencies) {}

  /** Starts the job. Errors: `not_found`, `forbidden`, `collection_not_found`, `model_unknown`, `connection_not_found`. */
  async start(dataset: string, request: QuestionsRequest, caller: Principal, by: AuditActor): Promise<JobReply> {
    const { store, datasets, ownership, audit, jobs } = this.sources;
    await datasets.get(dataset);
    const { project = 'default' } = await ownership.resourceOf('dataset', dataset, caller);
    await checkQuestionRights(this.sources, request, { dataset, project, principal: caller });
    const id = await store.create({ dataset, owner: caller.id, project, request, report: emptyReport(request.count) });
    try {
      // A missing model is refused now, before the job.
      await this.destination(await store.get(id), new AbortController().signal);
    } catch (error) {
      await store.remove(id);
      throw error;
    }
    const job = await jobs.start(this.requestOf(dataset, id));
    const { collection, model, count } = request;
    const details = { step: 'questions asked for', collection, model, count, job: job.jobId } as const;
    await audit.write({ kind: 'dataset', ...by, subject: `dataset:${dataset}`, details });
    return job;
  }

  /** Describes how to continue a job that an earlier process left. */
  leftJob(dataset: string, work: unknown): JobRequest {
    return this.requestOf(dataset, Work.parse(work).questions);
  }

  private requestOf(dataset: string, id: string): JobRequest {
    return {
      kind: 'questions',
      subject: dataset,
      queue: `questions:${dataset}`,
      work: { questions: id } satisfies z.infer<typeof Work>,
      run: (work) => this.run(id, work),
      cleanUp: (closing) => this.deliverRest(id, closing).catch(unlessGone),
    };
  }

  private async run(id: string, { signal, report: tell }: JobWork): Promise<QuestionsReport> {
    const { store } = this.sources;
    const stored = await store.get(id);
    if (!stored.isPlanned) await this.plan(stored, signal);
    const seen = await this.seen(stored, signal);
    const asked = new Map<string, string[]>();
    for (const row of await store.rows(id)) remember(asked, stored, row);
    let failures = 0;
    for (;;) {
      signal.throwIfAborted();
      const { report } = await store.get(id);
      tell({ ...report });
      if (report.written >= report.wanted || report.stopped !== undefined) break;
      const attempts = await store.next(id, await this.width(stored, signal));
      if (attempts.length === 0) break;
      const outcomes = await Promise.all(attempts.map((attempt) => this.attempt(stored, attempt, asked, signal)));
      for (const [at, outcome] of outcomes.entries()) {
        const attempt = attempts[at];
        if (attempt === undefined) continue;
        failures = outcome.isFailure ? failures + 1 : 0;
        await this.settle(stored, attempt, outcome, { seen, asked, failures });
      }
      await yieldToEventLoop();
    }
    const { report } = await store.get(id);
    if (report.written === 0 && report.stopped !== undefined) {
      throw fromErrorValue({ ...report.stopped, retryable: false });
    }
    const version = await this.deliver(id, signal);
    return withoutUndefined({ ...report, version });
  }

  private async width({ request, ...scope }: StoredQuestions, signal: AbortSignal): Promise<number> {
    // With a budget, parallel attempts would each count on the whole rest of it.
    if (request.budget !== undefined) return 1;
    return (await this.destination({ request, ...scope }, signal)).isLocal ? 1 : atOnce;
  }

  private async destination(stored: StoredQuestions, signal: AbortSignal) {
    const open = this.sources.evaluators.open(questionWriter, publicLabel, await this.scope(stored, signal));
    try {
      return (await open.context.use('languageModel', stored.request.model)).info.destination;
    } finally {
      await open.close();
    }
  }

  private async scope(stored: StoredQuestions, signal: AbortSignal): Promise<EvaluationScope> {
    const { store, identity } = this.sources;
    const spent = (await store.get(stored.id)).report.cost;
    return scopeOfWork(identity, stored, { budget: stored.request.budget, spent }, signal);
  }

  private async plan(stored: StoredQuestions, signal: AbortSignal): Promise<void> {
    const { store, collectionsOf } = this.sources;
    const { clearance } = await this.destination(stored, signal);
    const { attempts, refused } = await planQuestions(collectionsOf(stored.owner), stored.request, clearance);
    if (attempts.length === 0)
      throw new HeddleError(
        refused > 0 ? 'label_refused' : 'bad_request',
        refused > 0
          ? `All passages are above the clearance of the model (${clearance}): choose a model that may read them.`
          : 'No passage of the collection fits: choose another filter, or questions about one passage.',
      );
    await store.plan(stored.id, attempts, { ...stored.report, planned: attempts.length, refused });
  }

  private async seen({ id, dataset }: StoredQuestions, signal: AbortSignal): Promise<SeenTexts> {
    const seen = new SeenTexts();
    for (const example of exampleQuestions) seen.add(example);
    let count = 0;
    for (let after: number | undefined = 0; after !== undefined && count < mostCompared;) {
      const page = await this.sources.datasets.rows(dataset, { after, limit: 500 });
      for (const { inputs } of page.rows) addTexts(seen, inputs);
      count += page.rows.length;
      after = page.next;
      await yieldToEventLoop();
      signal.throwIfAborted();
    }
    for (const { inputs } of await this.sources.store.rows(id)) addTexts(seen, inputs);
    return seen;
  }

  private async attempt(
    stored: StoredQuestions,
    attempt: QuestionAttempt,
    asked: ReadonlyMap<string, readonly string[]>,
    signal: AbortSignal,
  ): Promise<Outcome> {
    let cost = 0;
    const spend = (more: number): void => void (cost += more);
    try {
      const scope = await this.scope(stored, signal);
      await checkQuestionRights(this.sources, stored.request, {
        dataset: stored.dataset,
        project: stored.project,
        principal: scope.principal,
      });
      const before = asked.get(keyOf(attempt)) ?? [];
      const sources = { evaluators: this.sources.evaluators, collections: this.sources.collectionsOf(stored.owner) };
      const written = await writeQuestion(stored, attempt, before, scope, sources, spend);
      return { written, isFailure: false, cost };
    } catch (thrown) {
      // An error while the process stops says nothing about the passage.
      if (signal.aborted || isStoreFault(thrown)) throw thrown;
      const error = toHeddleError(thrown);
      return { error, isFailure: !nonsense.has(error.code), cost };
    }
  }

  private async settle(
    stored: StoredQuestions,
    attempt: QuestionAttempt,
    { written, error, cost }: Outcome,
    { seen, asked, failures }: Known,
  ): Promise<void> {
    const { store } = this.sources;
    const before = (await store.get(stored.id)).report;
    const report = { ...before, cost: before.cost + cost };
    if (error !== undefined && endsWork.has(error.code)) {
      // The model was not called, so the attempt is not settled.
      await store.setReport(stored.id, { ...report, stopped: { code: error.code, message: error.message } });
      return;
    }
    report.done += 1;
    if (written === undefined) {
      const { code = 'internal', message = '' } = error ?? {};
      const problem = {
        document: attempt.passages[0]?.document ?? '',
        ...sentenceOf(code, message, stored.request.model),
      };
      if (nonsense.has(code)) report.unreadable += 1;
      else if (code === 'label_refused') report.refused += 1;
      else report.failed += 1;
      noteFailure(report, problem, { code, message }, failures);
      await store.settle(stored.id, attempt.number, undefined, report);
      return;
    }
    const isDuplicate = seen.has(written.question);
    const isTooMany = report.written >= report.wanted;
    if (isDuplicate) report.duplicates += 1;
    else if (!isTooMany) {
      report.written += 1;
      if (written.flags.length > 0) report.flagged += 1;
      seen.add(written.question);
      remember(asked, stored, written.row, keyOf(attempt));
    }
    await store.settle(stored.id, attempt.number, isDuplicate || isTooMany ? undefined : written.row, report);
  }

  /**
   * Rows that were written before a cancellation enter the dataset too. If the process ends first, the next one delivers them without
   * asking for more questions.
   */
  private async deliverRest(id: string, closing: AbortSignal): Promise<void> {
    const { store } = this.sources;
    await store.setReport(id, cancelled((await store.get(id)).report));
    await this.deliver(id, closing);
  }

  /** Adds the rows to the dataset in one version. Calling it again changes nothing, because the rows have the same ids. */
  private async deliver(id: string, signal: AbortSignal): Promise<number | undefined> {
    const { store, datasets, clock } = this.sources;
    const { dataset, owner, request } = await store.get(id);
    const rows = await store.rows(id);
    const note = `Questions from ${request.collection}`.slice(0, 500);
    const write = async (): Promise<number> =>
      (await datasets.addRows(dataset, asynchronous(rows), note, { who: owner })).version;
    const version = rows.length === 0 ? undefined : await untilWritten(write, clock, signal);
    await store.remove(id);
    return version;
  }
}

interface Outcome {
  readonly written?: NewQuestion;
  readonly error?: HeddleError;
  readonly isFailure: boolean;
  readonly cost: number;
}

interface Known {
  readonly seen: SeenTexts;
  readonly asked: Map<string, string[]>;
  readonly failures: number;
}

const emptyReport = (wanted: number): QuestionsReport => ({
  wanted,
  done: 0,
  planned: 0,
  written: 0,
  flagged: 0,
  duplicates: 0,
  unreadable: 0,
  refused: 0,
  failed: 0,
  cost: 0,
  problems: [],
});

const keyOf = ({ passages }: Pick<QuestionAttempt, 'passages'>): string => passages.map(({ id }) => id).join(' ');

/** Remembers the questions about a passage, so that the next prompt can list them. */
function remember(asked: Map<string, string[]>, { request }: StoredQuestions, row: DatasetRow, known?: string): void {
  const generated = row.metadata?.['generated'] as { readonly passages?: readonly string[] } | undefined; // rows of this service only
  const key = known ?? (generated?.passages ?? []).join(' ');
  const question = row.inputs[request.input];
  if (typeof question === 'string') asked.set(key, [...(asked.get(key) ?? []), question]);
}

function addTexts(seen: SeenTexts, inputs: Readonly<Record<string, unknown>>): void {
  for (const value of Object.values(inputs)) if (typeof value === 'string') seen.add(value.slice(0, 2_000));
}

function sentenceOf(code: string, message: string, model: string): { readonly code: string; readonly message: string } {
  if (code !== 'judge_unreadable') return { code, message: message.slice(0, 500) };
  const why = /\((.*)\)/s.exec(message)?.[1] ?? '';
  return { code, message: `'${model}' gave no question that can be read (${why.slice(0, 300)})` };
}

/** The dataset may have been deleted in the meantime, or may contain the rows already. */
function unlessGone(error: unknown): void {
  if (!(error instanceof HeddleError && error.code === 'not_found')) throw error;
}

async function* asynchronous(rows: readonly DatasetRow[]): AsyncGenerator<DatasetRow> {
  yield* await Promise.resolve(rows);
}
