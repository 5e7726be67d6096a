import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createFiles } from './create-files.js';

let base = '';
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'heddle-files-'));
  for (const folder of ['handbook/people', 'handbook/.hidden', 'handbook-secret', 'other/handbook'])
    await mkdir(join(base, folder), { recursive: true });
  for (const [file, text] of [
    ['handbook/b.md', 'B'],
    ['handbook/a.txt', 'A'],
    ['handbook/people/leave.md', 'Leave'],
    ['handbook/.env', 'x'],
    ['handbook/.hidden/x.md', 'x'],
    ['handbook-secret/s.txt', 'S'],
    ['other/handbook/o.md', 'O'],
    ['top.txt', 'T'],
  ] as const) {
    await writeFile(join(base, file), text);
  }
  await symlink(join(base, 'handbook-secret/s.txt'), join(base, 'handbook/out.txt'));
  await symlink(join(base, 'handbook-secret'), join(base, 'handbook/out'));
  await symlink(join(base, 'handbook/b.md'), join(base, 'handbook/link.md'));
  await symlink(join(base, 'handbook'), join(base, 'handbook/people/loop'));
  execFileSync('mkfifo', [join(base, 'handbook/pipe')]);
});
afterAll(() => rm(base, { recursive: true }));

const files = (...folders: string[]) => createFiles({ folders: folders.map((folder) => join(base, folder)) });
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe('createFiles', () => {
  it('lists a folder recursively, in order, without hidden files, pipes and links that lead out', async () => {
    expect((await files('handbook').list('handbook')).map(({ path }) => path)).toEqual([
      'handbook/a.txt',
      'handbook/b.md',
      'handbook/link.md',
      'handbook/people/leave.md',
    ]);
    expect(await files('handbook').list('handbook/people/leave.md')).toEqual([
      { path: 'handbook/people/leave.md', size: 5, changedAt: expect.any(Number) },
    ]);
    expect(await files('handbook').list('handbook', { limit: 2 })).toHaveLength(2);
  });

  it('reads a file by its path, by an absolute path, and through a link that stays inside', async () => {
    for (const [path, text] of [
      ['handbook/people/leave.md', 'Leave'],
      [join(base, 'handbook/a.txt'), 'A'],
      ['handbook/link.md', 'B'],
      ['handbook/people/../a.txt', 'A'],
    ] as const) {
      expect(textOf(await files('handbook').read(path))).toBe(text);
    }
  });

  it('refuses everything outside, in any spelling', async () => {
    for (const path of [
      '../top.txt',
      'handbook/../top.txt',
      'handbook/../../../etc/passwd',
      '/etc/passwd',
      join(base, 'top.txt'),
      join(base, 'handbook-secret/s.txt'),
      'handbook-secret/s.txt',
      'handbook/out.txt',
      'handbook/out/s.txt',
      'handbook\\..\\top.txt',
      'handbook/a.txt\0.md',
      '',
      'nothing',
    ]) {
      await expect(files('handbook').read(path)).rejects.toMatchObject({ code: 'forbidden' });
      await expect(files('handbook').list(path)).rejects.toMatchObject({ code: 'forbidden' });
    }
  });

  it('allows nothing when no folder is named', async () => {
    await expect(files().list('handbook')).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('HEDDLE_FILES'),
    });
    await expect(files('gone').list('gone')).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('distinguishes what is missing, too large, not a file, and aborted', async () => {
    await expect(files('handbook').read('handbook/none.md')).rejects.toMatchObject({ code: 'file_not_found' });
    await expect(files('handbook').read('handbook/people/leave.md', { maxBytes: 4 })).rejects.toMatchObject({
      code: 'document_too_large',
      details: { size: 5, limit: 4 },
    });
    for (const path of ['handbook/people', 'handbook/pipe'])
      await expect(files('handbook').read(path)).rejects.toMatchObject({ code: 'file_unreadable' });
    await expect(files('handbook').read('handbook/a.txt', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
    });
    await expect(files('handbook').list('handbook', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
    });
  });

  it('distinguishes two folders of the same name', async () => {
    const both = files('handbook', 'other/handbook');
    expect((await both.list('handbook-2')).map(({ path }) => path)).toEqual(['handbook-2/o.md']);
    expect(textOf(await both.read('handbook-2/o.md'))).toBe('O');
  });
});
