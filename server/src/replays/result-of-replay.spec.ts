import { describe, expect, it } from '@jest/globals';
import { runThrough, type ReplayRow, type ReplaySide } from '@heddle/core';
import { tableOfReplay } from './result-of-replay.js';

const side = (more: Partial<ReplaySide> = {}): ReplaySide => ({
  status: 'done',
  ms: 10,
  cost: 0.01,
  tokens: 5,
  nodes: ['ask', 'reply'],
  egress: ['far'],
  ...more,
});
const row = (number: number, after: Partial<ReplaySide>, more: Partial<ReplayRow> = {}): ReplayRow => ({
  number,
  recorded: `r${number}`,
  status: 'changed',
  isRegression: false,
  before: side(),
  after: side(after),
  ...more,
});

describe('the table of a replay', () => {
  const rows = [
    ...Array.from({ length: 10 }, (_, at) => row(at + 1, { nodes: ['ask', 'search', 'reply'] })),
    ...Array.from({ length: 10 }, (_, at) => row(at + 11, { egress: ['far', 'shop.example'], cost: 0.02 })),
    // A row that ended early did not choose another route.
    row(21, { status: 'failed', nodes: ['ask'], egress: [] }, { status: 'would-call', isRegression: true }),
  ];
  const table = runThrough(tableOfReplay(rows));
  const compared = (metric: string) => table.comparisons.find((one) => one.metric === metric);

  it('compares routes, destinations of data and money, each with an interval', () => {
    expect(compared('same-route')).toMatchObject({ rows: 20, worse: 10, difference: -0.5, verdict: 'worse' });
    expect(compared('known-destinations')).toMatchObject({ rows: 21, worse: 10, verdict: 'worse' });
    expect(compared('cost')?.difference).toBeCloseTo(0.005, 9);
    for (const metric of ['same-route', 'known-destinations', 'same-answer', 'answered', 'ms', 'cost', 'tokens'])
      expect(compared(metric)?.interval).toBeDefined();
  });

  it('counts a missing answer as no answer', () => {
    expect(compared('answered')).toMatchObject({ rows: 21, worse: 1 });
  });
});
