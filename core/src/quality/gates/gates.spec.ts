import { describe, expect, it } from '@jest/globals';
import type { ReplayRow } from '../../api/replays.js';
import type { VariantComparison } from '../comparison/comparison.js';
import type { MetricInfo } from '../evaluators/evaluator.js';
import { GateCondition, ReplayRule, SetGateRequest } from './gate.js';
import { judgeDatasetRule, type MeasuredDraft } from './judge-dataset-rule.js';
import { judgeReplayRule } from './judge-replay-rule.js';

const score: MetricInfo = { name: 'score', title: 'Score', better: 'higher', unit: 'score' };
const cost: MetricInfo = { name: 'run.cost', title: 'Cost', better: 'lower', unit: 'USD' };

const measured = (values: readonly (readonly number[])[], more: Partial<MeasuredDraft> = {}): MeasuredDraft => ({
  metrics: [score, cost],
  rows: values.length,
  repeats: 1,
  hasBaseline: true,
  valuesOf: () => values,
  comparisonOf: () => undefined,
  ...more,
});
const condition = (of: GateCondition['of'], wanted: number, metric = 'score'): GateCondition =>
  GateCondition.parse({ of, wanted, metric });
const judged = (of: GateCondition['of'], wanted: number, draft: MeasuredDraft, metric = 'score') =>
  judgeDatasetRule([condition(of, wanted, metric)], draft)[0]!;

describe('judgeDatasetRule', () => {
  it('requires at least the wanted value if higher is better, and at most that value if lower is better', () => {
    const draft = measured([[0.4], [0.8]]);
    expect(judged('mean', 0.6, draft)).toMatchObject({ value: 0.6000000000000001, side: 'at-least', isPassed: true });
    expect(judged('mean', 0.61, draft).isPassed).toBe(false);
    expect(judged('mean', 0.61, draft, 'run.cost')).toMatchObject({ side: 'at-most', unit: 'USD', isPassed: true });
    expect(judged('mean', 0.5, draft, 'run.cost').isPassed).toBe(false);
  });

  it('takes the 95th percentile at the worse end', () => {
    const draft = measured(Array.from({ length: 100 }, (_, at) => [at]));
    expect(judged('p95', 94, draft, 'run.cost')).toMatchObject({ value: 94, isPassed: true });
    expect(judged('p95', 5, draft)).toMatchObject({ value: 4, isPassed: false });
  });

  it('counts the rows that pass, and takes the worst repeat of every row', () => {
    const draft = measured(
      [
        [1, 1],
        [1, 0],
        [0, 0],
      ],
      { repeats: 2 },
    );
    expect(judged('pass-rate', 2 / 3, draft)).toMatchObject({ unit: 'share', isPassed: true });
    expect(judged('pass-rate', 0.7, draft).isPassed).toBe(false);
    expect(judged('every-row', 1, draft)).toMatchObject({ value: 0, isPassed: false });
    expect(judged('every-row', 1, measured([[1], [1]])).isPassed).toBe(true);
    expect(judged('every-row', 0.2, measured([[0.1], [0.3]]), 'run.cost')).toMatchObject({
      value: 0.3,
      isPassed: false,
    });
  });

  it('fails if a row has no value, a value is not a number, or there are no rows', () => {
    expect(judged('mean', 0.5, measured([[1]], { rows: 2 }))).toMatchObject({
      value: 1,
      isPassed: false,
      note: '1 of 2 rows have no value: open the experiment to see why.',
    });
    expect(judged('mean', 0.5, measured([[1], [Number.NaN]])).isPassed).toBe(false);
    expect(judged('mean', 0.5, measured([[1]], { repeats: 2 })).isPassed).toBe(false);
    for (const how of ['mean', 'p95', 'pass-rate', 'every-row'] as const) {
      const none = judged(how, 0, measured([]));
      expect([none.isPassed, none.value]).toEqual([false, undefined]);
    }
  });

  it('fails if no evaluator gives the metric', () => {
    expect(judged('mean', 0, measured([[1]]), 'gone')).toMatchObject({
      isPassed: false,
      note: expect.stringContaining('gone'),
    });
  });

  it('passes the condition not-worse only if the whole interval lies within the margin', () => {
    const against = (low: number, high: number, more: Partial<VariantComparison> = {}): MeasuredDraft =>
      measured([[1]], {
        comparisonOf: () => ({
          variant: 'v2',
          metric: 'score',
          rows: 40,
          leftOut: 0,
          test: 'sign',
          p: 1,
          correctedP: 1,
          better: 0,
          worse: 0,
          verdict: 'undecided',
          interval: { low, high },
          power: { difference: 0.05, rowsNeeded: 900 },
          ...more,
        }),
      });
    expect(judged('not-worse', 0.05, against(-0.04, 0.2))).toMatchObject({
      value: -0.04,
      wanted: -0.05,
      isPassed: true,
    });
    expect(judged('not-worse', 0.05, against(-0.06, 0.2))).toMatchObject({
      isPassed: false,
      note: expect.stringContaining('900'),
    });
    expect(judged('not-worse', 0, against(0, 0)).isPassed).toBe(true);
    // More rows would not help a draft that is clearly worse.
    expect(judged('not-worse', 0.05, against(-1, -0.8)).note).toBeUndefined();
    expect(judged('not-worse', 0.01, against(-1, 0.02), 'run.cost').isPassed).toBe(false);
    expect(judged('not-worse', 0.05, against(-0.01, 0.2, { leftOut: 1 })).isPassed).toBe(false);
    expect(judged('not-worse', 0.05, measured([[1]])).isPassed).toBe(false);
    expect(judged('not-worse', 0.05, measured([[1]], { hasBaseline: false })).isPassed).toBe(true);
  });
});

const side = (more: object = {}) => ({
  status: 'done' as const,
  ms: 10,
  cost: 1,
  tokens: 1,
  nodes: ['a'],
  egress: [],
  ...more,
});
const row = (more: Partial<ReplayRow> = {}): ReplayRow => ({
  number: 1,
  recorded: 'r',
  status: 'same',
  isRegression: false,
  before: side(),
  after: side(),
  ...more,
});
const rule = (more: object = {}): ReplayRule => ReplayRule.parse({ kind: 'replay', id: 'r', title: 'R', ...more });
const failed = (more: object, rows: readonly ReplayRow[], sent = 0): readonly string[] =>
  judgeReplayRule(rule(more), rows, { sent }).flatMap(({ title, isPassed }) => (isPassed ? [] : [title]));

describe('judgeReplayRule', () => {
  it('passes if nothing changed', () => {
    const all = { maxChanged: 0, maxRerouted: 0, maxMeanCost: 1, maxP95Cost: 1, maxCostRise: 0, maxTimeRise: 0 };
    expect(failed(all, [row(), row()])).toEqual([]);
  });

  it('names each condition that got worse', () => {
    const worse = row({
      status: 'changed',
      after: side({ ms: 20, cost: 3, nodes: ['a', 'b'], egress: ['https://x.example'] }),
    });
    const all = {
      maxChanged: 0.1,
      maxRerouted: 0.1,
      maxMeanCost: 1,
      maxP95Cost: 2,
      maxCostRise: 0.5,
      maxTimeRise: 0.2,
    };
    expect(failed(all, [row(), worse])).toEqual([
      ...['Changed answers', 'Other routes', 'New destinations of data', 'Cost of a run, mean'],
      ...['Cost of a run, 95th percentile', 'More expensive than before', 'Slower than before'],
    ]);
    expect(failed({}, [row({ status: 'failed', isRegression: true })])).toEqual(['Runs that no longer have an answer']);
    expect(failed({}, [row()], 1)).toEqual(['Effects that were made']);
  });

  it('fails without runs, and with rows that were not replayed', () => {
    expect(failed({ maxChanged: 1, maxMeanCost: 9 }, [])).toEqual([
      ...['Recorded runs', 'Changed answers', 'New destinations of data', 'Cost of a run, mean'],
    ]);
    const leftOut: ReplayRow = { number: 2, recorded: 'r', status: 'left-out', isRegression: false };
    expect(failed({}, [row(), leftOut])).toEqual(['Runs that were not replayed']);
    expect(failed({ minRuns: 3 }, [row(), row()])).toEqual(['Recorded runs']);
  });

  it('reports free runs that now cost money as more expensive', () => {
    expect(failed({ maxCostRise: 5 }, [row({ before: side({ cost: 0 }) })])).toEqual(['More expensive than before']);
  });
});

it('refuses two rules with the same id, and a share above 1', () => {
  const tests = { kind: 'tests', id: 'tests', title: 'Tests' };
  expect(SetGateRequest.safeParse({ rules: [tests, tests] }).success).toBe(false);
  expect(SetGateRequest.safeParse({ rules: [tests] }).success).toBe(true);
  expect(GateCondition.safeParse({ metric: 'm', of: 'pass-rate', wanted: 80 }).success).toBe(false);
  expect(GateCondition.safeParse({ metric: 'm', of: 'mean', wanted: Number.NaN }).success).toBe(false);
});
