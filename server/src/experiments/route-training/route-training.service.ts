import { newId } from '@heddle/adapters/channels';
import type { ExperimentStore, StoredExperiment } from '@heddle/adapters/experiments';
import type { IdentityStores } from '@heddle/adapters/identity';
import type { RouteTrainingStore } from '@heddle/adapters/routing';
import {
  hasAnswer,
  HeddleError,
  joinLabels,
  labelOf,
  lossByMetric,
  lossByVerdict,
  toHeddleError,
  withoutUndefined,
  type Audit,
  type AuditActor,
  type Clock,
  type EvaluationScope,
  type GuardedWrite,
  type Journal,
  type Leases,
  type Principal,
  type RouteTraining,
  type RouteTrainingRequest,
} from '@heddle/core';
import { principalById } from '../../auth/rights/principals.js';
import type { Log } from '../../common/log.js';
import { pause } from '../../common/pause.js';
import type { EvaluatorService } from '../../evaluators/evaluator.service.js';
import { subjectOfRun } from '../../evaluators/subject-of-run.js';
import { learnRoute, type ComparedPair } from './learn-route.js';
import { planRouteTraining, type RouteTrainingPlan } from './plan-route-training.js';
import { readRows, type PairedRow } from './read-rows.js';

interface RouteTrainingDependencies {
  readonly trainings: RouteTrainingStore;
  readonly store: ExperimentStore;
  readonly journal: Journal;
  readonly evaluators: Pick<EvaluatorService, 'check' | 'evaluate' | 'embed'>;
  readonly identity: IdentityStores;
  readonly audit: Pick<Audit, 'commit'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly leases: Pick<Leases, 'isAlone'>;
}

const checkEveryMs = 1_000;
/** How many rows are compared by judges at once. */
const atOnce = 4;

/**
 * Learns from experiments which requests a cheap model answers well enough. A training continues after a restart; each verdict of a judge
 * is stored and paid for only once. If several processes share the database, the one that holds the lease does all trainings.
 */
export class RouteTrainingService {
  private readonly working = new Map<
    string,
    { readonly experiment: string; readonly stop: AbortController; readonly end: Promise<void> }
  >();
  private checking: Promise<void> = Promise.resolve();
  private isStopping = false;
  private isStarted = false;

  constructor(private readonly dependencies: RouteTrainingDependencies) {}

  /** Newest first. Errors: `not_found`, as have all methods below. */
  async list(experiment: string): Promise<readonly RouteTraining[]> {
    await this.dependencies.store.get(experiment);
    return this.dependencies.trainings.of(experiment);
  }

  get(experiment: string, id: string): Promise<RouteTraining> {
    return this.dependencies.trainings.get(experiment, id);
  }

  /** Errors: `experiment_invalid`, `evaluator_invalid`, and those of models that the caller may not use. */
  async create(
    experiment: string,
    request: RouteTrainingRequest,
    caller: Principal,
    by: AuditActor,
  ): Promise<RouteTraining> {
    const { store, trainings, evaluators, clock } = this.dependencies;
    const stored = await store.get(experiment);
    const plan = planRouteTraining(request, stored);
    if ('judge' in plan.by) await evaluators.check([plan.by.judge], { project: stored.project, principal: caller });
    const id = newId('t');
    const begun = { id, experiment, owner: caller.id, request, createdAt: clock.now() };
    await this.write(experiment, id, 'begun', by, trainings.write.insert(begun));
    const training = await this.get(experiment, id);
    this.begin(training);
    return training;
  }

  /** Errors: `conflict` if the training has ended. */
  async cancel(experiment: string, id: string, by: AuditActor): Promise<RouteTraining> {
    const { trainings } = this.dependencies;
    const { status, endedAt } = await this.get(experiment, id);
    if (endedAt !== undefined)
      throw new HeddleError('conflict', `The training is ${status}: there is nothing to cancel.`);
    const error = { code: 'experiment_cancelled', message: 'The training was cancelled.' };
    await this.write(experiment, id, 'cancelled', by, []);
    await trainings.end(id, { status: 'cancelled', error });
    await this.leave(id);
    return this.get(experiment, id);
  }

  /** Removes a training. A policy that was stored from it stays. */
  async remove(experiment: string, id: string, by: AuditActor): Promise<void> {
    const { trainings } = this.dependencies;
    await this.get(experiment, id);
    await this.leave(id);
    await this.write(experiment, id, 'removed', by, trainings.write.remove(id));
  }

  /** Continues the trainings that an earlier process left. */
  start(): void {
    [this.isStarted, this.isStopping] = [true, false];
    this.check();
  }

  /** Continues trainings that began in other processes, and stops those that ended there. */
  check(): void {
    this.checking = this.readOpen().catch((err: unknown) =>
      this.dependencies.log.warn({ err }, 'trainings of routes could not be checked; trying again'),
    );
  }

  async stop(): Promise<void> {
    [this.isStarted, this.isStopping] = [false, true];
    await this.checking;
    await Promise.all([...this.working.keys()].map((id) => this.leave(id)));
  }

  private begin(training: RouteTraining): void {
    if (this.isStopping || this.working.has(training.id)) return;
    // The process that holds the lease will find it.
    if (!this.dependencies.leases.isAlone && !this.isStarted) return;
    const stop = new AbortController();
    const end = this.train(training, stop.signal)
      .catch((error: unknown) => this.fail(training, error, stop.signal))
      .finally(() => this.working.delete(training.id));
    this.working.set(training.id, { experiment: training.experiment, stop, end });
  }

  private async readOpen(): Promise<void> {
    const open = await this.dependencies.trainings.open();
    for (const training of open) this.begin(training);
    const ids = new Set(open.map(({ id }) => id));
    // A training that began here during the read is not in `open`, so each is checked before it is stopped.
    for (const [id, { experiment }] of this.working)
      if (!ids.has(id) && (await this.hasEnded(experiment, id))) await this.leave(id);
  }

  private async hasEnded(experiment: string, id: string): Promise<boolean> {
    const found = (await this.dependencies.trainings.of(experiment)).find((training) => training.id === id);
    return found === undefined || found.endedAt !== undefined;
  }

  private async leave(id: string): Promise<void> {
    const work = this.working.get(id);
    work?.stop.abort();
    await work?.end;
  }

  /** Records a failure, unless a stop interrupted the training; the next start then continues it. */
  private async fail({ id, experiment }: RouteTraining, thrown: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { trainings, log } = this.dependencies;
    const { code, message } = toHeddleError(thrown, 'evaluation_failed');
    log.warn({ err: thrown, experiment, training: id }, 'a route could not be learned');
    try {
      await trainings.end(id, { status: 'failed', error: { code, message } });
    } catch (error) {
      log.error({ err: error, training: id }, 'the end of a training could not be stored; the next start continues it');
    }
  }

  private async train(training: RouteTraining, signal: AbortSignal): Promise<void> {
    const { store, trainings, evaluators, clock } = this.dependencies;
    const { id, experiment, request } = training;
    const plan = planRouteTraining(request, await store.get(experiment));
    await this.untilEnded(experiment, signal);
    const stored = await store.get(experiment);
    const rows = await readRows(store, stored, plan, request.input);
    const pairs = await this.compare(training, stored, plan, rows, signal);
    if (signal.aborted) return;
    await trainings.setStatus(id, 'learning', rows.length);
    const texts = pairs.map(({ row }) => ({ text: row.text, label: labelOf(row.label) }));
    const vectors = await evaluators.embed(texts, request.embedding, await this.scopeOf(training, stored, signal));
    const skipped = rows.length - pairs.length;
    const result = await learnRoute(training, plan, pairs, vectors, { skipped, now: clock.now() });
    if (!signal.aborted) await trainings.end(id, { status: 'done', result });
  }

  /** Waits until the experiment has ended. Errors: `experiment_cancelled`. */
  private async untilEnded(experiment: string, signal: AbortSignal): Promise<void> {
    const { store, clock } = this.dependencies;
    for (;;) {
      const { state } = await store.get(experiment);
      const { waiting, running } = await store.counts(experiment);
      if (waiting + running === 0) return;
      if (state === 'cancelled')
        throw new HeddleError('experiment_cancelled', 'The experiment was cancelled before its rows had run.');
      await pause(clock, checkEveryMs, signal);
      signal.throwIfAborted();
    }
  }

  /** The rows whose answers can be compared, with the loss of the cheap answer. */
  private async compare(
    training: RouteTraining,
    stored: StoredExperiment,
    plan: RouteTrainingPlan,
    rows: readonly PairedRow[],
    signal: AbortSignal,
  ): Promise<readonly ComparedPair[]> {
    const { by } = plan;
    if ('judge' in by) {
      const losses = await this.judge(training, stored, by.judge, rows, signal);
      return rows.flatMap((row) => pairOf(row, losses.get(row.number)));
    }
    return rows.flatMap((row) => pairOf(row, lossByMetric(row.cheap.figures, row.strong.figures, by.metric)));
  }

  /** Lets judges compare the answers of the rows that have no verdict yet. */
  private async judge(
    training: RouteTraining,
    stored: StoredExperiment,
    setup: Parameters<EvaluatorService['evaluate']>[0][number],
    rows: readonly PairedRow[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<number, number | undefined>> {
    const { trainings } = this.dependencies;
    await trainings.setStatus(training.id, 'judging', rows.length);
    const losses = new Map((await trainings.verdicts(training.id)).map(({ row, loss }) => [row, loss]));
    const left = rows.filter(({ number }) => !losses.has(number));
    let next = 0;
    const work = async (): Promise<void> => {
      for (let row = left[next++]; row !== undefined && !signal.aborted; row = left[next++]) {
        const { loss, cost } = await this.lossOf(training, stored, setup, row, signal);
        signal.throwIfAborted();
        await trainings.addVerdict(training.id, { row: row.number, loss, cost });
        losses.set(row.number, loss);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    signal.throwIfAborted();
    return losses;
  }

  private async lossOf(
    training: RouteTraining,
    stored: StoredExperiment,
    setup: Parameters<EvaluatorService['evaluate']>[0][number],
    { inputs, label, cheap, strong }: PairedRow,
    signal: AbortSignal,
  ): Promise<{ readonly loss: number | undefined; readonly cost: number }> {
    const low = cheap.answered;
    const high = strong.answered;
    if (low === undefined || high === undefined) {
      const isLost = hasAnswer(strong.figures) !== hasAnswer(cheap.figures);
      return { loss: isLost ? (high === undefined ? -1 : 1) : undefined, cost: 0 };
    }
    const { journal, evaluators } = this.dependencies;
    try {
      const [answer, other] = await Promise.all([subjectOfRun(journal, low), subjectOfRun(journal, high)]);
      const name = setup.output ?? Object.keys(answer.outputs)[0] ?? '';
      const subject = {
        ...answer,
        inputs,
        expected: other.outputs[name],
        label: joinLabels(labelOf(label), joinLabels(answer.label, other.label)),
      };
      const [found] = await evaluators.evaluate([setup], subject, await this.scopeOf(training, stored, signal));
      // More rows would fail for the same reason, and a few rows are not enough to learn a route.
      if (found?.error?.code === 'budget_exceeded') throw new HeddleError('budget_exceeded', found.error.message);
      const { value, cost = 0 } = found ?? {};
      return { loss: value === undefined ? undefined : lossByVerdict(value), cost };
    } catch (error) {
      // The values of a run may have been removed meanwhile.
      if (error instanceof HeddleError && (error.code === 'run_not_found' || error.code === 'conflict'))
        return { loss: undefined, cost: 0 };
      throw error;
    }
  }

  private async scopeOf(
    { id, owner, experiment, request }: RouteTraining,
    { project }: StoredExperiment,
    signal: AbortSignal,
  ): Promise<EvaluationScope> {
    const { identity, trainings } = this.dependencies;
    const left = request.budget === undefined ? undefined : request.budget - (await trainings.get(experiment, id)).cost;
    return withoutUndefined({
      project,
      principal: await principalById(identity, owner),
      signal,
      budget: left === undefined ? undefined : Math.max(0, left),
    });
  }

  private async write(
    experiment: string,
    id: string,
    step: string,
    by: AuditActor,
    writes: readonly GuardedWrite[],
  ): Promise<void> {
    const details = { step: `experiment route training ${step}` as const, training: id };
    await this.dependencies.audit.commit(
      { kind: 'experiment', ...by, subject: `experiment:${experiment}`, details },
      writes,
    );
  }
}

const pairOf = (row: PairedRow, loss: number | undefined): readonly ComparedPair[] =>
  loss === undefined ? [] : [{ row, loss }];
