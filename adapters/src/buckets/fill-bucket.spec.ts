import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FolderBlobs } from '../blobs/folder-blobs.js';
import { FolderOriginals } from '../originals/folder-originals.js';
import { startBucket, type BucketServer } from '../testing/blobs/bucket-server.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { wallClock } from '../testing/wall-clock.js';
import { fillBucket } from './fill-bucket.js';
import { openBucket, type Bucket } from './open-bucket.js';

const about = { name: 'note.txt', mediaType: 'text/plain' };

describe('files that a process kept before it had a bucket', () => {
  let server: BucketServer;
  let bucket: Bucket;
  let temporary: ReturnType<typeof temporaryFolder>;
  beforeEach(async () => {
    server = await startBucket();
    temporary = temporaryFolder();
    const owner = { id: 'one', name: 'heddle at db' };
    bucket = await openBucket({ url: server.url, owner, folder: join(temporary.folder, 'bucket'), clock: wallClock });
  });
  afterEach(async () => {
    bucket.close();
    await server.close();
    temporary.remove();
  });
  const folderOf = (name: string): string => join(temporary.folder, name);
  const blobs = (): FolderBlobs => new FolderBlobs(folderOf('blobs'));
  const originals = (): FolderOriginals => new FolderOriginals(folderOf('originals'));

  it('are copied once, with all their properties', async () => {
    const { id } = await blobs().put(Buffer.from('some content'), about);
    const document = { id: 'a/b.md', title: 'A', content: '# A', metadata: { year: 1 } };
    await originals().write('faq', { ...document, readers: ['group:a'] });
    await originals().write('faq', { id: 'b', content: Buffer.from([1, 10, 2]) });
    expect(await fillBucket(bucket, temporary.folder)).toEqual({ blobs: 1, originals: 2, damaged: [] });
    expect(await bucket.blobs.describe(id)).toEqual({ id, ...about, size: 12 });
    expect(await bucket.originals.find('faq', 'a/b.md')).toEqual({ ...document, readersIfNew: ['group:a'] });
    expect((await bucket.originals.find('faq', 'b'))?.content).toEqual(Buffer.from([1, 10, 2]));
    expect(readdirSync(temporary.folder).sort()).toEqual(['blobs.in-bucket', 'bucket', 'originals.in-bucket']);
    expect(await fillBucket(bucket, temporary.folder)).toEqual({ blobs: 0, originals: 0, damaged: [] });
    await blobs().put(Buffer.from('later'), about);
    expect(await fillBucket(bucket, temporary.folder)).toMatchObject({ blobs: 1 });
    expect(existsSync(folderOf('blobs.in-bucket-2'))).toBe(true);
  });

  it('stay in their folder while the bucket is unreachable, and are copied at the next try', async () => {
    for (const text of ['one', 'two', 'three']) await blobs().put(Buffer.from(text), about);
    server.fail('PUT', 503, 503, 503);
    await expect(fillBucket(bucket, temporary.folder)).rejects.toMatchObject({ code: 'bucket_unreachable' });
    expect(existsSync(folderOf('blobs'))).toBe(true);
    expect(await fillBucket(bucket, temporary.folder)).toMatchObject({ blobs: 3 });
    expect(readdirSync(folderOf('bucket/drafts'))).toEqual([]);
  });

  it('replace nothing that another process has stored since, and damaged ones are reported', async () => {
    await bucket.originals.write('faq', { id: 'a', content: 'newer' });
    await originals().write('faq', { id: 'a', content: 'older' });
    const { id } = await blobs().put(Buffer.from('some content'), about);
    const file = join(folderOf('blobs'), id.slice(7, 9), id.slice(9));
    writeFileSync(file, 'same content');
    writeFileSync(join(folderOf('originals'), 'faq', `${'0'.repeat(64)}.json`), '{');
    const { damaged, ...copied } = await fillBucket(bucket, temporary.folder);
    expect(copied).toEqual({ blobs: 0, originals: 0 });
    expect(damaged).toEqual([file, expect.stringMatching(/0{64}\.json$/)]);
    expect([(await bucket.originals.find('faq', 'a'))?.content, await bucket.blobs.has(id)]).toEqual(['newer', false]);
  });
});
