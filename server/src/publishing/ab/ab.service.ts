import {
  abMetricInfo,
  AbRequest,
  decideAb,
  HeddleError,
  reportAb,
  type AbReport,
  type AbSharesRequest,
  type AbStore,
  type AbTest,
  type Audit,
  type AuditActor,
  type AuditEvent,
  type CanaryRequest,
  type Clock,
  type LiveChange,
  type LiveTest,
} from '@heddle/core';
import type { WorkflowService } from '../../workflows/workflow.service.js';
import { closedGate, type PublishGate } from '../publish-gate.js';
import type { PublishedWorkflows } from '../published-workflows.js';
import { beginCanary, beginTest, endTest, rollBack, withShares, type ChangedBy } from './test-changes.js';

interface AbDependencies {
  readonly store: AbStore;
  readonly published: PublishedWorkflows;
  readonly workflows: Pick<WorkflowService, 'get'>;
  readonly audit: Pick<Audit, 'during'>;
  readonly clock: Pick<Clock, 'now'>;
}

type Step = Extract<AuditEvent, { readonly kind: 'rollback' }>['details']['step'];

/**
 * A/B tests of live versions: starts them, changes their shares, promotes an arm, stops them. The live pointer and the test change in one
 * commit, with an audit event. A canary is a test too.
 */
export class AbService {
  private gate = closedGate;

  constructor(private readonly dependencies: AbDependencies) {}

  /** Sets the gate, which is created later because its services need publishing. */
  guardBy(gate: PublishGate): void {
    this.gate = gate;
  }

  /** Tests of a workflow with their figures, newest first. Errors: `workflow_not_found`. */
  async list(idOrSlug: string, limit = 20): Promise<readonly AbReport[]> {
    const { id } = await this.dependencies.workflows.get(idOrSlug);
    const tests = await this.dependencies.store.list(id);
    return Promise.all(tests.slice(0, limit).map((test) => this.reportOf(test)));
  }

  /** Errors: `workflow_not_found`, `not_found`. */
  async report(idOrSlug: string, testId: string): Promise<AbReport> {
    return this.reportOf(await this.requireTest(idOrSlug, testId));
  }

  /** The newest test of a workflow. */
  async newest(workflowId: string): Promise<AbReport | undefined> {
    const [test] = await this.dependencies.store.list(workflowId);
    return test === undefined ? undefined : this.reportOf(test);
  }

  /**
   * Starts a test. A version that callers never had must have passed the gate. Errors: `workflow_not_found`, `not_published`,
   * `bad_request`, `conflict`, `version_not_found`, `publish_gate_failed`.
   */
  async start(idOrSlug: string, request: AbRequest, by: AuditActor): Promise<AbReport> {
    const given = AbRequest.parse(request);
    const workflow = await this.dependencies.workflows.get(idOrSlug);
    const { id, slug } = workflow;
    const live = await this.dependencies.published.live(id);
    if (live === undefined) throw new HeddleError('not_published', `The workflow '${slug}' is not published.`);
    if (live.test !== undefined)
      throw new HeddleError(
        'conflict',
        `A ${live.test.kind === 'ab' ? 'test' : 'canary'} goes on: end it before you start another one.`,
        {
          details: { test: live.test.id },
        },
      );
    if (given.arms.every(({ version }) => version !== live.version))
      throw new HeddleError(
        'bad_request',
        `Version ${live.version} is live: it is the control, and must be one of the arms.`,
      );
    checkGuards(given);
    for (const { version } of given.arms) await this.gate.passVersion(workflow, version, undefined);
    const change = beginTest({ ...given, kind: 'ab', workflowId: id, control: live.version }, this.by(by));
    return this.apply(id, change, by, 'test started');
  }

  /** Changes shares. Errors: `not_found`, `bad_request`, `conflict`. */
  async setShares(
    idOrSlug: string,
    testId: string,
    { revision, arms }: AbSharesRequest,
    by: AuditActor,
  ): Promise<AbReport> {
    const { test, live } = await this.running(idOrSlug, testId);
    const change = withShares({ ...test, revision }, live, arms, this.by(by));
    return this.apply(test.workflowId, change, by, 'shares changed');
  }

  /** Gives one version of a test to everybody, which ends the test. Errors: `not_found`, `bad_request`, `conflict`. */
  async promote(idOrSlug: string, testId: string, version: number, by: AuditActor): Promise<AbReport> {
    const { test } = await this.running(idOrSlug, testId);
    if (test.arms.every((arm) => arm.version !== version))
      throw new HeddleError('bad_request', `Version ${version} is not an arm of this test.`);
    const change = endTest(test, 'promoted', this.by(by), version);
    return this.apply(test.workflowId, change, by, 'test promoted');
  }

  /** Gives the control to everybody again, which ends the test. Errors: `not_found`, `conflict`. */
  async stop(idOrSlug: string, testId: string, by: AuditActor): Promise<AbReport> {
    const { test } = await this.running(idOrSlug, testId);
    const change = endTest(test, 'stopped', this.by(by));
    return this.apply(test.workflowId, change, by, 'test stopped');
  }

  /** The change that starts a canary beside the live version, or changes its share. Errors: `not_published`, `bad_request`. */
  async canaryChange(
    workflowId: string,
    canary: CanaryRequest,
    control: number | undefined,
    who: string,
  ): Promise<LiveChange> {
    const live = await this.dependencies.published.live(workflowId);
    const version = control ?? live?.version;
    if (version === undefined) throw new HeddleError('not_published', 'A canary needs a live version beside it.');
    const test = live?.test === undefined ? undefined : await this.dependencies.store.get(live.test.id);
    return beginCanary(workflowId, canary, { live: { ...live, version }, test }, this.by({ who }));
  }

  /** Acts on the figures of a running test: rolls back arms that break a guard, or promotes a winner. Errors: `conflict`, `storage_*`. */
  async judge(testId: string): Promise<void> {
    const { store, published } = this.dependencies;
    const test = await store.get(testId);
    if (test === undefined || test.endedAt !== undefined) return;
    const live = await published.live(test.workflowId);
    if (live?.test?.id !== testId) return;
    const { rollBack: broken, winner } = decideAb(test, await store.counts(testId));
    const by = { who: 'heddle' };
    if (broken.length > 0) {
      const reason = broken.map(({ version, reason: why }) => `Version ${version}: ${why}`).join(' ');
      await this.apply(test.workflowId, rollBack(test, live.test, broken, this.by(by)), by, 'arm rolled back', reason);
    } else if (winner !== undefined && test.promote === 'automatic')
      await this.apply(test.workflowId, endTest(test, 'promoted', this.by(by), winner), by, 'test promoted');
  }

  private async apply(
    workflowId: string,
    change: LiveChange & { readonly test: AbTest },
    by: AuditActor,
    step: Exclude<Step, 'live version set'>,
    reason?: string,
  ): Promise<AbReport> {
    const { id, arms, winner } = change.test;
    const details = { step, test: id, arms, winner, reason } as const;
    const event = { kind: 'rollback', ...by, subject: `workflow:${workflowId}`, details } as const;
    await this.dependencies.published.setLive(workflowId, change, event);
    return this.reportOf((await this.dependencies.store.get(id)) ?? change.test);
  }

  private async requireTest(idOrSlug: string, testId: string): Promise<AbTest> {
    const { id } = await this.dependencies.workflows.get(idOrSlug);
    const test = await this.dependencies.store.get(testId);
    if (test?.workflowId !== id) throw new HeddleError('not_found', 'The workflow has no such test.');
    return test;
  }

  private async running(idOrSlug: string, testId: string): Promise<{ readonly test: AbTest; readonly live: LiveTest }> {
    const test = await this.requireTest(idOrSlug, testId);
    const live = await this.dependencies.published.live(test.workflowId);
    if (test.endedAt !== undefined || live?.test?.id !== testId)
      throw new HeddleError('conflict', 'The test has ended: it cannot be changed any more.', {
        details: { test: testId },
      });
    return { test, live: live.test };
  }

  private async reportOf(test: AbTest): Promise<AbReport> {
    return reportAb(test, await this.dependencies.store.counts(test.id));
  }

  private by({ who }: AuditActor): ChangedBy {
    return { at: this.dependencies.clock.now(), who };
  }
}

/** In a test, a metric has one direction and one unit everywhere, and at most one guard of each kind. Errors: `bad_request`. */
function checkGuards({
  primary,
  guards,
}: Pick<AbTest, 'guards'> & { readonly primary: NonNullable<AbTest['primary']> }): void {
  const seen = new Set<string>();
  for (const { metric, against } of guards) {
    const key = `${metric.name} ${against}`;
    if (seen.has(key)) throw new HeddleError('bad_request', `There are two guards of ${metric.name} of the same kind.`);
    seen.add(key);
  }
  const known = new Map<string, string>();
  for (const metric of [primary, ...guards.map((guard) => guard.metric)]) {
    const { name, better, unit } = abMetricInfo(metric);
    if ((known.get(name) ?? `${better} ${unit}`) !== `${better} ${unit}`)
      throw new HeddleError('bad_request', `${name} has two directions or units: give it the same ones everywhere.`);
    known.set(name, `${better} ${unit}`);
  }
}
