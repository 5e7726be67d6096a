import { describe, expect, it } from '@jest/globals';
import { noHistory } from './evidence.js';
import { reportOf, reportText, type ReportParts } from './report.js';

const parts: ReportParts = {
  seed: 7,
  hasModels: false,
  evidence: {
    runs: [],
    ledger: [],
    notifications: [],
    lives: [
      { startedAt: 0, listeningAt: 10, diedAt: 20 },
      { startedAt: 20, listeningAt: 30, diedAt: undefined },
    ],
    disturbances: [
      { kind: 'stop', startedAt: 31, endedAt: 40 },
      { kind: 'io', detail: 'reads with EIO', startedAt: 41, endedAt: 50 },
    ],
    slowness: 1,
    clients: noHistory(),
    library: { jobs: [], documents: [], searches: [] },
    embedded: [],
  },
  violations: [],
  code: 0,
  left: 0,
  orphans: new Set<number>(),
};

describe('the report of a chaos', () => {
  it('is good if no promise was broken, everything ended and no process is left', () => {
    const report = reportOf(parts);
    expect([report.kills, report.disturbances, report.bound, report.faults, report.isGood]).toEqual([
      1,
      { stop: 1, io: 1, full: 0 },
      1,
      [],
      true,
    ]);
    expect(reportText(report)).not.toContain('Not good');
  });

  it('lists all other problems, and how to repeat the round', () => {
    const report = reportOf({
      ...parts,
      skipped: { io: 'no compiler' },
      code: null,
      left: 2,
      orphans: new Set([process.pid]),
    });
    expect(report.isGood).toBe(false);
    const text = reportText(report);
    for (const expected of [
      '1 kills, 1 stops, 1 refusing disks, 0 full disks',
      'skipped: io: no compiler',
      '2 runs or ingests had not ended',
      'ended with a signal, not 0',
      '1 children',
      'repeat with --seed 7',
    ])
      expect(text).toContain(expected);
  });

  it('counts the faults of a cluster', () => {
    const disturbances = [
      { kind: 'kill-worker', startedAt: 31, endedAt: 40 },
      { kind: 'kill-worker', startedAt: 41, endedAt: 50 },
      { kind: 'redis-flush', startedAt: 51, endedAt: 51 },
    ] as const;
    const clusterCounts = { leaseMs: 2_000, answersLost: 3, connectionsCut: 4, refusedStarts: 1 };
    const report = reportOf({ ...parts, evidence: { ...parts.evidence, disturbances }, cluster: clusterCounts });
    expect(report.cluster).toMatchObject({ ...clusterCounts, struck: { 'kill-worker': 2, 'redis-flush': 1 } });
    expect(report.bound).toBe(1);
    expect(report.isGood).toBe(true);
    const text = reportText(report);
    for (const expected of [
      '3 faults of a cluster with leases of 2000 ms: kill-worker 2, redis-flush 1',
      'in another process',
    ])
      expect(text).toContain(expected);
    expect(reportOf({ ...parts, others: ['worker 1 ended with 1'] }).isGood).toBe(false);
  });

  it('names a broken promise with its run', () => {
    const text = reportText(
      reportOf({ ...parts, violations: [{ promise: 'G4', runId: 'run-1', message: "'once' ran twice." }] }),
    );
    expect(text).toContain("G4 run-1: 'once' ran twice.");
  });
});
