import {
  canonicalJson,
  HeddleError,
  runMetrics,
  SetGateRequest,
  toHeddleError,
  withoutUndefined,
  type Audit,
  type AuditActor,
  type Clock,
  type Evaluators,
  type GateReply,
  type GateRule,
  type GateStore,
  type Principal,
} from '@heddle/core';
import type { Ownership } from '../auth/rights/ownership.js';
import type { WorkflowService } from '../workflows/workflow.service.js';
import { datasetOf, type AppliedRule, type BasisSources } from './gate-work.js';

export interface RuleSources extends Pick<BasisSources, 'datasets'> {
  readonly store: Pick<GateStore, 'get' | 'set'>;
  readonly evaluators: Pick<Evaluators, 'check' | 'metricsOf'>;
  readonly ownership: Pick<Ownership, 'projectsOf' | 'newIn'>;
  readonly workflows: Pick<WorkflowService, 'get'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly audit: Pick<Audit, 'commit'>;
}

const defaultProjects = ['default'];

/** The gate rules of projects. */
export class GateRules {
  constructor(private readonly sources: RuleSources) {}

  /** The rules of a project, and the problems of those that no draft can pass. */
  async get(project: string): Promise<GateReply> {
    const stored = await this.sources.store.get(project);
    const problems: GateReply['problems'] = [];
    for (const rule of stored?.rules ?? []) {
      const message = await this.problemOf(rule, project);
      if (message !== undefined) problems.push({ rule: rule.id, message });
    }
    return withoutUndefined({
      project,
      rules: [...(stored?.rules ?? [])],
      revision: stored?.revision ?? 0,
      problems,
      changedAt: stored?.changedAt,
      changedBy: stored?.changedBy,
    });
  }

  /**
   * Replaces the rules. Unchanged rules are not checked again, so that a rule with a deleted dataset does not prevent other changes.
   * Errors: `gate_invalid`, `evaluator_invalid`, `conflict`, `project_not_found`.
   */
  async set(request: SetGateRequest, project: string, caller: Principal, by: AuditActor): Promise<GateReply> {
    const { store, clock, audit, ownership } = this.sources;
    await ownership.newIn('gate', project);
    const { rules, revision: base } = SetGateRequest.parse(request);
    const known = new Set(((await store.get(project))?.rules ?? []).map((rule) => canonicalJson(rule)));
    for (const rule of rules) if (!known.has(canonicalJson(rule))) await this.check(rule, project, caller);
    const { gate, writes } = await store.set({ project, rules, changedAt: clock.now(), changedBy: caller.id }, base);
    await audit.commit(
      {
        kind: 'project',
        ...by,
        subject: `project:${project}`,
        details: { step: 'gate changed', revision: gate.revision, rules: rules.map(({ id }) => id) },
      },
      writes,
    );
    return this.get(project);
  }

  /** The rules that apply to a workflow, from each project that it belongs to. */
  async of(workflowId: string): Promise<readonly AppliedRule[]> {
    const { store, ownership } = this.sources;
    const projects = ownership.projectsOf('workflow', workflowId);
    const applied: AppliedRule[] = [];
    for (const project of projects.length === 0 ? defaultProjects : projects)
      for (const rule of (await store.get(project))?.rules ?? [])
        if (rule.workflows.length === 0 || rule.workflows.includes(workflowId)) applied.push({ rule, project });
    return applied;
  }

  private async check(rule: GateRule, project: string, caller: Principal): Promise<void> {
    for (const id of rule.workflows)
      if (!(await this.isOurs(id, project)))
        throw this.invalid(rule, `The workflow '${id}' does not exist in this project.`);
    if (rule.kind !== 'dataset') return;
    await datasetOf(project, rule, this.sources);
    const { evaluators } = this.sources;
    await evaluators.check(rule.evaluators, { project, principal: caller });
    const unknown = this.unknownMetric(rule);
    if (unknown !== undefined) throw this.invalid(rule, unknown);
  }

  private async problemOf(rule: GateRule, project: string): Promise<string | undefined> {
    if (rule.kind !== 'dataset') return undefined;
    try {
      await datasetOf(project, rule, this.sources);
      return this.unknownMetric(rule);
    } catch (error) {
      return toHeddleError(error).message;
    }
  }

  private unknownMetric({ evaluators, conditions }: Extract<GateRule, { kind: 'dataset' }>): string | undefined {
    const metrics = [...this.sources.evaluators.metricsOf(evaluators), ...runMetrics].map(({ name }) => name);
    const unknown = conditions.find(({ metric }) => !metrics.includes(metric));
    return unknown === undefined
      ? undefined
      : `No evaluator gives the metric '${unknown.metric}': use one of ${metrics.join(', ')}.`;
  }

  private async isOurs(workflow: string, project: string): Promise<boolean> {
    const projects = this.sources.ownership.projectsOf('workflow', workflow);
    if (!(projects.length === 0 ? defaultProjects : projects).includes(project)) return false;
    try {
      // Rules refer to ids, because a slug can change.
      return (await this.sources.workflows.get(workflow)).id === workflow;
    } catch (error) {
      if (error instanceof HeddleError && error.code === 'workflow_not_found') return false;
      throw error;
    }
  }

  private invalid({ id, title }: GateRule, message: string): HeddleError {
    return new HeddleError('gate_invalid', `The rule '${title}': ${message}`, { details: { rule: id } });
  }
}
