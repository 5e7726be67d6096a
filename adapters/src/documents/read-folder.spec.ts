import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DocumentInput } from '@heddle/core';
import { readFolder } from './read-folder.js';

describe('readFolder', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'heddle-read-'));
    for (const name of ['b', 'b/node_modules', '.git', 'a']) await mkdir(join(folder, name));
    for (const name of ['b/two.md', 'b/One.md', 'a/x.txt', 'top.md', '.hidden', '.git/config', 'b/node_modules/m.md'])
      await writeFile(join(folder, name), name);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const collect = async (...given: Parameters<typeof readFolder>) => {
    const found: DocumentInput[] = [];
    for await (const input of readFolder(...given)) found.push(input);
    return found;
  };
  const ids = async (paths: readonly string[]) => (await collect(paths)).map(({ id }) => id);

  it('returns files sorted, with ids relative to the folder, and skips hidden files, node_modules and links', async () => {
    await symlink(folder, join(folder, 'loop'));
    expect(await ids([folder])).toEqual(['a/x.txt', 'b/One.md', 'b/two.md', 'top.md']);
  });

  it('reads single files by their name, and keeps ids apart', async () => {
    expect(await ids([join(folder, 'b/two.md')])).toEqual(['two.md']);
    expect(await ids([join(folder, 'a'), join(folder, 'a')])).toEqual(['x.txt', 'x~2.txt']);
  });

  it('gives content and source', async () => {
    const [first] = await collect([join(folder, 'a')]);
    expect(first).toMatchObject({ id: 'x.txt', source: join(folder, 'a/x.txt') });
    expect(Buffer.from(first!.content as Uint8Array).toString()).toBe('a/x.txt');
  });

  it('reports what is missing, too large or unreadable', async () => {
    await expect(ids([join(folder, 'none')])).rejects.toMatchObject({ code: 'file_not_found' });
    const large = await collect([join(folder, 'a')], { maxBytes: 3 });
    expect(large).toMatchObject([{ id: 'x.txt', content: '', error: { code: 'document_too_large' } }]);
    if (process.getuid?.() === 0) return; // Root can read every file.
    await chmod(join(folder, 'a/x.txt'), 0);
    expect(await collect([join(folder, 'a')])).toMatchObject([{ error: { code: 'file_unreadable' } }]);
  });
});
