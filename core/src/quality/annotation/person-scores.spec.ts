import { describe, expect, it } from '@jest/globals';
import { Rubric } from './annotation.js';
import { personScores } from './person-scores.js';

const criterion = (name: string, values: readonly number[]) => ({
  name,
  title: name,
  levels: values.map((value) => ({ value, title: String(value) })),
});
const said = (value: number, name = 'clear') => ({ run: 'r', criterion: name, value, person: 'user:a' });

describe('personScores', () => {
  it('maps the lowest level to 0 and the highest to 1, whatever the order of the levels', () => {
    const rubric = Rubric.parse({ criteria: [criterion('clear', [5, 3, 1])] });
    expect(personScores(rubric, undefined, [said(1), said(3), said(5)]).map(({ score }) => score)).toEqual([0, 0.5, 1]);
  });

  it('uses one criterion, and requires its name if the rubric has several', () => {
    const rubric = Rubric.parse({ criteria: [criterion('clear', [0, 1]), criterion('short', [0, 1])] });
    expect(personScores(rubric, 'short', [said(1), said(0, 'short')])).toEqual([
      { run: 'r', person: 'user:a', score: 0 },
    ]);
    expect(() => personScores(rubric, undefined, [])).toThrow('Name one criterion of the queue: clear, short.');
    expect(() => personScores(rubric, 'long', [])).toThrow('clear, short');
    expect(() => personScores(Rubric.parse({ hasText: true }), undefined, [])).toThrow('no criterion with levels');
  });
});
