import { describe, expect, it } from '@jest/globals';
import { judgeReport } from './judge-report.mjs';

type Status = 'passed' | 'failed' | 'pending' | 'todo';
const file = (tests: Readonly<Record<string, Status>>, isBroken = false) => ({
  status: isBroken || Object.values(tests).includes('failed') ? 'failed' : 'passed',
  assertionResults: Object.entries(tests).map(([fullName, status]) => ({ fullName, status })),
});

describe('judgeReport', () => {
  it('counts what passed and failed, and names what was skipped', () => {
    const testResults = [
      file({ one: 'passed', left: 'pending', later: 'todo' }),
      file({ two: 'failed', three: 'passed' }),
    ];
    expect(judgeReport({ testResults })).toEqual({ passed: 2, failed: 1, skipped: ['left', 'later'] });
  });

  it('counts a spec file that could not be loaded, or that leaves something open, as failed', () =>
    expect(judgeReport({ testResults: [file({}, true), file({ one: 'passed' }, true)] })).toEqual({
      passed: 1,
      failed: 2,
      skipped: [],
    }));
});
