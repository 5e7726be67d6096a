import { HeddleError } from '@heddle/core';
import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../database/damage/examine-file.js';
import { createDamageJudge } from './damage-judge.js';

describe('damage of the file of collections', () => {
  const received = new HeddleError('storage_corrupt', 'It is damaged.', {
    cause: Object.assign(new Error('database disk image is malformed'), { code: 'SQLITE_CORRUPT' }),
  });
  const judgeWith = (...findings: Finding[]) => {
    let checks = 0;
    const judge = createDamageJudge('collections.db', () => {
      checks += 1;
      return findings.shift() ?? 'whole';
    });
    return { judge, checks: () => checks };
  };

  it.each(['whole', 'unreadable'] as const)('may pass when the file is %s, which is checked only once', (finding) => {
    const { judge, checks } = judgeWith(finding, 'damaged');
    const passing = { code: 'storage_failed', retryable: true };
    expect([judge(received), judge(received)]).toMatchObject([passing, passing]);
    expect(checks()).toBe(1);
  });

  it('is certain when the check found it, or when SQLite did not report it', () => {
    const { judge, checks } = judgeWith('damaged', 'whole');
    expect([judge(received), judge(received)]).toEqual([received, received]);
    const empty = new HeddleError('storage_corrupt', 'The file is empty.');
    expect(judge(empty)).toBe(empty);
    expect(checks()).toBe(1);
    const other = new Error('another');
    expect(judge(other)).toBe(other);
  });
});
