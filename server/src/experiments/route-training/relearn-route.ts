import type { ExperimentStore, StoredExperiment } from '@heddle/adapters/experiments';
import type { IdentityStores } from '@heddle/adapters/identity';
import type { RouteTrainingStore } from '@heddle/adapters/routing';
import {
  HeddleError,
  toHeddleError,
  withoutUndefined,
  type Audit,
  type AuditActor,
  type Clock,
  type MonitorStore,
  type Relearned,
  type RelearnRule,
  type RouteTraining,
  type StoredMonitor,
} from '@heddle/core';
import { principalById } from '../../auth/rights/principals.js';
import type { Log } from '../../common/log.js';
import type { DatasetService } from '../../datasets/dataset.service.js';
import type { ExperimentService } from '../experiment.service.js';
import type { RouteTrainingService } from './route-training.service.js';

interface RelearnSources {
  readonly monitors: Pick<MonitorStore, 'get' | 'changeDrift'>;
  readonly store: Pick<ExperimentStore, 'get'>;
  readonly trainings: Pick<RouteTrainingStore, 'of'>;
  readonly datasets: Pick<DatasetService, 'create' | 'addRuns'>;
  readonly experiments: Pick<ExperimentService, 'create'>;
  readonly routeTrainings: Pick<RouteTrainingService, 'create'>;
  readonly identity: IdentityStores;
  readonly audit: Pick<Audit, 'write'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/** The shortest time between two trainings, so that drift that comes and goes does not spend the budget each time. */
const restMs = 7 * 86_400_000;

/**
 * Learns a route again after a monitor finds drift, with newer requests, the same variants, the same judges and a budget. It publishes
 * nothing: the result is a training with a proposal that a person decides on.
 */
export class RouteRelearner {
  constructor(private readonly sources: RelearnSources) {}

  /** Errors: `experiment_invalid` if there is no training to repeat. */
  async check({ experiment }: RelearnRule, project: string): Promise<void> {
    await this.source(experiment, project);
  }

  /**
   * Begins a training if the last comparison found new drift. That it begins is stored first, so that a crash does not begin a second one,
   * and the budget is spent at most once.
   */
  async afterDrift(id: string, runs: readonly string[]): Promise<void> {
    const { monitors, clock, audit, log } = this.sources;
    const monitor = await monitors.get(id);
    const { drift, setup, project } = monitor;
    const isNew = drift.findings.some(({ isDrifted, since }) => isDrifted && since === drift.checkedAt);
    const now = clock.now();
    const isResting = drift.relearned !== undefined && Math.abs(now - drift.relearned.at) < restMs;
    if (setup.relearn === undefined || !isNew || isResting) return;
    let isMine = false;
    await monitors.changeDrift(id, (known) => {
      isMine = known.relearned?.at === drift.relearned?.at;
      return isMine ? { ...known, relearned: { at: now } } : known;
    });
    if (!isMine) return;
    const by = { who: 'heddle', project };
    const about = { kind: 'setting', ...by, subject: `monitor:${id}` } as const;
    try {
      const begun = await this.begin(monitor, setup.relearn, runs, by);
      await this.store(id, { at: now, ...begun });
      const details = { step: 'route learning begun', workflow: setup.workflow, ...begun } as const;
      await audit.write({ ...about, details });
    } catch (thrown) {
      const { code, message } = toHeddleError(thrown);
      if (code.startsWith('storage_')) throw thrown;
      log.warn({ err: thrown, monitor: id }, 'a route could not be learned anew');
      await this.store(id, { at: now, error: { code, message } });
      await audit.write({
        ...about,
        details: { step: 'route learning failed', workflow: setup.workflow, code, reason: message },
      });
    }
  }

  private async store(id: string, relearned: Relearned): Promise<void> {
    await this.sources.monitors.changeDrift(id, (known) => ({ ...known, relearned }));
  }

  /** Has the rights that the person who saved the monitor has now. */
  private async begin(
    { project, owner, setup }: StoredMonitor,
    { experiment, budget }: RelearnRule,
    runs: readonly string[],
    by: AuditActor,
  ): Promise<Pick<Relearned, 'dataset' | 'experiment' | 'training'>> {
    const { datasets, experiments, routeTrainings, identity } = this.sources;
    const { stored, training } = await this.source(experiment, project);
    const principal = await principalById(identity, owner);
    const name = `${setup.name}: requests after drift`.slice(0, 200);
    const dataset = await datasets.create({ name, description: '' }, project, by);
    // These runs match the monitor's filter, and none of them comes from a test, a replay or an experiment.
    const asked = { workflow: setup.workflow, runs: [...runs], limit: runs.length, note: '', tags: [] };
    await datasets.addRuns(dataset.id, asked, principal, by);
    const { variants, evaluators, repeats, concurrency } = stored.body;
    const made = await experiments.create(
      {
        name,
        dataset: dataset.id,
        evaluators,
        repeats,
        concurrency,
        budget: budget / 2,
        withUnreviewed: false,
        reuse: true,
        cacheModelCalls: false,
        variants: variants.map((variant) => ({
          name: variant.name,
          workflow: variant.workflowId,
          version: variant.version ?? ('draft' as const),
          set: { ...variant.settings },
          grid: {},
        })),
      },
      principal,
      project,
      by,
    );
    const { id } = await routeTrainings.create(made.id, { ...training.request, budget: budget / 2 }, principal, by);
    return { dataset: dataset.id, experiment: made.id, training: id };
  }

  /**
   * The experiment and its newest training by judges. Trainings with expected answers do not count, because requests in production have
   * none.
   */
  private async source(
    experiment: string,
    project: string,
  ): Promise<{ readonly stored: StoredExperiment; readonly training: RouteTraining }> {
    const { store, trainings } = this.sources;
    let stored: StoredExperiment | undefined;
    try {
      stored = await store.get(experiment);
    } catch (error) {
      if (toHeddleError(error).code !== 'not_found') throw error;
    }
    if (stored?.project !== project)
      throw new HeddleError('experiment_invalid', `There is no experiment '${experiment}' in this project.`);
    const training = (await trainings.of(experiment)).find(({ request }) => request.by.kind === 'judges');
    if (training === undefined)
      throw new HeddleError(
        'experiment_invalid',
        `The experiment '${experiment}' has no route training by judges: learn a route from it first (heddle experiments learn-route).`,
      );
    return { stored, training: withoutUndefined(training) };
  }
}
