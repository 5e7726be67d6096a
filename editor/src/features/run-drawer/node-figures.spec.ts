import { describe, expect, it } from '@jest/globals';
import type { RunEvent } from '@heddle/core';
import { createRunView } from '../run/fold/run-view.js';
import { nodeFigures } from './node-figures.js';

describe('nodes in figures', () => {
  const end = (seq: number, path: string, started: number, time: number, outputTokens = 0): RunEvent => ({
    type: 'node-end',
    runId: 'r',
    seq,
    time,
    path,
    attempt: 1,
    outputs: {},
    started,
    ...(outputTokens === 0 ? {} : { usage: { inputTokens: 2, outputTokens, cost: 0.5 } }),
  });
  const view = createRunView('r', (callback) => callback());
  view.take([
    { type: 'node-start', runId: 'r', seq: 1, time: 0, path: 'each', attempt: 1 },
    end(2, 'each#0/write', 0, 10, 3),
    end(3, 'each#1/write', 0, 30, 4),
    end(4, 'each', 0, 40),
    end(5, 'judge@0', 40, 45),
    end(6, 'judge@1', 45, 55),
  ]);

  it('count the iterations of a node, and add nested runs to the node that started them', () => {
    const figures = nodeFigures(view, view.paths(), '').map(({ id, runs, ms, outputTokens, cost }) => ({
      id,
      runs,
      ms,
      outputTokens,
      cost,
    }));
    expect(figures).toEqual([
      { id: 'each', runs: 1, ms: 40, outputTokens: 7, cost: 1 },
      { id: 'judge', runs: 2, ms: 15, outputTokens: 0, cost: 0 },
    ]);
  });

  it('are those of one nested run when it is shown', () => {
    expect(nodeFigures(view, view.paths(), 'each#1').map(({ id, ms }) => [id, ms])).toEqual([['write', 30]]);
  });
});
