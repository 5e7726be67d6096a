import { inSlices } from '@heddle/adapters/event-loop';
import {
  canonicalJsonSteps,
  HeddleError,
  toHeddleError,
  withoutUndefined,
  type AuditActor,
  type GateBasis,
  type GateReport,
  type GateRuleResult,
  type GateStore,
  type Principal,
  type StoredWorkflow,
  type VersionGate,
  type VersionStore,
} from '@heddle/core';
import { checkAccess } from '../auth/rights/check-access.js';
import { contentHash } from '../calls/content-hash.js';
import type { CompileService } from '../compile/compile-service.js';
import type { GatedDraft, Passing, PublishGate } from '../publishing/publish-gate.js';
import type { WorkflowService } from '../workflows/workflow.service.js';
import type { GateRules, RuleSources } from './gate-rules.js';
import { basisOf, isFresh, whyStale, workOf, type AppliedRule, type BasisSources } from './gate-work.js';
import {
  failedStartOf,
  judgeExperiment,
  judgeReplay,
  judgeTests,
  reportOf,
  type Judged,
  type ResultSources,
} from './judge-rules.js';
import { startCheck, type StartSources } from './start-checks.js';

interface GateSources
  extends
    Omit<RuleSources, 'store'>,
    Omit<BasisSources, 'ownership' | 'versions' | 'workflows'>,
    ResultSources,
    Omit<StartSources, 'store'> {
  readonly store: GateStore;
  readonly experiments: StartSources['experiments'] & ResultSources['experiments'];
  readonly replays: StartSources['replays'] & ResultSources['replays'];
  readonly versions: Pick<VersionStore, 'get' | 'hasBeenLive'> & BasisSources['versions'];
  readonly workflows: Pick<WorkflowService, 'get'>;
  readonly compile: Pick<CompileService, 'plan'>;
}

/** The states in which a request for missing results starts a rule. */
const startsAgain: ReadonlySet<GateRuleResult['state']> = new Set(['not-run', 'stale']);

/** The gate of publishing: the rules that a draft must pass before it becomes a version. */
export class GateService implements PublishGate {
  /** By workflow, the start in progress. Concurrent requests wait for it, so that no check starts twice. */
  private readonly starting = new Map<string, Promise<unknown>>();

  constructor(
    private readonly sources: GateSources,
    private readonly rules: GateRules,
  ) {}

  /** The result of the gate for the current draft. Errors: `workflow_not_found`, `workflow_invalid`. */
  async ofDraft(idOrSlug: string): Promise<GateReport> {
    const workflow = await this.sources.workflows.get(idOrSlug);
    const hash = await this.hashOf(workflow);
    return (await this.report({ workflow, hash })) ?? { workflowId: workflow.id, hash, isPassed: true, rules: [] };
  }

  /**
   * Starts the checks that have no result for the current draft, and those named in `again`. Checks continue after a crash. Errors: as
   * `ofDraft`; `not_found` for an unknown rule, `forbidden`.
   */
  async run(idOrSlug: string, again: readonly string[], caller: Principal, by: AuditActor): Promise<GateReport> {
    const { id } = await this.sources.workflows.get(idOrSlug);
    const before = this.starting.get(id) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(() => this.startMissing(id, again, caller, by));
    this.starting.set(id, mine);
    try {
      await mine;
    } finally {
      if (this.starting.get(id) === mine) this.starting.delete(id);
    }
    return this.ofDraft(id);
  }

  async report({ workflow, hash, tests }: GatedDraft): Promise<GateReport | undefined> {
    const applied = await this.rules.of(workflow.id);
    if (applied.length === 0) return undefined;
    const rules: GateRuleResult[] = [];
    for (const one of applied) {
      const { id: rule, title, kind } = one.rule;
      const judged = tests !== undefined && one.rule.kind === 'tests' ? judgeTests(one.rule, tests) : undefined;
      const result = judged ?? (await this.judge(one, workflow, hash));
      rules.push({ rule, title, kind, project: one.project, ...result });
    }
    return { workflowId: workflow.id, hash, isPassed: rules.every(({ state }) => state === 'passed'), rules };
  }

  async pass(draft: GatedDraft, { caller, override }: Passing): Promise<VersionGate | undefined> {
    // Publishing ran the tests before this, so no report means that there are no tests.
    const report = await this.report({ ...draft, tests: draft.tests ?? { passed: 0, failed: 0, results: [] } });
    if (report === undefined) return undefined;
    const rules = report.rules.map(({ rule, title, state, experiment, replay }) =>
      withoutUndefined({ rule, title, state, experiment, replay }),
    );
    if (report.isPassed) return { state: 'passed', rules };
    if (override === undefined) throw refused(report);
    await this.checkOverride(draft.workflow.id, caller);
    return { state: 'overridden', rules, overriddenBy: caller.id, reason: override.reason };
  }

  async passVersion(workflow: StoredWorkflow, version: number, passing: Passing | undefined): Promise<void> {
    const { versions } = this.sources;
    if ((await this.rules.of(workflow.id)).length === 0) return;
    if (await versions.hasBeenLive(workflow.id, version)) return;
    if ((await versions.get(workflow.id, version)).gate !== undefined) return;
    if (passing?.override === undefined)
      throw new HeddleError(
        'publish_gate_failed',
        `Version ${version} was made before the project had rules for it, and no caller ever got it: publish the draft again, or let somebody who manages the gate make it live with a reason.`,
        { details: { version, workflow: workflow.slug } },
      );
    await this.checkOverride(workflow.id, passing.caller);
  }

  private async startMissing(id: string, again: readonly string[], caller: Principal, by: AuditActor): Promise<void> {
    const { workflows, clock } = this.sources;
    const workflow = await workflows.get(id);
    const hash = await this.hashOf(workflow);
    const applied = await this.rules.of(id);
    const unknown = again.find((name) => !applied.some(({ rule }) => rule.id === name));
    if (unknown !== undefined)
      throw new HeddleError('not_found', `The gate has no rule '${unknown}' for this workflow.`, {
        details: { rule: unknown },
      });
    for (const { project } of applied) checkAccess(caller, 'run:draft', { kind: 'workflow', id, project }, clock, id);
    const started = new Set<string>();
    for (const one of applied) {
      const work = workOf(one);
      const { state } = await this.judge(one, workflow, hash);
      const isWanted =
        startsAgain.has(state) || (again.includes(one.rule.id) && state !== 'running' && state !== 'broken');
      // Rules that run the same work share its result.
      if (!isWanted || started.has(work)) continue;
      started.add(work);
      const basis = await this.basis(one, workflow);
      await startCheck({ applied: one, workflow, hash, basis }, this.sources, { caller, by });
    }
  }

  private async judge(applied: AppliedRule, workflow: StoredWorkflow, hash: string): Promise<Judged> {
    const { rule } = applied;
    let basis: GateBasis;
    try {
      basis = await this.basis(applied, workflow);
    } catch (thrown) {
      const error = toHeddleError(thrown);
      if (error.code !== 'gate_invalid') throw error;
      return { state: 'broken', figures: [], message: error.message };
    }
    if (rule.kind === 'replay' && basis.baseline === undefined)
      return { state: 'passed', figures: [], message: 'The first version has no recorded runs.' };
    const checks = await this.sources.store.checks(workflow.id, workOf(applied));
    const check = checks.find((one) => isFresh(one, hash, basis));
    if (check === undefined) {
      const [last] = checks;
      return last === undefined
        ? { state: 'not-run', figures: [], message: 'It has not run for this draft.' }
        : { state: 'stale', figures: [], message: whyStale(last, hash, basis) };
    }
    const failedStart = failedStartOf(check);
    if (failedStart !== undefined)
      return { state: 'not-run', figures: [], message: `It could not start: ${failedStart}` };
    switch (rule.kind) {
      case 'dataset':
        return judgeExperiment(rule, check, basis, this.sources);
      case 'replay':
        return judgeReplay(rule, check, basis, this.sources);
      case 'tests': {
        const report = reportOf(check);
        return report === undefined
          ? { state: 'not-run', figures: [], message: 'It has not run for this draft.' }
          : judgeTests(rule, report);
      }
    }
  }

  private basis(applied: AppliedRule, workflow: StoredWorkflow): Promise<GateBasis> {
    return basisOf(applied, workflow, this.sources);
  }

  /** An override needs the right in every project with a rule. Errors: `forbidden`. */
  private async checkOverride(workflowId: string, caller: Principal): Promise<void> {
    const projects = new Set((await this.rules.of(workflowId)).map(({ project }) => project));
    for (const project of projects)
      checkAccess(caller, 'gate:manage', { kind: 'workflow', id: workflowId, project }, this.sources.clock);
  }

  /** The hash that the next version would have. */
  private async hashOf(workflow: StoredWorkflow): Promise<string> {
    const { bundle } = await this.sources.compile.plan(workflow.document);
    return contentHash(await inSlices(canonicalJsonSteps(bundle)));
  }
}

/** The error that names each rule that did not pass. */
function refused({ rules, hash }: GateReport): HeddleError {
  const open = rules.filter(({ state }) => state !== 'passed');
  const states = open.map(({ title, state }) => `'${title}' ${stateTexts[state]}`).join(', ');
  return new HeddleError(
    'publish_gate_failed',
    `Nothing was published. The gate of the project does not pass: ${states}.`,
    {
      details: { hash, rules },
    },
  );
}

const stateTexts: Readonly<Record<GateRuleResult['state'], string>> = {
  passed: 'passed',
  failed: 'failed',
  running: 'is still running',
  paused: 'is paused',
  'not-run': 'has no result',
  stale: 'has no result of this draft',
  broken: 'cannot be judged',
};
