import { describe, expect, it } from '@jest/globals';
import { Rubric } from './annotation.js';
import { personScores } from './person-scores.js';

const criterion = (name: string, values: readonly number[]) => ({
  name,
  title: name,
  levels: values.map((value) => ({ value, title: String(value) })),
});
const said = (value: number, name = 'clear') => ({ run: 'r', criterion: name, value, person: 'user:a' });

describe('the scores of people', () => {
  it('go from 0 for the lowest level to 1 for the highest, in whatever order the levels stand', () => {
    const rubric = Rubric.parse({ criteria: [criterion('clear', [5, 3, 1])] });
    expect(personScores(rubric, undefined, [said(1), said(3), said(5)]).map(({ score }) => score)).toEqual([0, 0.5, 1]);
  });

  it('are of one criterion, which is named where there are several', () => {
    const rubric = Rubric.parse({ criteria: [criterion('clear', [0, 1]), criterion('short', [0, 1])] });
    expect(personScores(rubric, 'short', [said(1), said(0, 'short')])).toEqual([
      { run: 'r', person: 'user:a', score: 0 },
    ]);
    expect(() => personScores(rubric, undefined, [])).toThrow('Name one criterion of the queue: clear, short.');
    expect(() => personScores(rubric, 'long', [])).toThrow('clear, short');
    expect(() => personScores(Rubric.parse({ hasText: true }), undefined, [])).toThrow('no criterion with levels');
  });
});
