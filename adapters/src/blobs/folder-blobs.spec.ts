import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { blobStoreSuite } from '../testing/blobs/blob-store-suite.js';
import { runChild } from '../testing/run-child.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { FolderBlobs } from './folder-blobs.js';

const content = new TextEncoder().encode('some content');
const hex = createHash('sha256').update(content).digest('hex');
const about = { name: 'note.txt', mediaType: 'text/plain' };

describe('FolderBlobs', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    temporary = temporaryFolder();
  });
  afterEach(() => temporary.remove());
  const fileOf = (): string => join(temporary.folder, hex.slice(0, 2), hex.slice(2));

  for (const promise of blobStoreSuite)
    it(promise.name, () =>
      promise.run({
        open: () => Promise.resolve(new FolderBlobs(temporary.folder)),
        damage(id, bytes) {
          writeFileSync(join(temporary.folder, id.slice(7, 9), id.slice(9)), bytes);
          return Promise.resolve();
        },
      }),
    );

  it('stores content under its hash, with name and media type, and a later process reads it', async () => {
    expect(await new FolderBlobs(temporary.folder).put(content, about)).toEqual({
      id: `sha256:${hex}`,
      ...about,
      size: 12,
    });
    const next = new FolderBlobs(temporary.folder);
    expect(Buffer.from(await next.get(`sha256:${hex}`)).toString()).toBe('some content');
    expect(await next.describe(`sha256:${hex}`)).toMatchObject(about);
    expect(await next.has(`sha256:${hex}`)).toBe(true);
  });

  it.each(['{"id":', ''])('describes content again whose description a crash cut off at %p', async (left) => {
    const blobs = new FolderBlobs(temporary.folder);
    const { id } = await blobs.put(content, about);
    writeFileSync(`${fileOf()}.json`, left);
    await expect(blobs.describe(id)).rejects.toMatchObject({ code: 'storage_corrupt' });
    await blobs.put(content, about);
    expect(await blobs.describe(id)).toMatchObject(about);
    writeFileSync(`${fileOf()}.json`, left);
    await (await blobs.receive(Readable.from([content]))).keep({ ...about, name: 'other.txt' });
    expect(await blobs.describe(id)).toMatchObject({ name: 'other.txt' });
    // A description that is whole keeps the first name.
    await blobs.put(content, about);
    expect(await blobs.describe(id)).toMatchObject({ name: 'other.txt' });
  });

  it('stores the same content once, even when several callers store it at once', async () => {
    const blobs = new FolderBlobs(temporary.folder);
    await Promise.all(Array.from({ length: 20 }, () => blobs.put(content, about)));
    expect(readdirSync(join(temporary.folder, hex.slice(0, 2))).sort()).toEqual([hex.slice(2), `${hex.slice(2)}.json`]);
    expect(readdirSync(join(temporary.folder, 'drafts'))).toEqual([]);
  });

  it.each([
    'sha256:../../../../etc/passwd',
    '../secret',
    `sha256:${'0'.repeat(64)}`,
    `SHA256:${hex}`,
    `sha256:${hex}/../x`,
    '',
  ])('has nothing for the id %p', async (id) => {
    const blobs = new FolderBlobs(temporary.folder);
    await blobs.put(content, about);
    expect(await blobs.has(id)).toBe(false);
    await expect(blobs.get(id)).rejects.toMatchObject({ code: 'blob_not_found' });
    await expect(blobs.describe(id)).rejects.toMatchObject({ code: 'blob_not_found' });
  });

  it('notices damaged content, and repairs it when the content is stored again', async () => {
    const blobs = new FolderBlobs(temporary.folder);
    await blobs.put(content, about);
    writeFileSync(fileOf(), 'same content');
    await expect(blobs.get(`sha256:${hex}`)).rejects.toMatchObject({ code: 'storage_corrupt' });
    await blobs.put(content, about);
    expect(readFileSync(fileOf(), 'utf8')).toBe('some content');
  });

  it('never shows half a blob, and removes the draft that a kill left before the rename', async () => {
    const entry = new URL('./__fixtures__/put-child.js', import.meta.url);
    const end = await runChild(entry, [temporary.folder, 'some content'], {
      environment: { HEDDLE_FAILPOINT: 'blob-before-rename:kill' },
    });
    expect(end.signal).toBe('SIGKILL');
    expect(readdirSync(join(temporary.folder, 'drafts'))).toHaveLength(1);
    const blobs = new FolderBlobs(temporary.folder);
    expect(await blobs.has(`sha256:${hex}`)).toBe(false);
    await blobs.put(content, about);
    expect(readdirSync(join(temporary.folder, 'drafts'))).toEqual([]);
  });

  describe('content that comes piece by piece', () => {
    async function* inPieces(pieces: readonly Uint8Array[], error?: Error): AsyncGenerator<Uint8Array> {
      for (const piece of pieces) yield await Promise.resolve(piece);
      if (error !== undefined) throw error;
    }
    const pieces = [content.subarray(0, 5), content.subarray(5)];

    it('is stored under its hash once it is kept, and read back in pieces', async () => {
      const blobs = new FolderBlobs(temporary.folder);
      const draft = await blobs.receive(inPieces(pieces));
      expect([draft.id, draft.size, await blobs.has(draft.id)]).toEqual([`sha256:${hex}`, 12, false]);
      expect(readFileSync(draft.file, 'utf8')).toBe('some content');
      expect(await draft.keep(about)).toEqual({ id: `sha256:${hex}`, ...about, size: 12 });
      expect(readdirSync(join(temporary.folder, 'drafts'))).toEqual([]);
      const { size, stream } = await blobs.open(draft.id);
      expect([size, Buffer.concat(await stream.toArray()).toString()]).toEqual([12, 'some content']);
      expect(await blobs.describe(draft.id)).toMatchObject(about);
    });

    it('keeps the first name of the same content, and repairs damaged content', async () => {
      const blobs = new FolderBlobs(temporary.folder);
      await blobs.put(content, about);
      writeFileSync(fileOf(), 'same content');
      await expect(blobs.open(`sha256:${hex}`)).rejects.toMatchObject({ code: 'storage_corrupt' });
      await (await blobs.receive(inPieces(pieces))).keep({ ...about, name: 'other.txt' });
      expect(readFileSync(fileOf(), 'utf8')).toBe('some content');
      expect(await blobs.describe(`sha256:${hex}`)).toMatchObject(about);
      await expect(blobs.open(`sha256:${'0'.repeat(64)}`)).rejects.toMatchObject({ code: 'blob_not_found' });
    });

    it('leaves nothing when it breaks off, is discarded, or its process ended', async () => {
      const blobs = new FolderBlobs(temporary.folder);
      const broken = blobs.receive(inPieces(pieces, new Error('the sender is gone')));
      await expect(broken).rejects.toThrow('the sender is gone');
      await (await blobs.receive(inPieces(pieces))).discard();
      expect(readdirSync(join(temporary.folder, 'drafts'))).toEqual([]);
      await blobs.receive(inPieces(pieces));
      expect(readdirSync(join(temporary.folder, 'drafts'))).toHaveLength(1);
      await new FolderBlobs(temporary.folder).removeDrafts();
      expect(existsSync(join(temporary.folder, 'drafts'))).toBe(false);
    });

    it('is read no faster than it is written', async () => {
      const piece = new Uint8Array(1024 * 1024);
      const written: number[] = [];
      async function* many(): AsyncGenerator<Uint8Array> {
        for (let count = 0; count < 3; count += 1) {
          const [name = ''] = readdirSync(join(temporary.folder, 'drafts'));
          written.push(statSync(join(temporary.folder, 'drafts', name)).size / piece.length);
          yield await Promise.resolve(piece);
        }
      }
      await new FolderBlobs(temporary.folder).receive(many());
      expect(written).toEqual([0, 1, 2]);
    });
  });

  it('says that the folder cannot be written', async () => {
    chmodSync(temporary.folder, 0o555);
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      await expect(new FolderBlobs(temporary.folder).put(content, about)).rejects.toMatchObject({
        code: 'storage_read_only',
      });
    } finally {
      if (isRoot) process.seteuid?.(0);
      chmodSync(temporary.folder, 0o755);
    }
  });
});
