import { newId } from '@heddle/adapters/channels';
import {
  toHeddleError,
  withoutUndefined,
  type AuditActor,
  type Clock,
  type DatasetRule,
  type ErrorCode,
  type ExperimentRequest,
  type GateBasis,
  type GateStore,
  type Principal,
  type StoredWorkflow,
  type TestReport,
} from '@heddle/core';
import { randomUUID } from 'node:crypto';
import type { ExperimentService } from '../experiments/experiment.service.js';
import type { ReplayService } from '../replays/replay.service.js';
import { comparesWithLive, replayRequestOf, workOf, type AppliedRule } from './gate-work.js';

export interface StartSources {
  readonly store: Pick<GateStore, 'addCheck'>;
  readonly experiments: Pick<ExperimentService, 'create'>;
  readonly replays: Pick<ReplayService, 'start'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly runTests: (workflow: StoredWorkflow) => Promise<TestReport | undefined>;
}

/** A rule that has no result for a draft. */
interface MissingCheck {
  readonly applied: AppliedRule;
  readonly workflow: StoredWorkflow;
  readonly hash: string;
  readonly basis: GateBasis;
}

/** Errors that concern the caller's rights and say nothing about the rule. */
const ofCaller: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'forbidden',
  'unauthorized',
  'scope_missing',
  'project_archived',
]);

/**
 * Starts the experiment, the replay or the tests of a rule. The check is stored first, with the id that the experiment or replay will have.
 * So a crash in between leaves a check without a result, but never a result that the gate does not know.
 */
export async function startCheck(
  missing: MissingCheck,
  sources: StartSources,
  { caller, by }: { readonly caller: Principal; readonly by: AuditActor },
): Promise<void> {
  const { applied, workflow, hash, basis } = missing;
  const { store, clock } = sources;
  const add = (reference: string, result?: object): Promise<void> =>
    store.addCheck({
      workflow: workflow.id,
      work: workOf(applied),
      hash,
      basis,
      reference,
      createdAt: clock.now(),
      ...withoutUndefined({ result: result === undefined ? undefined : JSON.stringify(result) }),
    });
  try {
    await start(missing, sources, { caller, by, add });
  } catch (thrown) {
    const error = toHeddleError(thrown);
    if (ofCaller.has(error.code)) throw error;
    // The rule shows this error; the other rules still start.
    await add('', { error: error.message });
  }
}

async function start(
  { applied: { rule, project }, workflow, basis }: MissingCheck,
  { experiments, replays, clock, runTests }: StartSources,
  {
    caller,
    by,
    add,
  }: { caller: Principal; by: AuditActor; add: (reference: string, result?: object) => Promise<void> },
): Promise<void> {
  switch (rule.kind) {
    case 'dataset': {
      const id = newId('x');
      await add(id);
      await experiments.create(experimentOf(rule, workflow, basis), caller, project, by, id);
      return;
    }
    case 'replay': {
      if (basis.baseline === undefined) return;
      const id = randomUUID();
      await add(id);
      const request = replayRequestOf(rule, { workflow: workflow.id, version: basis.baseline, now: clock.now() });
      await replays.start(request, caller, by, id);
      return;
    }
    case 'tests':
      await add('tests', (await runTests(workflow)) ?? { passed: 0, failed: 0, results: [] });
  }
}

/** Runs the draft on the rows, and the live version before it if a condition compares both. */
function experimentOf(
  rule: DatasetRule,
  workflow: StoredWorkflow,
  { datasetVersion, baseline }: GateBasis,
): ExperimentRequest {
  const { dataset, split, tag, evaluators, repeats, budget, title } = rule;
  const variant = { workflow: workflow.id, set: {}, grid: {} };
  const live = comparesWithLive(rule) && baseline !== undefined ? [{ ...variant, version: baseline }] : [];
  return {
    name: `Gate: ${title}`,
    dataset,
    datasetVersion,
    split,
    tag,
    evaluators,
    repeats,
    budget,
    concurrency: 4,
    withUnreviewed: false,
    reuse: true,
    cacheModelCalls: false,
    variants: [...live, { ...variant, version: 'draft' }],
  };
}
