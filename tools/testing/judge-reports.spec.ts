import { describe, expect, it } from '@jest/globals';
import { failedFiles, judgeReports } from './judge-reports.mjs';

type Status = 'passed' | 'failed' | 'pending';
const file = (name: string, tests: Readonly<Record<string, Status>>, isBroken = false) => ({
  name,
  status: isBroken || Object.values(tests).includes('failed') ? 'failed' : 'passed',
  assertionResults: Object.entries(tests).map(([fullName, status]) => ({ fullName, status })),
});
const report = (...testResults: readonly ReturnType<typeof file>[]) => ({ testResults });

describe('judgeReports', () => {
  const first = report(
    file('steady', { one: 'passed', left: 'pending' }),
    file('shaky', { two: 'failed', three: 'passed' }),
    file('unloadable', {}, true),
  );

  it('counts what one run found', () => {
    expect(failedFiles(first)).toEqual(['shaky', 'unloadable']);
    expect(judgeReports(first, undefined)).toEqual({ passed: 2, failed: 2, skipped: ['left'], unsteady: [] });
  });

  it('takes the word of the second run for the files that failed, and names what changed', () => {
    const second = report(file('shaky', { two: 'passed', three: 'passed' }), file('unloadable', { four: 'passed' }));
    expect(judgeReports(first, second)).toEqual({
      passed: 4,
      failed: 0,
      skipped: ['left'],
      unsteady: ['two', 'unloadable'],
    });
  });

  it('lets nothing pass that fails again, fails for the first time, or is left out', () => {
    const second = report(file('shaky', { two: 'failed', three: 'failed' }));
    expect(judgeReports(first, second)).toMatchObject({ passed: 1, failed: 3, unsteady: [] });
  });
});
