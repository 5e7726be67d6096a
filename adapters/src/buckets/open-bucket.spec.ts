import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { BlobStore } from '../blobs/blob-store.js';
import { parseS3Address } from '../blobs/s3/s3-address.js';
import { toS3Error } from '../blobs/s3/s3-error.js';
import { blobStoreSuite } from '../testing/blobs/blob-store-suite.js';
import { startBucket, type BucketServer } from '../testing/blobs/bucket-server.js';
import { originalStoreSuite } from '../testing/blobs/original-store-suite.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { wallClock } from '../testing/wall-clock.js';
import type { BucketOwner } from './bucket-marker.js';
import { openBucket, type Bucket } from './open-bucket.js';

const owner = { id: 'one', name: 'heddle at db' };
const about = { name: 'note.txt', mediaType: 'text/plain' };
const content = new TextEncoder().encode('some content');

describe('blobs in a bucket', () => {
  let bucket: BucketServer;
  let temporary: ReturnType<typeof temporaryFolder>;
  let opened = 0;
  beforeEach(async () => {
    bucket = await startBucket();
    temporary = temporaryFolder();
  });
  afterEach(async () => {
    await bucket.close();
    temporary.remove();
  });
  const folder = (): string => join(temporary.folder, String(opened));
  const openWhole = (url = bucket.url, timeoutMs = 5_000, by: BucketOwner = owner): Promise<Bucket> => {
    opened += 1;
    return openBucket({ url, owner: by, folder: folder(), clock: wallClock, timeoutMs });
  };
  const open = async (url?: string, timeoutMs?: number): Promise<BlobStore> => (await openWhole(url, timeoutMs)).blobs;
  /** Keys without the marker of the database. */
  const stored = (): readonly string[] => [...bucket.objects.keys()].filter((key) => !key.endsWith('heddle.json'));
  const damage = (id: string, body: Uint8Array): Promise<void> => {
    const key = id.replace(/^sha256:(..)/, 'blobs/$1/');
    const found = bucket.objects.get(key);
    if (found !== undefined) bucket.objects.set(key, { ...found, body: Buffer.from(body), etag: 'f'.repeat(32) });
    return Promise.resolve();
  };

  for (const promise of blobStoreSuite) it(promise.name, () => promise.run({ open: () => open(), damage }), 60_000);

  for (const promise of originalStoreSuite)
    it(promise.name, () => promise.run({ open: async () => (await openWhole()).originals, folder: temporary.folder }));

  it('notices a damaged original', async () => {
    const { originals } = await openWhole();
    await originals.write('faq', { id: 'a', content: 'text' });
    const [key = ''] = stored();
    const found = bucket.objects.get(key);
    for (const body of ['', 'other', `${found?.body.toString().slice(0, -1)}x`]) {
      if (found !== undefined) bucket.objects.set(key, { ...found, body: Buffer.from(body) });
      await expect(originals.find('faq', 'a')).rejects.toMatchObject({ code: 'storage_corrupt' });
    }
  });

  it('keeps the old original, and the file of the new one, while the bucket is unreachable', async () => {
    const { originals } = await openWhole();
    await originals.write('faq', { id: 'a', content: 'old' });
    const file = join(temporary.folder, 'new');
    writeFileSync(file, 'new');
    bucket.fail('PUT', 503, 503, 503);
    await expect(originals.write('faq', { id: 'a', file })).rejects.toMatchObject({ code: 'bucket_unreachable' });
    expect((await originals.find('faq', 'a'))?.content).toBe('old');
    bucket.fail('GET', 503, 503, 503);
    await expect(originals.find('faq', 'a')).rejects.toMatchObject({ code: 'bucket_unreachable' });
    await originals.write('faq', { id: 'a', file });
    expect(Buffer.from((await originals.find('faq', 'a'))?.content ?? '').toString()).toBe('new');
  });

  describe('belongs to one database', () => {
    const other = { id: 'two', name: 'copy at db' };
    it('and refuses another one, at its start and later, until the marker is removed', async () => {
      const first = await openWhole();
      expect((await openWhole()).id).toBe(first.id);
      await expect(openWhole(bucket.url, 5_000, other)).rejects.toMatchObject({
        code: 'bucket_taken',
        message: expect.stringMatching(/heddle at db, not copy at db/),
      });
      bucket.objects.delete('heddle.json');
      await expect(first.check()).rejects.toMatchObject({ code: 'bucket_taken' });
      const second = await openWhole(bucket.url, 5_000, other);
      await expect(first.check()).rejects.toMatchObject({ code: 'bucket_taken' });
      await second.check();
    });

    it('and accepts one of two that start at once', async () => {
      const opening = [owner, other].map((by) => openWhole(bucket.url, 5_000, by));
      const outcomes = await Promise.allSettled(opening);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    });

    it('under its prefix: another database uses another prefix, and sees and sweeps nothing of the first', async () => {
      const one = await openWhole(bucket.url.replace('?', '/a?'));
      const two = await openWhole(bucket.url.replace('?', '/b?'), 5_000, other);
      const { id } = await one.blobs.put(content, about);
      await one.originals.write('faq', { id: 'a', content: 'text' });
      expect([await two.blobs.has(id), await two.originals.find('faq', 'a')]).toEqual([false, undefined]);
      expect(await two.blobs.sweep({ isReferred: () => false, before: Infinity })).toEqual({ files: 0, bytes: 0 });
      await two.originals.drop('faq');
      expect([await one.blobs.has(id), (await one.originals.find('faq', 'a'))?.content]).toEqual([true, 'text']);
    });

    it('and a database that recorded its bucket refuses an empty or different one, but accepts a copy and its own without the marker', async () => {
      const { id, name, originals } = await openWhole();
      await originals.write('faq', { id: 'a', content: 'text' });
      const noted = { ...owner, noted: { id, name } };
      const at = (prefix: string): string => bucket.url.replace('?', `/${prefix}?`);
      await expect(openWhole(at('empty'), 5_000, noted)).rejects.toMatchObject({ code: 'setting_invalid' });
      expect([...bucket.objects.keys()].filter((key) => key.startsWith('empty/'))).toEqual([]);
      await openWhole(at('other'));
      await expect(openWhole(at('other'), 5_000, noted)).rejects.toMatchObject({ code: 'setting_invalid' });
      for (const [key, object] of [...bucket.objects]) bucket.objects.set(`copy/${key}`, object);
      const copy = await openWhole(at('copy'), 5_000, noted);
      expect([copy.id, (await copy.originals.find('faq', 'a'))?.content]).toEqual([id, 'text']);
      bucket.objects.delete('heddle.json');
      expect((await openWhole(bucket.url, 5_000, { ...noted, ...other })).id).toBe(id);
    });

    it('and a damaged marker is refused', async () => {
      await openWhole();
      const marker = bucket.objects.get('heddle.json');
      if (marker !== undefined) bucket.objects.set('heddle.json', { ...marker, body: Buffer.from('{}') });
      await expect(openWhole()).rejects.toMatchObject({ code: 'bucket_taken' });
    });
  });

  it('keeps everything under its prefix, and sweeps nothing outside it', async () => {
    bucket.objects.set('other/file', { body: Buffer.from('x'), etag: 'e', headers: {}, storedAt: 0 });
    const blobs = await open(bucket.url.replace('?', '/team/a/?'));
    await blobs.put(content, about);
    expect([...bucket.objects.keys()].filter((key) => !key.startsWith('team/a/'))).toEqual(['other/file']);
    expect(await blobs.sweep({ isReferred: () => false, before: Infinity })).toEqual({ files: 1, bytes: 12 });
    expect([...bucket.objects.keys()]).toEqual(['other/file', 'team/a/heddle.json']);
  });

  it('stores old content again, so that a sweep does not remove it from a new run', async () => {
    const blobs = await open();
    const { id } = await blobs.put(content, about);
    for (const found of bucket.objects.values()) found.storedAt = 1_000;
    await blobs.put(content, { ...about, name: 'second.txt' });
    expect(await blobs.sweep({ isReferred: () => false, before: Date.now() - 10_000 })).toEqual({ files: 0, bytes: 0 });
    expect(await blobs.describe(id)).toMatchObject(about);
  });

  it('retries a request that was cut or refused for a moment, and stores the whole content', async () => {
    const blobs = await open();
    bucket.fail('PUT', 'cut the request', 503);
    const { id } = await blobs.put(content, about);
    bucket.fail('GET', 500, 'cut the request');
    expect(Buffer.from(await blobs.get(id)).toString()).toBe('some content');
  });

  it('stores content although another process stores it at the same moment and S3 answers 409', async () => {
    const blobs = await open();
    bucket.fail('PUT', 409);
    const { id } = await blobs.put(content, about);
    expect(await blobs.describe(id)).toMatchObject(about);
  });

  it('reports that the bucket is unreachable, keeps the received content, and stores it when the bucket is back', async () => {
    const blobs = await open();
    const draft = await blobs.receive(one(content));
    bucket.fail('HEAD', 503, 503, 503);
    await expect(draft.keep(about)).rejects.toMatchObject({ code: 'bucket_unreachable', retryable: true });
    expect(stored()).toEqual([]);
    expect((await draft.keep(about)).id).toBe(draft.id);
    expect(readdirSync(join(folder(), 'drafts'))).toEqual([]);
  });

  it('shows nothing of a large upload that broke off, and removes its parts', async () => {
    const blobs = await open();
    const draft = await blobs.receive(one(new Uint8Array(17 * 1024 * 1024)));
    bucket.fail('PUT', 400, 400, 400);
    await expect(draft.keep(about)).rejects.toMatchObject({ code: 'storage_failed' });
    expect([stored(), bucket.uploads.size, await blobs.has(draft.id)]).toEqual([[], 0, false]);
    await draft.discard();
    await blobs.removeDrafts();
    expect(existsSync(join(folder(), 'drafts'))).toBe(false);
  });

  it('reports what is wrong at the start (no server, no bucket, wrong keys) without the secret', async () => {
    const wrong = [
      ['s3://test:canary-secret@heddle?endpoint=http://127.0.0.1:1', 'bucket_unreachable'],
      [bucket.url.replace('@heddle', '@missing'), 'bucket_refused'],
      [bucket.url, 'bucket_refused'],
    ] as const;
    for (const [at, [url, code]] of wrong.entries()) {
      if (at === 2) bucket.fail('PUT', 403);
      const refused = await open(url).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code });
      expect(`${String(refused)} ${JSON.stringify(refused)}`).not.toContain('canary');
    }
  });

  it('gives up a request that gets no answer', async () => {
    const blobs = await open(bucket.url, 300);
    bucket.fail('HEAD', ...Array.from({ length: 3 }, () => 'swallow the request' as const));
    await expect(blobs.put(content, about)).rejects.toMatchObject({ code: 'bucket_unreachable' });
  });
});

async function* one(piece: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(piece);
}

describe('the address of a bucket', () => {
  it('contains bucket, prefix, endpoint and region', () => {
    expect(parseS3Address('s3://heddle/a/b/?endpoint=https://s3.example.org:9000&region=eu-central-1')).toEqual({
      bucket: 'heddle',
      prefix: 'a/b/',
      endpoint: 'https://s3.example.org:9000',
      region: 'eu-central-1',
      keys: undefined,
      name: 'heddle at s3.example.org:9000',
    });
  });

  it('may contain keys, which its name leaves out', () => {
    const { keys, name } = parseS3Address('s3://k%2Fey:canary%2B%2F@heddle');
    expect([keys, name]).toEqual([{ accessKeyId: 'k/ey', secretAccessKey: 'canary+/' }, 'heddle at Amazon']);
  });

  it.each([
    'heddle',
    'https://heddle',
    's3://',
    's3://canary@heddle',
    's3://heddle?endpoint=ftp://me:canary@host',
    's3://me:canary@UPPER_CASE',
    's3://UPPER_CASE',
    's3://heddle?endpoint=file:///etc',
    's3://heddle?endpont=https://x',
  ])('refuses %p', (url) => {
    expect(() => parseS3Address(url)).toThrow(expect.objectContaining({ code: 'setting_invalid' }));
    expect(() => parseS3Address(url)).toThrow(expect.not.stringContaining('canary'));
  });

  it.each([
    [{ name: 'QuotaExceeded', message: 'full', $metadata: { httpStatusCode: 403 } }, 'storage_full'],
    [{ name: 'SignatureDoesNotMatch', $metadata: { httpStatusCode: 403 } }, 'bucket_refused'],
    [{ name: 'CredentialsProviderError', message: 'no keys' }, 'bucket_refused'],
    [{ name: 'TimeoutError', message: 'no answer' }, 'bucket_unreachable'],
    [{ name: 'EntityTooLarge', $metadata: { httpStatusCode: 400 } }, 'storage_failed'],
  ])('maps the error %p to its code', (error, code) => {
    expect(toS3Error(Object.assign(new Error('x'), error), 'heddle')).toMatchObject({ code });
  });
});
