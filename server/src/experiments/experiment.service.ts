import { newId } from '@heddle/adapters/channels';
import { inSlices, yieldToEventLoop } from '@heddle/adapters/event-loop';
import { experimentScope, type ModelResultStore, type StoredExperiment } from '@heddle/adapters/experiments';
import {
  ComparisonTable,
  HeddleError,
  personRubric,
  type AgainExperimentRequest,
  type AuditActor,
  type CellCounts,
  type Evaluation,
  type ExperimentInfo,
  type ExperimentPreview,
  type ExperimentReply,
  type ExperimentRequest,
  type ExperimentResult,
  type ExperimentRowReply,
  type ExperimentRowsReply,
  type GuardedWrite,
  type Leases,
  type Plan,
  type Principal,
} from '@heddle/core';
import type { CalibrationService } from '../evaluators/calibration.service.js';
import type { JobService } from '../jobs/job.service.js';
import { OwnJobs } from '../jobs/own-jobs.js';
import { abandonedBefore } from '../jobs/recover-work.js';
import { ignoreEnded } from '../runs/state/ignore-ended.js';
import { exportLines } from './export-experiment.js';
import { rowOf, rowsOf, scoresOf, tableOf, type RowsQuery } from './experiment-results.js';
import { measuredModels, strictest } from './measured-models.js';
import { runExperiment, type ExperimentRunnerDependencies } from './experiment-runner.js';
import { planExperiment, previewOf, type PlanSources } from './plan-experiment.js';

type ResultTable = Omit<ExperimentResult, 'calibrations'>;

export interface ExperimentDependencies extends ExperimentRunnerDependencies, PlanSources {
  readonly clock: ExperimentRunnerDependencies['clock'];
  readonly compile: PlanSources['compile'] & ExperimentRunnerDependencies['compile'];
  readonly runs: ExperimentRunnerDependencies['runs'];
  readonly jobs: JobService;
  readonly calibrations: Pick<CalibrationService, 'byMetric'>;
  readonly modelResults: ModelResultStore;
  readonly leases: Pick<Leases, 'isAlone'>;
}

const shownExperiments = 100;
const gaveUp = { code: 'experiment_cancelled', message: 'The experiment was cancelled before this row ran.' };
const withExperiment = 'its experiment was cancelled';

/** The key under which only one job of an experiment exists in all processes. */
const keyOf = (id: string): string => `experiment:${id}`;

/** Repeats a change until it affects no rows; other work runs in between. */
async function whileAny(change: () => Promise<number>): Promise<void> {
  while ((await change()) > 0) await yieldToEventLoop();
}

/**
 * Compares variants of workflows on the rows of a dataset. An experiment continues after a pause, a crash or a restart; no row runs twice.
 */
export class ExperimentService {
  private readonly ownJobs: OwnJobs;
  private readonly computing = new Map<string, Promise<ResultTable>>();

  constructor(private readonly dependencies: ExperimentDependencies) {
    this.ownJobs = new OwnJobs(dependencies.jobs, keyOf);
  }

  /** The newest experiments that the caller may see. Hidden ones do not use up the limit of the list. */
  async list(shows: (id: string) => boolean): Promise<readonly ExperimentInfo[]> {
    const { store } = this.dependencies;
    const ids = (await store.ids()).filter((id) => shows(id));
    const shown: ExperimentInfo[] = [];
    for (const id of ids.slice(0, shownExperiments)) shown.push(await this.shown(await store.get(id)));
    return shown;
  }

  /** What `create` would run, without starting it. Errors: as `planExperiment`. */
  async preview(request: ExperimentRequest, caller: Principal, project: string): Promise<ExperimentPreview> {
    return previewOf(this.dependencies, await planExperiment(this.dependencies, request, caller, project));
  }

  /** Creates and starts an experiment. `id` is for callers that need the id in advance. Errors: as `planExperiment`. */
  async create(
    request: ExperimentRequest,
    caller: Principal,
    project: string,
    by: AuditActor,
    id = newId('x'),
  ): Promise<ExperimentReply> {
    const { store, clock, ownership } = this.dependencies;
    await ownership.newIn('experiment', project);
    const { body, bundles, rows } = await planExperiment(this.dependencies, request, caller, project);
    const { budget } = request;
    await store.insert({ id, owner: caller.id, project, body, budget, createdAt: clock.now() }, bundles);
    try {
      // The experiment becomes visible only after all of its rows are stored.
      let before = 0;
      for await (const page of rows()) {
        for (let from = 0; from < page.length; from += 250) {
          const part = page.slice(from, from + 250);
          await store.addRows(id, part, { before, variants: body.variants.length, repeats: body.repeats });
          before += part.length;
          await yieldToEventLoop();
        }
      }
      await this.write(id, 'begun', by, [
        ...ownership.write.assign('experiment', id, project),
        store.write.setState(id, { from: 'unfinished', to: 'going' }),
      ]);
    } catch (error) {
      await whileAny(() => store.remove(id));
      throw error;
    }
    await this.work(await store.get(id));
    return this.get(id);
  }

  /** Errors: `not_found`, as have all methods below. */
  async get(id: string): Promise<ExperimentReply> {
    const experiment = await this.dependencies.store.get(id);
    const { evaluators, metrics } = experiment.body;
    return { ...(await this.shown(experiment)), evaluators, metrics };
  }

  /** Starts no more runs; running ones finish. Errors: `conflict`. */
  async pause(id: string, by: AuditActor): Promise<ExperimentReply> {
    const { store } = this.dependencies;
    await this.checkStatus(id, 'running', 'only one that runs can be paused');
    await this.write(id, 'paused', by, [store.write.setState(id, { from: 'going', to: 'paused' })]);
    await this.ownJobs.end(id);
    return this.get(id);
  }

  /** Continues a paused experiment. `budget` limits the total cost, including the cost so far. Errors: `conflict`. */
  async resume(id: string, by: AuditActor, budget?: number): Promise<ExperimentReply> {
    await this.checkStatus(id, 'paused', 'only one that is paused can go on');
    return this.continueExperiment(id, 'resumed', by, budget);
  }

  /** Starts no more runs, and cancels running ones. Errors: `conflict`. */
  async cancel(id: string, caller: Principal, by: AuditActor): Promise<ExperimentReply> {
    const { store } = this.dependencies;
    const experiment = await store.get(id);
    const { status } = await this.infoOf(experiment);
    if (status === 'done' || status === 'cancelled')
      throw new HeddleError('conflict', `The experiment is ${status}: there is nothing to cancel.`);
    await this.write(id, 'cancelled', by, [store.write.setState(id, { from: experiment.state, to: 'cancelled' })]);
    await this.ownJobs.end(id);
    await this.cancelCells(id, caller.id);
    return this.get(id);
  }

  /** Runs failed and cancelled rows again, or the chosen rows. `budget` is as in `resume`. Errors: `conflict` if there are no such rows. */
  async again(id: string, { rows, budget }: AgainExperimentRequest, by: AuditActor): Promise<ExperimentReply> {
    const { store } = this.dependencies;
    await store.get(id);
    const { failed, cancelled } = await store.counts(id);
    if (rows === undefined && failed + cancelled === 0)
      throw new HeddleError(
        'conflict',
        'No run of the experiment failed or was cancelled: name the rows to run again.',
      );
    return this.continueExperiment(id, 'repeated', by, budget, async () => {
      if (rows === undefined) await whileAny(() => store.runAgain(id));
      else if ((await store.runRowsAgain(id, rows)) === 0)
        throw new HeddleError('conflict', 'None of these rows has ended: wait, or name other rows.');
    });
  }

  /** Removes the experiment; its runs stay. Errors: `conflict` while it runs. */
  async remove(id: string, by: AuditActor): Promise<void> {
    const { store } = this.dependencies;
    const { status, cells } = await this.infoOf(await store.get(id));
    if (status === 'running' || cells.running > 0)
      throw new HeddleError('conflict', 'The experiment runs: cancel it first, and wait for its runs.');
    await this.write(id, 'removed', by, store.write.hide(id));
    await whileAny(() => store.remove(id));
  }

  /** The table, and how far the judges agree with people. */
  async result(id: string): Promise<ExperimentResult> {
    const { store, calibrations } = this.dependencies;
    const { project, body } = await store.get(id);
    return { ...(await this.table(id)), calibrations: await calibrations.byMetric(project, body.evaluators) };
  }

  /** Computes the table, or reads the one that was stored at the end of the experiment. */
  private async table(id: string): Promise<ResultTable> {
    const { store } = this.dependencies;
    const experiment = await store.get(id);
    const cells = await store.counts(id);
    const isFinal = cells.waiting + cells.running === 0;
    const stored = isFinal ? await store.result(id) : undefined;
    if (stored !== undefined) return { isFinal, cells, table: ComparisonTable.parse(JSON.parse(stored)) };
    const known = this.computing.get(id);
    if (known !== undefined) return known;
    const computing = this.compute(experiment, cells, isFinal).finally(() => this.computing.delete(id));
    this.computing.set(id, computing);
    return computing;
  }

  async rows(id: string, query: RowsQuery): Promise<ExperimentRowsReply> {
    const { store } = this.dependencies;
    return rowsOf(store, await store.get(id), query);
  }

  /** A row with its values and answers, except for values that were removed with their runs. */
  async row(id: string, number: number): Promise<ExperimentRowReply> {
    const { store } = this.dependencies;
    const experiment = await store.get(id);
    const [found] = await store.rows(id, number - 1, 1);
    if (found?.number !== number)
      throw new HeddleError('not_found', `The experiment '${id}' has no row ${number}.`, { details: { row: number } });
    const cells = await store.cellsOfRow(id, number);
    const answers: ExperimentRowReply['answers'] = [];
    for (const { variant, repeat, run, evaluations } of cells) {
      const outputs = run === undefined ? {} : await this.outputsOf(run);
      const said: Evaluation[] = [...evaluations];
      answers.push({ variant: experiment.body.variants[variant - 1]?.id ?? '', repeat, outputs, evaluations: said });
    }
    const { inputs, expected } = found.row;
    return { ...rowOf(experiment, found, cells), inputs, expected, answers };
  }

  /** Exports the scores of all runs; this is an audit event. */
  async export(id: string, format: 'csv' | 'jsonl', by: AuditActor): Promise<AsyncGenerator<string, void, void>> {
    const { store, audit } = this.dependencies;
    const experiment = await store.get(id);
    await audit.write({ kind: 'export', ...by, subject: `experiment:${id}`, details: { format } });
    return exportLines(store, experiment, format);
  }

  /** Stores new annotations of runs as scores, if their experiment has people as evaluators. */
  async storeAnnotations(runs: readonly string[]): Promise<void> {
    const { store } = this.dependencies;
    for (const run of runs) {
      const id = await store.ofRun(run);
      if (id !== undefined) await this.setPersonScores(id, new Set([run]));
    }
  }

  /** Continues the experiments that no process works on. */
  async recoverAbandoned(): Promise<void> {
    const { store, jobs, leases, clock } = this.dependencies;
    for (const id of await store.unfinished(abandonedBefore(leases.isAlone, clock.now())))
      await whileAny(() => store.remove(id));
    for (const id of await store.halfCancelled()) await this.cancelCells(id, 'heddle');
    const open = await jobs.openKeys(keyOf(''));
    for (const experiment of await store.going()) if (!open.has(keyOf(experiment.id))) await this.work(experiment);
  }

  stop(): Promise<void> {
    return this.ownJobs.stop();
  }

  /** Sets the scores of evaluators that are people, for the given runs or for all. */
  private async setPersonScores(id: string, runs?: ReadonlySet<string>): Promise<void> {
    const { store, people } = this.dependencies;
    const { project, body } = await store.get(id);
    for (const setup of body.evaluators.filter(({ kind }) => kind === 'person')) {
      const metric = setup.name ?? setup.kind;
      const said = await people.scoresOf(project, personRubric(setup));
      for (const run of runs ?? said.keys())
        if ((await store.ofRun(run)) === id) await store.judgeAgain(run, judgedByPeople(metric, said.get(run)));
    }
    // A table that is being computed may have been read before this change.
    await this.computing.get(id)?.catch(() => undefined);
    if (body.evaluators.some(({ kind }) => kind === 'person')) await store.forgetResult(id);
  }

  private async compute(experiment: StoredExperiment, cells: CellCounts, isFinal: boolean): Promise<ResultTable> {
    const { store } = this.dependencies;
    const table = await tableOf(store, experiment, isFinal);
    // Meanwhile rows may have been started again.
    const now = await store.counts(experiment.id);
    if (isFinal && now.waiting + now.running === 0) {
      // The results of models are stored first. If the process dies before the table is stored, both are computed again.
      await this.measureModels(experiment);
      await store.setResult(experiment, JSON.stringify(table));
    }
    return { isFinal, cells, table };
  }

  /** Stores the results of the models of the variants. */
  private async measureModels(experiment: StoredExperiment): Promise<void> {
    const { store, modelResults, compile, clock } = this.dependencies;
    const { id, body } = experiment;
    const plans = new Map<string, Plan>();
    for (const { hash } of body.variants) plans.set(hash, await compile.planOf(await store.bundle(id, hash)));
    const planOf = (hash: string): Plan => {
      const plan = plans.get(hash);
      if (plan === undefined) throw new HeddleError('not_found', `The experiment '${id}' has no workflow '${hash}'.`);
      return plan;
    };
    const scored = { ...(await scoresOf(store, experiment)), label: await strictest(store, id) };
    await modelResults.replace(id, await inSlices(measuredModels(experiment, scored, planOf, clock.now())));
  }

  private async outputsOf(runId: string): Promise<Record<string, unknown>> {
    const { journal } = this.dependencies;
    try {
      const { lastSeq } = await journal.summary(runId);
      const events = await journal.events(runId, { after: lastSeq - 1 });
      const end = events.find((event) => event.type === 'run-end');
      return Object.fromEntries(Object.entries(end?.outputs ?? {}).map(([name, { value }]) => [name, value]));
    } catch (error) {
      if (error instanceof HeddleError && error.code === 'run_not_found') return {};
      throw error;
    }
  }

  private async continueExperiment(
    id: string,
    step: string,
    by: AuditActor,
    budget: number | undefined,
    before: () => Promise<void> = () => Promise.resolve(),
  ): Promise<ExperimentReply> {
    const { store } = this.dependencies;
    const { state, spent, budget: former } = await store.money(id);
    const most = budget ?? former;
    if (most !== undefined && spent >= most)
      throw new HeddleError('conflict', `It has used its budget of $${most}: raise the budget.`, {
        details: { budget: most, cost: spent },
      });
    // The change must not be missed by a job that is about to end. The next job takes over its runs.
    await this.ownJobs.end(id);
    try {
      await before();
    } catch (error) {
      // The job that was stopped had runs, which must continue.
      const experiment = await store.get(id);
      if (experiment.state === 'going') await this.work(experiment);
      throw error;
    }
    await this.write(id, step, by, [store.write.setState(id, { from: state, to: 'going', budget })]);
    await this.work(await store.get(id));
    return this.get(id);
  }

  /** Ends waiting cells as cancelled, and cancels running ones. */
  private async cancelCells(id: string, who: string): Promise<void> {
    const { store, runs } = this.dependencies;
    await whileAny(() => store.giveUpWaiting(id, gaveUp));
    const running = await store.running(id);
    for (const { run } of running)
      if (run !== undefined) await runs.cancel(run, who, withExperiment).catch(ignoreEnded);
    const ends = running.map(({ number, repeat, variant, attempt }) => ({
      number,
      repeat,
      variant,
      attempt,
      state: 'cancelled' as const,
      error: gaveUp,
      figures: {},
      evaluations: [],
    }));
    await store.end(id, ends);
  }

  private async checkStatus(id: string, wanted: ExperimentInfo['status'], rule: string): Promise<void> {
    const { status } = await this.infoOf(await this.dependencies.store.get(id));
    if (status !== wanted) throw new HeddleError('conflict', `The experiment is ${status}: ${rule}.`);
  }

  private async work(experiment: StoredExperiment): Promise<void> {
    const { id } = experiment;
    await this.ownJobs.start(id, {
      kind: 'experiment',
      subject: id,
      run: async ({ signal, report }) => {
        const counts = await runExperiment(experiment, this.dependencies, { signal, report });
        // Adds annotations from before the end of the run was stored.
        await this.setPersonScores(id);
        // Computing the table of many rows takes seconds, so it is done before a person opens it.
        await this.table(id);
        return counts;
      },
    });
  }

  private async infoOf(experiment: StoredExperiment): Promise<ExperimentInfo> {
    const { id, owner, createdAt, state, why, body, budget, spent, saved } = experiment;
    const cells = await this.dependencies.store.counts(id);
    const hasEnded = cells.waiting + cells.running === 0;
    const status = state === 'cancelled' ? 'cancelled' : hasEnded ? 'done' : state === 'paused' ? 'paused' : 'running';
    const { name, dataset, rows, repeats, concurrency, variants, reuse = false, cacheModelCalls = false } = body;
    const { providerBatch } = body;
    return {
      id,
      name,
      owner,
      createdAt,
      status,
      dataset,
      rows,
      repeats,
      concurrency,
      variants,
      cells,
      budget,
      cost: spent,
      saved,
      reuse,
      cacheModelCalls,
      ...(status === 'paused' && why !== undefined ? { reason: why.message, code: why.code } : {}),
      ...(providerBatch === undefined || providerBatch === 'off' ? {} : { providerBatch }),
      jobId: await this.ownJobs.jobOf(id),
    };
  }

  /** Adds the number of runs that wait at providers. */
  private async shown(experiment: StoredExperiment): Promise<ExperimentInfo> {
    const info = await this.infoOf(experiment);
    if (info.providerBatch === undefined) return info;
    return { ...info, atProvider: await this.dependencies.waits.waitingOf(experimentScope(info.id)) };
  }

  private async write(id: string, step: string, by: AuditActor, writes: readonly GuardedWrite[]): Promise<void> {
    const details = { step: `experiment ${step}` as const };
    await this.dependencies.audit.commit({ kind: 'experiment', ...by, subject: `experiment:${id}`, details }, writes);
  }
}

/** Converts the annotations of an answer to an evaluation. */
function judgedByPeople(
  metric: string,
  said: { readonly mean: number; readonly people: number } | undefined,
): Evaluation {
  const free = { metric, cost: 0, tokens: 0, ms: 0 };
  if (said === undefined) {
    const message = 'A person has to judge it.';
    return { ...free, explanation: message, error: { code: 'waits_for_person', message } };
  }
  const { mean, people } = said;
  return { ...free, value: mean, explanation: people === 1 ? 'A person judged it.' : `The mean of ${people} people.` };
}
