import type { QuestionAttempt, QuestionStore, StoredQuestions } from '@heddle/adapters/datasets';
import { yieldToEventLoop } from '@heddle/adapters/event-loop';
import {
  HeddleError,
  type Audit,
  type AuditActor,
  type DatasetRow,
  type JobReply,
  type Principal,
  type QuestionsReport,
  type QuestionsRequest,
} from '@heddle/core';
import type { DatasetService } from '../datasets/dataset.service.js';
import type { EvaluatorService } from '../evaluators/evaluator.service.js';
import type { JobRequest } from '../jobs/job.service.js';
import { AttemptJobs, type AttemptSources, type Outcome, type Round } from './attempt-jobs.js';
import { nonsense } from './check-answer.js';
import { SeenTexts } from './near-duplicates.js';
import { exampleQuestions } from './question-prompt.js';
import { planQuestions } from './plan-questions.js';
import { noteFailure } from './settle-attempts.js';
import { writeQuestion, type NewQuestion } from './write-question.js';

interface QuestionDependencies extends AttemptSources {
  readonly store: QuestionStore;
  readonly evaluators: Pick<EvaluatorService, 'open' | 'evaluate' | 'checkModels'>;
  readonly datasets: Pick<DatasetService, 'get' | 'rows' | 'addRows'>;
  readonly audit: Audit;
}

/** The maximum number of rows of a dataset whose questions are compared with new ones. */
const mostCompared = 100_000;
/** The number of parallel attempts if the model runs on another machine. */
const atOnce = 4;

/** Writes questions from passages with a model. All rows enter the dataset in one version at the end and wait there for a review. */
export class QuestionService {
  private readonly jobs: AttemptJobs<QuestionsRequest, QuestionsReport>;

  constructor(private readonly sources: QuestionDependencies) {
    this.jobs = new AttemptJobs<QuestionsRequest, QuestionsReport>(sources, {
      kind: 'questions',
      store: sources.store,
      plan: (stored, signal) => this.plan(stored, signal),
      open: (stored, signal) => this.open(stored, signal),
      isEmpty: ({ written }) => written === 0,
      write: async ({ dataset, owner, request }, rows) => {
        const note = `Questions from ${request.collection}`.slice(0, 500);
        // The rows keep their ids, so writing them again changes nothing.
        return (await sources.datasets.addRows(dataset, asynchronous(rows), note, { who: owner })).version;
      },
    });
  }

  /** Starts the job. Errors: `not_found`, `forbidden`, `collection_not_found`, `model_unknown`, `connection_not_found`. */
  async start(dataset: string, request: QuestionsRequest, caller: Principal, by: AuditActor): Promise<JobReply> {
    const { collection, model, count } = request;
    const job = await this.jobs.start(dataset, { request, report: emptyReport(count) }, caller);
    const details = { step: 'questions asked for', collection, model, count, job: job.jobId } as const;
    await this.sources.audit.write({ kind: 'dataset', ...by, subject: `dataset:${dataset}`, details });
    return job;
  }

  /** Describes how to continue a job that an earlier process left. */
  leftJob(dataset: string, work: unknown): JobRequest {
    return this.jobs.leftJob(dataset, work);
  }

  private async open(stored: StoredQuestions, signal: AbortSignal): Promise<Round<QuestionsReport>> {
    const { store } = this.sources;
    const seen = await this.seen(stored, signal);
    const asked = new Map<string, string[]>();
    for (const row of await store.rows(stored.id)) remember(asked, stored, row);
    return async (report, before) => {
      if (report.written >= report.wanted || report.stopped !== undefined) return undefined;
      const attempts = await store.next(stored.id, await this.width(stored, signal));
      if (attempts.length === 0) return undefined;
      const outcomes = await Promise.all(attempts.map((attempt) => this.attempt(stored, attempt, asked, signal)));
      let failures = before;
      for (const [at, outcome] of outcomes.entries()) {
        const attempt = attempts[at];
        if (attempt === undefined) continue;
        failures = outcome.error === undefined || nonsense.includes(outcome.error.code) ? 0 : failures + 1;
        await this.settle(stored, attempt, outcome, { seen, asked, failures });
      }
      return failures;
    };
  }

  private async width(stored: StoredQuestions, signal: AbortSignal): Promise<number> {
    const { budget, model } = stored.request;
    // With a budget, parallel attempts would each count on the whole rest of it.
    if (budget !== undefined) return 1;
    return (await this.jobs.destination(stored, model, signal)).isLocal ? 1 : atOnce;
  }

  private async plan(stored: StoredQuestions, signal: AbortSignal): Promise<void> {
    const { store, collectionsOf } = this.sources;
    const { clearance } = await this.jobs.destination(stored, stored.request.model, signal);
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

  private attempt(
    stored: StoredQuestions,
    attempt: QuestionAttempt,
    asked: ReadonlyMap<string, readonly string[]>,
    signal: AbortSignal,
  ): Promise<Outcome<NewQuestion>> {
    const { evaluators, collectionsOf } = this.sources;
    return this.jobs.attempt(stored, signal, (scope, spend) => {
      const before = asked.get(keyOf(attempt)) ?? [];
      const sources = { evaluators, collections: collectionsOf(stored.owner) };
      return writeQuestion(stored, attempt, before, scope, sources, spend);
    });
  }

  private async settle(
    stored: StoredQuestions,
    attempt: QuestionAttempt,
    outcome: Outcome<NewQuestion>,
    { seen, asked, failures }: Known,
  ): Promise<void> {
    const { store } = this.sources;
    const report = await this.jobs.counted(stored.id, outcome);
    if (report === undefined) return;
    const { result: written, error } = outcome;
    if (written === undefined) {
      const { code = 'internal', message = '' } = error ?? {};
      const problem = {
        document: attempt.passages[0]?.document ?? '',
        ...sentenceOf(code, message, stored.request.model),
      };
      if (nonsense.includes(code)) report.unreadable += 1;
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

async function* asynchronous(rows: readonly DatasetRow[]): AsyncGenerator<DatasetRow> {
  yield* await Promise.resolve(rows);
}
