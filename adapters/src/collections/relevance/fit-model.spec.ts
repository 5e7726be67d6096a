import { expect, it } from '@jest/globals';
import { fitModel, relevanceOf, type Group } from './fit-model.js';

const group = (isAnswered: boolean, share: number, ...questions: readonly (readonly [number, number])[]): Group => ({
  isAnswered,
  share,
  questions: questions.map(([dense, coverage]) => ({ dense, coverage })),
});

it('separates two groups, with a middle at which both are equally likely', () => {
  const groups = [
    group(true, 1, [0.7, 0.9], [0.8, 0.7], [0.4, 0.6]),
    group(false, 1, [0.2, 0.1], [0.3, 0.3], [0.5, 0.7]),
  ];
  const weights = fitModel(groups, ['dense', 'coverage']);
  expect(relevanceOf(weights, { dense: 0.9, coverage: 1 })).toBeGreaterThan(0.7);
  expect(relevanceOf(weights, { dense: 0.1, coverage: 0 })).toBeLessThan(0.3);
  const one = fitModel(groups, ['coverage']);
  expect(one.dense).toBe(0);
});

it('fits the share of each side for counts, as logistic regression does', () => {
  const ones = Array.from({ length: 30 }, (): [number, number] => [1, 0]);
  const zeros = Array.from({ length: 30 }, (): [number, number] => [0, 0]);
  const groups = [
    { ...group(true, 30, ...ones.slice(0, 24), ...zeros.slice(0, 6)) },
    { ...group(false, 30, ...ones.slice(0, 6), ...zeros.slice(0, 24)) },
  ];
  const weights = fitModel(groups, ['dense']);
  expect(relevanceOf(weights, { dense: 1, coverage: 0 })).toBeCloseTo(0.8, 2);
  expect(relevanceOf(weights, { dense: 0, coverage: 0 })).toBeCloseTo(0.2, 2);
});

it('stays finite when the groups do not overlap or are equal', () => {
  const apart = fitModel([group(true, 1, [1, 1]), group(false, 1, [0, 0])], ['dense', 'coverage']);
  const same = fitModel([group(true, 1, [0.5, 0.5]), group(false, 1, [0.5, 0.5])], ['dense', 'coverage']);
  for (const weights of [apart, same])
    for (const value of Object.values(weights)) expect(Number.isFinite(value)).toBe(true);
  expect(relevanceOf(same, { dense: 0.5, coverage: 0.5 })).toBeCloseTo(0.5, 3);
});
