import {
  canonicalJson,
  defaultProject,
  HeddleError,
  withoutUndefined,
  type DatasetInfo,
  type DatasetRule,
  type DatasetStore,
  type GateBasis,
  type GateCheck,
  type GateRule,
  type ReplayRule,
  type StoredWorkflow,
  type VersionStore,
} from '@heddle/core';
import { contentHash } from '../calls/content-hash.js';
import type { Ownership } from '../auth/rights/ownership.js';
import type { PublishedWorkflows } from '../publishing/published-workflows.js';

/** A rule that applies to a workflow, and the project that it belongs to. */
export interface AppliedRule {
  readonly rule: GateRule;
  readonly project: string;
}

export interface BasisSources {
  readonly datasets: Pick<DatasetStore, 'get'>;
  readonly ownership: Pick<Ownership, 'projectsOf'>;
  readonly versions: Pick<VersionStore, 'list' | 'live' | 'tests'>;
  readonly published: Pick<PublishedWorkflows, 'live'>;
  readonly workflows: { get(idOrSlug: string): Promise<StoredWorkflow> };
}

/**
 * Identifies what a rule runs. Limits and budgets are not included, so that after a change of a limit the existing result is judged again.
 */
export function workOf({ rule, project }: AppliedRule): string {
  switch (rule.kind) {
    case 'dataset': {
      const { dataset, split, tag, evaluators, repeats } = rule;
      return nameOf(
        withoutUndefined({ dataset, split, tag, evaluators, repeats, project, live: comparesWithLive(rule) }),
      );
    }
    case 'replay': {
      const { runs, days, models } = rule;
      return nameOf(withoutUndefined({ runs, days, models }));
    }
    case 'tests':
      return nameOf({ tests: true });
  }
}

const nameOf = (work: object): string => contentHash(canonicalJson(work));

/** Whether the live version runs on the rows too. */
export const comparesWithLive = ({ conditions }: DatasetRule): boolean =>
  conditions.some(({ of }) => of === 'not-worse');

/** What a result of a rule depends on, besides the draft. Errors: `gate_invalid` if the rule can no longer be judged. */
export async function basisOf(
  applied: AppliedRule,
  workflow: StoredWorkflow,
  sources: BasisSources,
): Promise<GateBasis> {
  const { rule } = applied;
  switch (rule.kind) {
    case 'dataset': {
      const { version: datasetVersion } = await datasetOf(applied.project, rule, sources);
      const baseline = comparesWithLive(rule) ? await baselineOf(workflow.id, sources) : undefined;
      return withoutUndefined({ datasetVersion, baseline, evaluators: await evaluatorsOf(rule, sources) });
    }
    case 'replay':
      return withoutUndefined({ baseline: await baselineOf(workflow.id, sources) });
    case 'tests':
      return { tests: contentHash((await sources.versions.tests(workflow.id)) ?? '') };
  }
}

/** The dataset of a rule. Errors: `gate_invalid` if it was deleted or belongs to another project. */
export async function datasetOf(
  project: string,
  { dataset, title }: Pick<DatasetRule, 'dataset' | 'title'>,
  { datasets, ownership }: Pick<BasisSources, 'datasets' | 'ownership'>,
): Promise<DatasetInfo> {
  const owners = ownership.projectsOf('dataset', dataset);
  const isOurs = owners.length === 0 ? project === defaultProject : owners.includes(project);
  try {
    if (isOurs) return await datasets.get(dataset);
  } catch (error) {
    if (!(error instanceof HeddleError && error.code === 'not_found')) throw error;
  }
  // The error does not reveal whether another project has this dataset.
  throw new HeddleError(
    'gate_invalid',
    `The dataset '${dataset}' of the rule '${title}' does not exist in this project: choose another one, or remove the rule, under Quality, Gates.`,
    { details: { dataset } },
  );
}

/** The version that a draft is compared with: the live one, or the newest if none is live. */
async function baselineOf(
  workflowId: string,
  { versions }: Pick<BasisSources, 'versions'>,
): Promise<number | undefined> {
  const live = await versions.live(workflowId);
  return live?.version ?? (await versions.list(workflowId)).at(-1)?.version;
}

/** A workflow judges with its live version, so a new version of it is a different judge. */
async function evaluatorsOf({ evaluators }: DatasetRule, sources: BasisSources): Promise<string | undefined> {
  const versions: (string | number)[] = [];
  for (const { kind, config } of evaluators) {
    if (kind !== 'workflow') continue;
    const { workflow } = config;
    versions.push(typeof workflow === 'string' ? await liveOf(workflow, sources) : 'none');
  }
  return versions.length === 0 ? undefined : contentHash(JSON.stringify(versions));
}

async function liveOf(workflow: string, { workflows, published }: BasisSources): Promise<string | number> {
  try {
    const { id } = await workflows.get(workflow);
    return (await published.live(id))?.version ?? 'none';
  } catch (error) {
    if (error instanceof HeddleError && error.code === 'workflow_not_found') return 'none';
    throw error;
  }
}

/** Whether a check ran exactly this draft on this basis. */
export const isFresh = (check: GateCheck, hash: string, basis: GateBasis): boolean =>
  check.hash === hash && canonicalJson(check.basis) === canonicalJson(basis);

/** Why an earlier result does not count, as text. */
export function whyStale(check: GateCheck, hash: string, basis: GateBasis): string {
  const changed = [
    ...(check.hash === hash ? [] : ['the draft']),
    ...(check.basis.datasetVersion === basis.datasetVersion ? [] : ['the dataset']),
    ...(check.basis.baseline === basis.baseline ? [] : ['the live version']),
    ...(check.basis.evaluators === basis.evaluators ? [] : ['a workflow that judges']),
    ...(check.basis.tests === basis.tests ? [] : ['the tests']),
  ];
  const text =
    changed.length < 2 ? (changed[0] ?? 'Something') : `${changed.slice(0, -1).join(', ')} and ${changed.at(-1)}`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)} changed since the last result: run it again.`;
}

/** The recorded runs that a rule replays. */
export const replayRequestOf = (
  { runs, days, models, budget }: ReplayRule,
  { workflow, version, now }: { readonly workflow: string; readonly version: number; readonly now: number },
) => ({
  workflow,
  filter: withoutUndefined({
    limit: runs,
    version,
    status: ['done' as const, 'failed' as const],
    since: days === undefined ? undefined : now - days * 86_400_000,
  }),
  ...withoutUndefined({ budget }),
  models,
  unrecorded: 'stop' as const,
  stubs: {},
  concurrency: 4,
});
