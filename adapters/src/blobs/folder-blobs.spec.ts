import { createHash } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runChild } from '../journal/__fixtures__/run-child.js';
import { temporaryFolder } from '../journal/__fixtures__/temporary-folder.js';
import { createFolderBlobs } from './folder-blobs.js';

const content = new TextEncoder().encode('some content');
const hex = createHash('sha256').update(content).digest('hex');
const about = { name: 'note.txt', mediaType: 'text/plain' };

describe('createFolderBlobs', () => {
  let place: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    place = temporaryFolder();
  });
  afterEach(() => place.remove());
  const fileOf = (): string => join(place.folder, hex.slice(0, 2), hex.slice(2));

  it('stores content under its hash, with name and media type, also for the next process', async () => {
    expect(await createFolderBlobs(place.folder).put(content, about)).toEqual({
      id: `sha256:${hex}`,
      ...about,
      size: 12,
    });
    const next = createFolderBlobs(place.folder);
    expect(Buffer.from(await next.get(`sha256:${hex}`)).toString()).toBe('some content');
    expect(await next.describe(`sha256:${hex}`)).toMatchObject(about);
    expect(await next.has(`sha256:${hex}`)).toBe(true);
  });

  it('stores the same content once, also when many ask at once', async () => {
    const blobs = createFolderBlobs(place.folder);
    await Promise.all(Array.from({ length: 20 }, () => blobs.put(content, about)));
    expect(readdirSync(join(place.folder, hex.slice(0, 2))).sort()).toEqual([hex.slice(2), `${hex.slice(2)}.json`]);
    expect(readdirSync(join(place.folder, 'drafts'))).toEqual([]);
  });

  it.each([
    'sha256:../../../../etc/passwd',
    '../secret',
    `sha256:${'0'.repeat(64)}`,
    `SHA256:${hex}`,
    `sha256:${hex}/../x`,
    '',
  ])('has nothing for the id %p', async (id) => {
    const blobs = createFolderBlobs(place.folder);
    await blobs.put(content, about);
    expect(await blobs.has(id)).toBe(false);
    await expect(blobs.get(id)).rejects.toMatchObject({ code: 'blob_not_found' });
    await expect(blobs.describe(id)).rejects.toMatchObject({ code: 'blob_not_found' });
  });

  it('notices damaged content, and repairs it when it is stored again', async () => {
    const blobs = createFolderBlobs(place.folder);
    await blobs.put(content, about);
    writeFileSync(fileOf(), 'same content');
    await expect(blobs.get(`sha256:${hex}`)).rejects.toMatchObject({ code: 'storage_corrupt' });
    await blobs.put(content, about);
    expect(readFileSync(fileOf(), 'utf8')).toBe('some content');
  });

  it('never shows half a blob, and clears what a kill left before the rename', async () => {
    const entry = new URL('./__fixtures__/put-child.js', import.meta.url);
    const end = await runChild(entry, [place.folder, 'some content'], {
      environment: { HEDDLE_FAILPOINT: 'blob-before-rename:kill' },
    });
    expect(end.signal).toBe('SIGKILL');
    expect(readdirSync(join(place.folder, 'drafts'))).toHaveLength(1);
    const blobs = createFolderBlobs(place.folder);
    expect(await blobs.has(`sha256:${hex}`)).toBe(false);
    await blobs.put(content, about);
    expect(readdirSync(join(place.folder, 'drafts'))).toEqual([]);
  });

  it('says that the folder cannot be written', async () => {
    chmodSync(place.folder, 0o555);
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      await expect(createFolderBlobs(place.folder).put(content, about)).rejects.toMatchObject({
        code: 'storage_read_only',
      });
    } finally {
      if (isRoot) process.seteuid?.(0);
      chmodSync(place.folder, 0o755);
    }
  });
});
