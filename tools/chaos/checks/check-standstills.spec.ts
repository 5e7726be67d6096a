import { describe, expect, it } from '@jest/globals';
import type { RunRecord } from '@heddle/core';
import { began, end, evidence, runOf, start } from '../__fixtures__/history.js';
import { checkStandstills } from './check-standstills.js';

const cluster = { leaseMs: 10_000 };
const at = (...times: readonly number[]) => [runOf([began, ...times.map((time) => end(`n${time}`, time))])];
const suspended: RunRecord = { type: 'run-suspend', time: 1_000, requests: [] };
const waiting: RunRecord = { ...suspended, until: 500_000 };

describe('the checker of standstills', () => {
  it.each([
    ['runs that continue within the lease and five seconds', { runs: at(1_000, 15_900, 30_000) }],
    [
      'a fault, which starts the time again',
      {
        runs: at(1_000, 30_000),
        disturbances: [{ kind: 'kill-worker', startedAt: 5_000, endedAt: 16_000 } as const],
      },
    ],
    ['a run that waits for a person', { runs: [runOf([began, suspended, start('ask', 900_000)])] }],
    ['a run that waits for a time', { runs: [runOf([began, waiting, start('ask', 505_000)])] }],
  ])('accepts %s', (_, more) => {
    expect(checkStandstills(evidence({ ...more, cluster }))).toEqual([]);
  });

  it.each([
    ['a run that did nothing for too long', { runs: at(1_000, 16_100) }],
    ['a run that continues too late after its wait', { runs: [runOf([began, waiting, start('ask', 516_000)])] }],
    ['a run that began too late', { runs: [runOf([start('a', 15_100)])] }],
    [
      'a run that did nothing for too long after a fault',
      {
        runs: at(1_000, 31_100),
        disturbances: [{ kind: 'kill-worker', startedAt: 5_000, endedAt: 16_000 } as const],
      },
    ],
  ])('reports %s', (_, more) => {
    expect(checkStandstills(evidence({ ...more, cluster })).map(({ promise }) => promise)).toEqual(['G5']);
  });

  it('ignores a single server, which has its own rule', () => {
    expect(checkStandstills(evidence({ runs: at(1_000, 900_000) }))).toEqual([]);
  });
});
