import { describe, expect, it } from '@jest/globals';
import type { ScoreSeries } from '@heddle/core';
import { scoreCharts } from './score-charts.js';

const total = { scores: 3, mean: 0.5, passed: 0.5, failed: 0 };
const series = (more: Partial<ScoreSeries> = {}): ScoreSeries => ({
  metric: 'judge',
  workflow: 'w',
  title: 'Answer',
  version: 2,
  total,
  points: [{ time: 20, scores: 2, mean: 0.25, passed: 0, failed: 0 }],
  ...more,
});

describe('charts of scores', () => {
  it('show one metric each, with a line for each version and gaps where nothing was judged', () => {
    const charts = scoreCharts([series(), series({ version: 0 }), series({ metric: 'refusal' })], [10, 20, 30]);
    expect(charts.map(({ title, lines }) => [title, lines.map((line) => line.title)])).toEqual([
      ['Score: judge', ['Version 2', 'Draft']],
      ['Score: refusal', ['Version 2']],
    ]);
    expect(charts[0]?.lines[0]?.values).toEqual([null, 0.25, null]);
    expect(charts[0]?.format(0.1234)).toBe('0.123');
  });

  it('name the workflow when there are several, and show the six that were judged most', () => {
    const many = Array.from({ length: 9 }, (_, at) =>
      series({ workflow: `w${at}`, title: `W${at}`, total: { ...total, scores: at } }),
    );
    const [chart] = scoreCharts(many, [20]);
    expect(chart?.lines).toHaveLength(6);
    expect(chart?.lines[0]?.title).toBe('W8, version 2');
    expect(scoreCharts([], [20])).toEqual([]);
  });
});
