import {
  rollupUnits,
  type AlertRule,
  type AlertMetric,
  type BurnMetric,
  type ExampleOrder,
  type RatingsSource,
  type RollupGroup,
  type RollupQuery,
  type RollupStore,
} from '@heddle/core';
import { FigureSum } from '../dashboard/figure-sum.js';
import { readFigures } from '../dashboard/read-figures.js';
import { isInFilter } from '../dashboard/visible-groups.js';

/** The stores with the figures that rules are judged by. */
export interface WindowSources {
  readonly rollups: RollupStore;
  readonly ratings: RatingsSource;
}

/** What a rule covers: the runs of its project that its filter selects. */
export interface RuleScope {
  readonly project: string;
  readonly filter: AlertRule['filter'];
}

const { minute, hour } = rollupUnits;
const mostExamples = 5;

/** The groups of figures that a rule covers. */
async function groupsOf({ rollups }: WindowSources, { project, filter }: RuleScope): Promise<readonly RollupGroup[]> {
  const groups = await rollups.groups();
  return groups.filter((group) => group.project === project && isInFilter(group, filter));
}

function queryOf(groups: readonly RollupGroup[], { filter }: RuleScope, minutes: number, now: number): RollupQuery {
  const length = minutes * minute.ms;
  const step = length <= minute.keepMs - hour.ms ? minute.ms : hour.ms;
  const from = Math.floor((now - length) / step) * step;
  return {
    from,
    to: Math.max(from + step, Math.ceil(now / step) * step),
    step,
    groups: groups.map(({ id }) => id),
    model: filter.model,
  };
}

/** The figures of a rule for the last minutes. Windows of more than two days consist of whole hours. */
export async function readWindow(
  sources: WindowSources,
  scope: RuleScope,
  minutes: number,
  now: number,
): Promise<FigureSum> {
  const groups = await groupsOf(sources, scope);
  const workflows = new Set(groups.map(({ workflow }) => workflow));
  const { key, channel, version } = scope.filter;
  const isRated = key === undefined && channel === undefined;
  const sum = new FigureSum();
  for await (const rows of readFigures(sources, queryOf(groups, scope, minutes, now))) {
    const ratings = rows.ratings.filter(
      (row) => isRated && workflows.has(row.workflow) && (version === undefined || version === row.version),
    );
    sum.addAll({ ...rows, ratings });
  }
  return sum;
}

/** Runs that show why a rule fires. */
export async function exampleRuns(
  sources: WindowSources,
  scope: RuleScope,
  metric: AlertMetric | BurnMetric,
  minutes: number,
  now: number,
): Promise<readonly string[]> {
  const { rollups, ratings } = sources;
  const groups = await groupsOf(sources, scope);
  const query = queryOf(groups, scope, minutes, now);
  const { from, to } = query;
  if (metric === 'failed-runs' || metric === 'failed-share' || metric === 'failed-call-share') {
    const failed = await rollups.failedRuns({ ...query, limit: mostExamples });
    if (failed.length > 0) return failed;
  }
  if (metric === 'bad-rating-share') {
    const workflows = [...new Set(groups.map(({ workflow }) => workflow))];
    return ratings.badlyRated({ from, to, workflows, limit: mostExamples });
  }
  return rollups.exampleRuns({ from, to, order: orderOf(metric), limit: mostExamples }, groups);
}

function orderOf(metric: AlertMetric | BurnMetric): ExampleOrder {
  if (metric.startsWith('duration') || metric.startsWith('first-token') || metric.startsWith('slow')) return 'slowest';
  if (metric === 'cost') return 'dearest';
  return metric === 'tokens' ? 'longest' : 'newest';
}
