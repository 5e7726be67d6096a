import { newId } from '@heddle/adapters/channels';
import {
  HeddleError,
  withoutUndefined,
  type Audit,
  type AuditActor,
  type Clock,
  type DriftState,
  type GuardedWrite,
  type MonitorReply,
  type MonitorRequest,
  type MonitorSeriesReply,
  type MonitorStore,
  type Principal,
  type RelearnRule,
  type RunScoreStore,
  type ShownScore,
  type StoredMonitor,
} from '@heddle/core';
import { checkAccess } from '../auth/rights/check-access.js';
import type { Ownership } from '../auth/rights/ownership.js';
import type { ProjectView } from '../auth/rights/project-view.js';
import type { TrustedClock } from '../common/trusted-clock.js';
import { scoreSeries } from '../dashboard/score-series.js';
import type { CalibrationService } from '../evaluators/calibration.service.js';
import type { EvaluatorService } from '../evaluators/evaluator.service.js';
import type { WorkflowService } from '../workflows/workflow.service.js';
import { dayOf } from './judge-run.js';

interface MonitorSources {
  readonly monitors: MonitorStore;
  readonly scores: RunScoreStore;
  readonly evaluators: EvaluatorService;
  readonly calibrations: Pick<CalibrationService, 'byMetric'>;
  readonly workflows: Pick<WorkflowService, 'get'>;
  readonly ownership: Pick<Ownership, 'newIn' | 'write' | 'projectsOf' | 'resourceOf'>;
  readonly audit: Pick<Audit, 'commit'>;
  readonly clock: Clock & Pick<TrustedClock, 'trusted'>;
  /** Checks that a rule to learn a route again can be applied. */
  readonly checkRelearn: (rule: RelearnRule, project: string) => Promise<void>;
}

type View = Pick<ProjectView, 'shows' | 'showsRun'>;

const mostMonitors = 200;

/** Manages monitors, which judge finished runs and compare them with earlier ones. Each change is an audit event. */
export class MonitorService {
  constructor(private readonly sources: MonitorSources) {}

  /** Newest first. */
  async list(view: View): Promise<readonly MonitorReply[]> {
    const shown = (await this.sources.monitors.list()).filter((monitor) => showsMonitor(view, monitor));
    return Promise.all(shown.map((monitor) => this.reply(monitor)));
  }

  /** Errors: `monitor_not_found`, as have all methods below. */
  async get(id: string, view: View): Promise<MonitorReply> {
    return this.reply(await this.requireMonitor(id, view));
  }

  /** Errors: `workflow_not_found`, `evaluator_invalid`, `forbidden`, `conflict` if there are too many monitors. */
  async create(given: MonitorRequest, caller: Principal, project: string, by: AuditActor): Promise<MonitorReply> {
    const { monitors, ownership } = this.sources;
    await ownership.newIn('monitor', project);
    if ((await monitors.list()).filter((one) => one.project === project).length >= mostMonitors)
      throw new HeddleError('conflict', `A project has ${mostMonitors} monitors at most: remove one first.`);
    const checked = await this.checked(given, caller, project);
    const id = newId('m');
    await this.write(id, 'monitor made', checked.setup.workflow, by, [
      ...monitors.write.save({ id, project, owner: caller.id, ...checked }),
      ...ownership.write.assign('monitor', id, project),
    ]);
    return this.reply(await monitors.get(id));
  }

  /** Changes a monitor. Its judges then have the rights of the caller; earlier scores stay. Errors: those of `create`. */
  async change(
    id: string,
    given: MonitorRequest,
    caller: Principal,
    view: View,
    by: AuditActor,
  ): Promise<MonitorReply> {
    const { monitors } = this.sources;
    const { project, setup } = await this.requireMonitor(id, view);
    await this.checkPublish(setup.workflow, caller);
    const checked = await this.checked(given, caller, project);
    if (checked.setup.workflow !== setup.workflow)
      throw new HeddleError('conflict', 'The workflow of a monitor cannot be changed: make another monitor.');
    const saved = monitors.write.save({ id, project, owner: caller.id, ...checked });
    await this.write(id, 'monitor changed', setup.workflow, by, saved);
    return this.reply(await monitors.get(id));
  }

  /** Pauses or resumes a monitor. While paused, it takes no more runs; those that wait are judged after it is resumed. */
  async setPaused(id: string, isPaused: boolean, caller: Principal, view: View, by: AuditActor): Promise<MonitorReply> {
    const { monitors } = this.sources;
    const { setup } = await this.requireMonitor(id, view);
    await this.checkPublish(setup.workflow, caller);
    const step = isPaused ? 'monitor paused' : 'monitor resumed';
    await this.write(id, step, setup.workflow, by, monitors.write.setPaused(id, isPaused));
    return this.reply(await monitors.get(id));
  }

  /** Removes a monitor. Its scores stay with the runs. */
  async remove(id: string, caller: Principal, view: View, by: AuditActor): Promise<void> {
    const { monitors, ownership } = this.sources;
    const { setup } = await this.requireMonitor(id, view);
    await this.checkPublish(setup.workflow, caller);
    await this.write(id, 'monitor removed', setup.workflow, by, [
      ...monitors.write.remove(id),
      ...ownership.write.forget('monitor', id),
    ]);
  }

  /** Makes the newest runs the reference that later ones are compared with. */
  async renewReference(id: string, caller: Principal, view: View, by: AuditActor): Promise<DriftState> {
    const { monitors } = this.sources;
    const { setup } = await this.requireMonitor(id, view);
    await this.checkPublish(setup.workflow, caller);
    await this.write(id, 'reference renewed', setup.workflow, by, monitors.write.renewReference(id));
    return this.drift(id, view);
  }

  async drift(id: string, view: View): Promise<DriftState> {
    const { drift } = await this.requireMonitor(id, view);
    const { reference, current } = await this.sources.monitors.sampleCounts(id);
    const { isReferenceFull, checkedAt, vectorError, relearned } = drift;
    return withoutUndefined({
      isReferenceFull,
      checkedAt,
      vectorError,
      relearned,
      referenceRuns: reference,
      newRuns: current,
      findings: [...drift.findings],
    });
  }

  async series(
    id: string,
    range: Pick<MonitorSeriesReply, 'from' | 'to' | 'step'>,
    view: View,
  ): Promise<MonitorSeriesReply> {
    const { setup } = await this.requireMonitor(id, view);
    const { step } = range;
    const from = Math.floor(range.from / step) * step;
    const to = Math.ceil(range.to / step) * step;
    const query = { from, to, step, workflows: [setup.workflow], monitor: id };
    return { from, to, step, series: await scoreSeries(this.sources.scores, query) };
  }

  /** The scores of a run, newest first. Their explanations can quote what the run read and wrote. */
  async scoresOf(runId: string): Promise<ShownScore[]> {
    const { monitors, scores } = this.sources;
    const names = new Map((await monitors.list()).map(({ id, setup }) => [id, setup.name]));
    const found = await scores.of(runId);
    return found.map(({ number: _number, project: _project, workflow: _workflow, version: _version, ...score }) =>
      withoutUndefined({ ...score, monitor: names.get(score.monitorId) }),
    );
  }

  private async requireMonitor(id: string, view: View): Promise<StoredMonitor> {
    const monitor = await this.sources.monitors.get(id);
    // An API key of one workflow does not see the monitors of others.
    if (showsMonitor(view, monitor)) return monitor;
    throw new HeddleError('monitor_not_found', `There is no monitor '${id}': GET /api/monitors lists them.`);
  }

  private async checked(
    given: MonitorRequest,
    caller: Principal,
    project: string,
  ): Promise<Pick<StoredMonitor, 'setup' | 'metrics'>> {
    const { workflows, ownership, evaluators } = this.sources;
    const { id } = await workflows.get(given.workflow);
    if (!ownership.projectsOf('workflow', id).includes(project))
      throw new HeddleError('workflow_not_found', `There is no workflow '${given.workflow}' in this project.`);
    await this.checkPublish(id, caller);
    const metrics = evaluators.metricsOf(given.evaluators);
    this.checkNeeds(given);
    if (given.relearn !== undefined) await this.sources.checkRelearn(given.relearn, project);
    await evaluators.check(given.evaluators, { project, principal: caller });
    return { setup: { ...given, workflow: id }, metrics };
  }

  private async checkPublish(workflow: string, caller: Principal): Promise<void> {
    const { ownership, clock } = this.sources;
    const resource = await ownership.resourceOf('workflow', workflow, caller);
    checkAccess(caller, 'workflow:publish', resource, clock, workflow);
  }

  /**
   * Refuses evaluators that need expected answers or people: runs in production have no expected answers, and no person waits to judge
   * them.
   */
  private checkNeeds({ evaluators: setups }: MonitorRequest): void {
    const kinds = new Map(this.sources.evaluators.kinds().map((kind) => [kind.kind, kind]));
    for (const [at, { kind }] of setups.entries()) {
      const { needs = [], title = kind } = kinds.get(kind) ?? {};
      const isUnfit = kind === 'person' || needs.some((need) => need === 'expected' || need === 'references');
      if (!isUnfit) continue;
      const why = kind === 'person' ? 'a person' : 'an expected answer or reference passages';
      throw new HeddleError(
        'evaluator_invalid',
        `Evaluator ${at + 1} (${title}) needs ${why}, which runs in production do not have: choose another one, or make an experiment.`,
        { details: { evaluator: at, kind } },
      );
    }
  }

  private async write(
    id: string,
    step:
      | 'monitor made'
      | 'monitor changed'
      | 'monitor paused'
      | 'monitor resumed'
      | 'monitor removed'
      | 'reference renewed',
    workflow: string,
    by: AuditActor,
    writes: readonly GuardedWrite[],
  ): Promise<void> {
    const details = { step, workflow };
    await this.sources.audit.commit({ kind: 'setting', ...by, subject: `monitor:${id}`, details }, writes);
  }

  private async reply(monitor: StoredMonitor): Promise<MonitorReply> {
    const { id, project, owner, setup, metrics, isPaused, reason, createdAt, lastError, drift } = monitor;
    const { monitors, calibrations, clock } = this.sources;
    return withoutUndefined({
      ...setup,
      id,
      project,
      owner,
      createdAt,
      reason,
      lastError,
      state: isPaused ? ('paused' as const) : ('running' as const),
      metrics: [...metrics],
      calibrations: await calibrations.byMetric(project, setup.evaluators),
      counts: await monitors.counts(id),
      today: await monitors.spent(id, dayOf(clock)),
      drifts: drift.findings.filter(({ isDrifted }) => isDrifted).length,
    });
  }
}

const showsMonitor = (view: View, { id, setup }: StoredMonitor): boolean =>
  view.shows('monitor', id) && view.showsRun({ runId: '', workflowId: setup.workflow });
