import { describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPassword, hashPassword } from './password-hash.js';

describe('passwords', () => {
  it('are told apart, however many are checked at once, and leave threads for files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'heddle-'));
    const hash = await hashPassword('correct horse');
    const order: string[] = [];
    const checks = ['correct horse', 'wrong', 'correct horse', 'wrong', 'correct horse', 'wrong'].map(
      async (password) => {
        const isRight = await checkPassword(password, hash);
        order.push('hash');
        return isRight;
      },
    );
    // With every thread of the pool at work on hashes, this would be done behind the first four.
    const written = writeFile(join(folder, 'file'), 'x').then(() => order.push('file'));
    expect(await Promise.all(checks)).toEqual([true, false, true, false, true, false]);
    await written;
    expect(order.indexOf('file')).toBeLessThan(4);
    expect(order).toHaveLength(7);
    await rm(folder, { recursive: true });
  });

  it('are never right without a hash', async () => {
    expect(await checkPassword('correct horse', undefined)).toBe(false);
    expect(await checkPassword('correct horse', 'other$1$2')).toBe(false);
  });
});
