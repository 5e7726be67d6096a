import { describe, expect, it } from '@jest/globals';
import { Evaluation, EvaluatorSetup, type MetricInfo } from '../evaluators/evaluator.js';
import { disagreementOf } from './disagreement.js';

const metric = (name: string, unit: MetricInfo['unit'] = 'score', better: MetricInfo['better'] = 'higher') => ({
  name,
  title: name,
  unit,
  better,
});
const said = (name: string, value?: number, details?: Record<string, unknown>): Evaluation =>
  Evaluation.parse({ metric: name, value, explanation: '', details });
const experiment = {
  evaluators: [
    { kind: 'judge', name: 'kind' },
    { kind: 'judge', name: 'right', config: { levels: [1, 2, 3] } },
    { kind: 'rouge' },
  ].map((setup) => EvaluatorSetup.parse(setup)),
  metrics: [metric('kind'), metric('right'), metric('rouge'), metric('toxic', 'score', 'lower'), metric('time', 'ms')],
};

describe('the disagreement of judges', () => {
  it('is the largest difference between two LLM judges, without other metrics', () => {
    expect(disagreementOf([said('kind', 1), said('right', 0.25), said('rouge', 0)], experiment)).toBe(0.75);
    expect(disagreementOf([said('kind', 1), said('rouge', 0)], experiment)).toBeUndefined();
    expect(disagreementOf([said('kind', 1), said('right')], experiment)).toBeUndefined();
    expect(disagreementOf([], experiment)).toBeUndefined();
  });

  it('is the largest difference between the votes of a panel on the scale of its levels, without votes that have no level', () => {
    const votes = [{ level: 1 }, { level: 3 }, { error: {} }, { level: 99 }, null];
    expect(disagreementOf([said('right', 0.5, { votes })], experiment)).toBe(1);
    expect(disagreementOf([said('kind', 0.5, { votes: [{ level: 2 }, { level: 3 }] })], experiment)).toBe(0.25);
    expect(disagreementOf([said('right', 0.5, { votes: 'none' })], experiment)).toBeUndefined();
  });

  it('is the difference between named scores, reversed where low is good, and does not compare times', () => {
    const values = [said('rouge', 0.5), said('toxic', 0.9), said('time', 900)];
    expect(disagreementOf(values, experiment, ['rouge', 'toxic'])).toBeCloseTo(0.4);
    expect(disagreementOf(values, experiment, ['rouge', 'time'])).toBeUndefined();
  });
});
