import type { AbStore, MonitorStore, RunScoreStore, StoredMonitor } from '@heddle/core';
import { isOfTests } from './judge-rule.js';
import type { AbAlertMetric, QualityMetric, QualityReader } from './judge-rule.js';
import type { Ownership } from '../auth/rights/ownership.js';
import type { RuleScope } from './read-window.js';

/** The stores with scores, drift and A/B tests. */
export interface QualitySources {
  readonly scores: Pick<RunScoreStore, 'series' | 'worst'>;
  readonly monitors: Pick<MonitorStore, 'list'>;
  readonly ab: Pick<AbStore, 'since'>;
  readonly ownership: Pick<Ownership, 'projectsOf'>;
}

const mostExamples = 5;
const minute = 60_000;
/** The `endedBy` of a test that its own rules ended. */
const itself = 'heddle';

/** The monitors that a rule covers. None if it filters by model, key or channel, since scores do not have these. */
async function monitorsOf(
  { monitors }: QualitySources,
  { project, filter }: RuleScope,
): Promise<readonly StoredMonitor[]> {
  const { workflow, model, key, channel } = filter;
  if (model !== undefined || key !== undefined || channel !== undefined) return [];
  return (await monitors.list()).filter(
    (one) => one.project === project && (workflow === undefined || one.setup.workflow === workflow),
  );
}

/** The query for the scores of workflows that monitors of the project judge. */
async function queryOf(sources: QualitySources, scope: RuleScope, minutes: number, now: number) {
  const workflows = [...new Set((await monitorsOf(sources, scope)).map(({ setup }) => setup.workflow))];
  return { from: now - minutes * minute, to: now + 1, workflows };
}

/**
 * The versions that A/B tests of the project rolled back or promoted automatically since a time, with their workflow. Changes by people are
 * left out. None if the rule filters by model, key or channel, since tests do not have these.
 */
export async function changesByTests(
  { ab, ownership }: QualitySources,
  { project, filter }: RuleScope,
  metric: AbAlertMetric,
  from: number,
): Promise<readonly { readonly workflow: string; readonly version: number }[]> {
  const { workflow, version, model, key, channel } = filter;
  if (model !== undefined || key !== undefined || channel !== undefined) return [];
  return (await ab.since(from))
    .filter(({ workflowId }) => workflow === undefined || workflow === workflowId)
    .filter(({ workflowId }) => ownership.projectsOf('workflow', workflowId).includes(project))
    .flatMap(({ workflowId, rollbacks, outcome, winner, endedBy, endedAt = 0 }) => {
      const promoted = outcome === 'promoted' && endedBy === itself && endedAt >= from && winner !== undefined;
      const versions =
        metric === 'ab-rollbacks'
          ? rollbacks.filter(({ at }) => at >= from).map((one) => one.version)
          : [...(promoted ? [winner] : [])];
      return versions.map((one) => ({ workflow: workflowId, version: one }));
    })
    .filter((change) => version === undefined || version === change.version);
}

/** Creates a reader of what monitors and A/B tests of a project measured. */
export function createQualityReader(sources: QualitySources, scope: RuleScope, now: number): QualityReader {
  return async (metric, score, minutes) => {
    if (metric === 'drifts') {
      const compared = (await monitorsOf(sources, scope)).filter(({ drift }) => drift.checkedAt !== undefined);
      const findings = compared.flatMap(({ drift }) => drift.findings.filter(({ isDrifted }) => isDrifted));
      return { value: compared.length === 0 ? undefined : findings.length, events: compared.length };
    }
    if (isOfTests(metric)) {
      const { length } = await changesByTests(sources, scope, metric, now - minutes * minute);
      return { value: length, events: length };
    }
    const query = await queryOf(sources, scope, minutes, now);
    const { version } = scope.filter;
    const figures = await sources.scores.series({ ...query, step: 1e15 });
    const rows = figures.filter((row) => row.metric === score && (version === undefined || version === row.version));
    const sum = (field: 'scores' | 'sum' | 'sided' | 'passed'): number =>
      rows.reduce((total, row) => total + row[field], 0);
    const scores = sum('scores');
    const sided = sum('sided');
    if (metric === 'score') return { value: scores === 0 ? undefined : sum('sum') / scores, events: scores };
    return { value: sided === 0 ? undefined : 1 - sum('passed') / sided, events: sided };
  };
}

/** Runs that show why a rule on scores or drift fires: those with the worst scores, or those that differ from earlier runs. */
export async function qualityExamples(
  sources: QualitySources,
  scope: RuleScope,
  about: {
    readonly metric: Exclude<QualityMetric, AbAlertMetric>;
    readonly score: string;
    readonly is: 'above' | 'below';
    readonly minutes: number;
  },
  now: number,
): Promise<readonly string[]> {
  const { metric, score, is, minutes } = about;
  const monitors = await monitorsOf(sources, scope);
  if (metric === 'drifts') {
    const findings = monitors.flatMap(({ drift }) => drift.findings.filter(({ isDrifted }) => isDrifted));
    return [...new Set(findings.flatMap(({ examples }) => examples))].slice(0, mostExamples);
  }
  const info = monitors.flatMap((one) => one.metrics).find(({ name }) => name === score);
  const isLow = metric === 'score' ? is === 'below' : info?.better !== 'lower';
  const query = await queryOf(sources, scope, minutes, now);
  return sources.scores.worst({
    ...query,
    metric: score,
    order: isLow ? ('lowest' as const) : ('highest' as const),
    limit: mostExamples,
    version: scope.filter.version,
  });
}
