import { describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { matchesPassword, hashPassword } from './password-hash.js';

describe('passwords', () => {
  it('are verified, many at the same time, and leave threads for files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'heddle-'));
    const hash = await hashPassword('correct horse');
    const order: string[] = [];
    const checks = Array.from({ length: 12 }, async (_, index) => {
      const isRight = await matchesPassword(index % 2 === 0 ? 'correct horse' : 'wrong', hash);
      order.push('hash');
      return isRight;
    });
    // If hashes used every thread of the pool, this write would end after them.
    const written = writeFile(join(folder, 'file'), 'x').then(() => order.push('file'));
    expect(await Promise.all(checks)).toEqual(checks.map((_, index) => index % 2 === 0));
    await written;
    expect(order.indexOf('file')).toBeLessThan(4);
    expect(order).toHaveLength(13);
    await rm(folder, { recursive: true });
  });

  it('are never accepted without a hash', async () => {
    expect(await matchesPassword('correct horse', undefined)).toBe(false);
    expect(await matchesPassword('correct horse', 'other$1$2')).toBe(false);
  });
});
