import type { ExperimentStore } from '@heddle/adapters/experiments';
import { yieldToEventLoop } from '@heddle/adapters/event-loop';
import type { ReplayStore } from '@heddle/adapters/replays';
import {
  canonicalJson,
  HeddleError,
  judgeDatasetRule,
  judgeReplayRule,
  TestReport,
  type DatasetRule,
  type ExperimentReply,
  type GateBasis,
  type GateCheck,
  type GateFigure,
  type GateRuleResult,
  type ReplayReply,
  type ReplayRule,
  type TestsRule,
} from '@heddle/core';
import { z } from 'zod';
import type { ExperimentService } from '../experiments/experiment.service.js';
import type { ReplayService } from '../replays/replay.service.js';
import { comparesWithLive } from './gate-work.js';

export interface ResultSources {
  readonly experiments: Pick<ExperimentService, 'get' | 'result'>;
  readonly experimentStore: Pick<ExperimentStore, 'cells'>;
  readonly replays: Pick<ReplayService, 'get'>;
  readonly replayStore: Pick<ReplayStore, 'rows'>;
}

/** The result of a rule. */
export type Judged = Pick<GateRuleResult, 'state' | 'figures'> & Partial<Omit<GateRuleResult, 'state' | 'figures'>>;

/** Why a check could not start, in the form in which it is stored. */
const FailedStart = z.object({ error: z.string() });

const notRun = (message: string): Judged => ({ state: 'not-run', figures: [], message });
const judged = (figures: readonly GateFigure[]): Judged => ({
  state: figures.every(({ isPassed }) => isPassed) ? 'passed' : 'failed',
  figures: [...figures],
});

/**
 * Judges a rule by its experiment. If the draft was saved while the experiment began, the experiment may have run another draft; it does
 * not count then.
 */
export async function judgeExperiment(
  rule: DatasetRule,
  check: GateCheck,
  basis: GateBasis,
  sources: ResultSources,
): Promise<Judged> {
  const experiment = await known(() => sources.experiments.get(check.reference));
  if (experiment === undefined) return notRun('Its experiment was removed: run it again.');
  if (!isOfDraft(experiment, rule, check.hash, basis)) return notRun('Its experiment ran another draft: run it again.');
  const link = { experiment: experiment.id };
  const { status, cells, reason } = experiment;
  const done = cells.done + cells.failed + cells.cancelled;
  const progress = { done, total: done + cells.waiting + cells.running };
  if (status === 'running') return { state: 'running', figures: [], progress, ...link };
  if (status === 'cancelled') return { ...notRun('Its experiment was cancelled: run it again.'), ...link };
  if (status === 'paused')
    return {
      state: 'paused',
      figures: [],
      progress,
      ...link,
      message: `Its experiment is paused. ${reason ?? ''}`.trim(),
    };
  return { ...judged(judgeDatasetRule(rule.conditions, await measuredOf(experiment, basis, sources))), ...link };
}

function isOfDraft(
  { dataset, variants, evaluators, repeats }: ExperimentReply,
  rule: DatasetRule,
  hash: string,
  { datasetVersion, baseline }: GateBasis,
): boolean {
  const draft = variants.at(-1);
  const live = comparesWithLive(rule) ? baseline : undefined;
  return (
    draft?.hash === hash &&
    draft.version === undefined &&
    variants.every(({ settings }) => Object.keys(settings).length === 0) &&
    variants.length === (live === undefined ? 1 : 2) &&
    (live === undefined || variants[0]?.version === live) &&
    dataset.id === rule.dataset &&
    dataset.version === datasetVersion &&
    repeats === rule.repeats &&
    canonicalJson(evaluators) === canonicalJson(rule.evaluators)
  );
}

async function measuredOf(experiment: ExperimentReply, { baseline }: GateBasis, sources: ResultSources) {
  const { id, rows, repeats, metrics, variants } = experiment;
  const values = await valuesOf(id, { rows, variant: variants.length }, sources);
  const { table } = variants.length > 1 ? await sources.experiments.result(id) : { table: undefined };
  return {
    rows,
    repeats,
    metrics,
    hasBaseline: baseline !== undefined,
    valuesOf: (metric: string) => values.get(metric) ?? [],
    comparisonOf: (metric: string) =>
      table?.comparisons.find((one) => one.metric === metric && one.variant === variants.at(-1)?.id),
  };
}

const pageSize = 1_000;

/** The values of a variant by metric, with a list for each row that has values. */
async function valuesOf(
  id: string,
  { rows, variant }: { readonly rows: number; readonly variant: number },
  { experimentStore }: Pick<ResultSources, 'experimentStore'>,
): Promise<ReadonlyMap<string, readonly (readonly number[])[]>> {
  const found = new Map<string, Map<number, number[]>>();
  for (let after = 0; after < rows; after += pageSize) {
    for (const cell of await experimentStore.cells(id, after, after + pageSize)) {
      if (cell.variant !== variant) continue;
      for (const [metric, value] of Object.entries(cell.figures)) {
        const byRow = found.get(metric) ?? new Map<number, number[]>();
        found.set(metric, byRow);
        byRow.set(cell.number, [...(byRow.get(cell.number) ?? []), value]);
      }
    }
    await yieldToEventLoop();
  }
  return new Map([...found].map(([metric, byRow]) => [metric, [...byRow.values()]]));
}

const allRows = 10_000;

/** Judges a rule by its replay. */
export async function judgeReplay(
  rule: ReplayRule,
  check: GateCheck,
  basis: GateBasis,
  sources: ResultSources,
): Promise<Judged> {
  const replay = await known(() => sources.replays.get(check.reference));
  if (replay === undefined) return notRun('Its replay was removed: run it again.');
  if (!isReplayOf(replay, check.hash, basis)) return notRun('Its replay ran another draft: run it again.');
  const link = { replay: replay.id };
  const { total, waiting, running } = replay.rows;
  if (replay.state === 'running')
    return { state: 'running', figures: [], progress: { done: total - waiting - running, total }, ...link };
  if (replay.state === 'cancelled') return { ...notRun('Its replay was cancelled: run it again.'), ...link };
  const rows = await sources.replayStore.rows(replay.id, { limit: allRows });
  return { ...judged(judgeReplayRule(rule, rows, replay.effects)), ...link };
}

const isReplayOf = ({ hash, version, request }: ReplayReply, wanted: string, { baseline }: GateBasis): boolean =>
  hash === wanted && version === undefined && request.filter.version === baseline;

/** Judges a rule by the report of the tests. */
export function judgeTests({ minTests }: TestsRule, { passed, failed }: TestReport): Judged {
  return judged([
    {
      title: 'Tests',
      value: passed + failed,
      wanted: minTests,
      side: 'at-least',
      unit: 'count',
      isPassed: passed + failed >= minTests,
    },
    { title: 'Tests that fail', value: failed, wanted: 0, side: 'at-most', unit: 'count', isPassed: failed === 0 },
  ]);
}

/** The stored report of tests. */
export const reportOf = ({ result = '{}' }: GateCheck): TestReport | undefined =>
  TestReport.safeParse(JSON.parse(result)).data;

/** Why a check could not start; undefined if it started. */
export const failedStartOf = ({ result }: GateCheck): string | undefined =>
  result === undefined ? undefined : FailedStart.safeParse(JSON.parse(result)).data?.error;

async function known<T>(find: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof HeddleError && (error.code === 'not_found' || error.code === 'replay_not_found'))
      return undefined;
    throw error;
  }
}
