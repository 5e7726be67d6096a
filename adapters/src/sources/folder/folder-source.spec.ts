import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createMemorySync, testSourceConnector, type SourceConnectorSubject } from '@heddle/core/testing';
import { syncSource } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSourceFiles } from '../../files/index.js';
import { folderSource } from './folder-source.js';

function open(): SourceConnectorSubject {
  const base = mkdtempSync(join(tmpdir(), 'heddle-folder-source-'));
  const root = join(base, 'docs');
  mkdirSync(root);
  let downloads = 0;
  const files = createSourceFiles({ folders: [root] });
  return {
    connector: folderSource,
    config: { path: 'docs' },
    badConfigs: [{}, { path: '' }, { path: 'docs', suffixes: ['*/'] }, { path: 'docs', other: 1 }],
    request: {
      files: {
        ...files,
        read: (...args) => {
          downloads += 1;
          return files.read(...args);
        },
      },
    },
    async write(name, text) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    },
    async remove(name) {
      rmSync(join(root, name));
    },
    async rename(from, to) {
      mkdirSync(dirname(join(root, to)), { recursive: true });
      renameSync(join(root, from), join(root, to));
    },
    downloads: () => downloads,
    async close() {
      rmSync(base, { recursive: true, force: true });
    },
  };
}

testSourceConnector({ describe, it }, 'folder', open, ['downloads']);

describe('the source folder', () => {
  let base: string;
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'heddle-folder-source-'));
    mkdirSync(join(base, 'docs/sub'), { recursive: true });
    mkdirSync(join(base, 'outside'));
    writeFileSync(join(base, 'docs/a.md'), 'a');
    writeFileSync(join(base, 'docs/sub/b.txt'), 'b');
    writeFileSync(join(base, 'outside/secret.md'), 'secret');
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  const namesOf = async (
    config: object,
    folders = [join(base, 'docs')],
    maxBytes = 1_000,
  ): Promise<readonly string[]> => {
    const found: string[] = [];
    const request = {
      config: folderSource.config.parse(config),
      files: createSourceFiles({ folders }),
      maxBytes,
      signal: new AbortController().signal,
    };
    for await (const change of folderSource.changes(request as never)) {
      if (change.type === 'upsert') found.push(change.document.id);
      if (change.type === 'failed') found.push(`${change.id}: ${change.error.code}`);
    }
    return found;
  };

  it('names files by their path below the folder, even when the folder is an absolute path', async () => {
    expect(await namesOf({ path: 'docs' })).toEqual(['a.md', 'sub/b.txt']);
    expect(await namesOf({ path: join(base, 'docs') })).toEqual(['a.md', 'sub/b.txt']);
    expect(await namesOf({ path: 'docs/sub' })).toEqual(['b.txt']);
    expect(await namesOf({ path: 'docs', suffixes: ['MD', '.txt'] })).toEqual(['a.md', 'sub/b.txt']);
    expect(await namesOf({ path: 'docs', suffixes: ['.md'] })).toEqual(['a.md']);
  });

  it('reads nothing outside the allowed folders', async () => {
    symlinkSync(join(base, 'outside'), join(base, 'docs/linked'));
    symlinkSync(join(base, 'outside/secret.md'), join(base, 'docs/secret.md'));
    symlinkSync('/etc/passwd', join(base, 'docs/passwd.md'));
    symlinkSync('loop.md', join(base, 'docs/loop.md'));
    symlinkSync(join(base, 'docs/a.md'), join(base, 'docs/inside.md'));
    writeFileSync(join(base, 'docs/.hidden.md'), 'hidden');
    expect(await namesOf({ path: 'docs' })).toEqual(['a.md', 'inside.md', 'sub/b.txt']);
    for (const path of [
      'docs/../outside',
      '../outside',
      join(base, 'outside'),
      '/etc',
      'docs/linked',
      'docs\u0000',
      'outside',
    ])
      await expect(namesOf({ path })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(namesOf({ path: 'docs/missing' })).rejects.toMatchObject({ code: 'file_not_found' });
    await expect(namesOf({ path: 'docs' }, [])).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('reports a file that is too large, and reads the others', async () => {
    writeFileSync(join(base, 'docs/large.md'), 'x'.repeat(1_001));
    expect(await namesOf({ path: 'docs' })).toEqual(['a.md', 'large.md: document_too_large', 'sub/b.txt']);
  });

  it('notices a replaced file with the same time and size', async () => {
    const sync = createMemorySync();
    const run = () =>
      syncSource({
        connector: folderSource,
        request: {
          config: { path: 'docs', suffixes: [] },
          files: createSourceFiles({ folders: [join(base, 'docs')] }),
          maxBytes: 1_000,
          signal: new AbortController().signal,
        } as never,
        state: sync.state,
        target: sync.target,
        settings: {},
        hash: (text: string) => text,
      });
    await run();
    writeFileSync(join(base, 'docs/other'), 'z');
    renameSync(join(base, 'docs/other'), join(base, 'docs/a.md'));
    await run();
    expect(Buffer.from(sync.documents.get('a.md')?.content as Uint8Array).toString()).toBe('z');
  });
});
