import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { blobStoreSuite } from '../../testing/blob-store-suite.js';
import { startBucket, type BucketServer } from '../../testing/bucket-server.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { wallClock } from '../../testing/wall-clock.js';
import type { BlobStore } from '../blob-store.js';
import { parseS3Address } from './s3-address.js';
import { openS3Blobs } from './s3-blobs.js';
import { toS3Error } from './s3-error.js';

const keys = { accessKeyId: 'test', secretAccessKey: 'canary-secret' };
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
  const open = (url = bucket.url, timeoutMs = 5_000): Promise<BlobStore> => {
    opened += 1;
    return openS3Blobs({ url, keys, folder: folder(), clock: wallClock, timeoutMs });
  };
  const damage = (id: string, body: Uint8Array): Promise<void> => {
    const key = id.replace(/^sha256:(..)/, '$1/');
    const found = bucket.objects.get(key);
    if (found !== undefined) bucket.objects.set(key, { ...found, body: Buffer.from(body), etag: 'f'.repeat(32) });
    return Promise.resolve();
  };

  for (const promise of blobStoreSuite) it(promise.name, () => promise.run({ open: () => open(), damage }), 60_000);

  it('keeps everything behind its prefix, and sweeps nothing outside', async () => {
    bucket.objects.set('other/file', { body: Buffer.from('x'), etag: 'e', headers: {}, storedAt: 0 });
    const blobs = await open(bucket.url.replace('?', '/team/a/?'));
    await blobs.put(content, about);
    expect([...bucket.objects.keys()].filter((key) => !key.startsWith('team/a/'))).toEqual(['other/file']);
    expect(await blobs.sweep({ isReferred: () => false, before: Infinity })).toEqual({ files: 1, bytes: 12 });
    expect([...bucket.objects.keys()]).toEqual(['other/file']);
  });

  it('stores content again that is old, so that a sweep does not take it from a new run', async () => {
    const blobs = await open();
    const { id } = await blobs.put(content, about);
    for (const found of bucket.objects.values()) found.storedAt = 1_000;
    await blobs.put(content, { ...about, name: 'second.txt' });
    expect(await blobs.sweep({ isReferred: () => false, before: Date.now() - 10_000 })).toEqual({ files: 0, bytes: 0 });
    expect(await blobs.describe(id)).toMatchObject(about);
  });

  it('tries again what was cut or refused for a moment, and stores it whole', async () => {
    const blobs = await open();
    bucket.fail('PUT', 'cut the request', 503);
    const { id } = await blobs.put(content, about);
    bucket.fail('GET', 500, 'cut the request');
    expect(Buffer.from(await blobs.get(id)).toString()).toBe('some content');
  });

  it('says that the bucket is away, keeps what it received, and stores it when the bucket is back', async () => {
    const blobs = await open();
    const draft = await blobs.receive(one(content));
    bucket.fail('HEAD', 503, 503, 503);
    await expect(draft.keep(about)).rejects.toMatchObject({ code: 'bucket_unreachable', retryable: true });
    expect(bucket.objects.size).toBe(0);
    expect((await draft.keep(about)).id).toBe(draft.id);
    expect(readdirSync(join(folder(), 'drafts'))).toEqual([]);
  });

  it('shows nothing of a large upload that broke off, and takes its parts back', async () => {
    const blobs = await open();
    const draft = await blobs.receive(one(new Uint8Array(17 * 1024 * 1024)));
    bucket.fail('PUT', 400, 400, 400);
    await expect(draft.keep(about)).rejects.toMatchObject({ code: 'storage_failed' });
    expect([bucket.objects.size, bucket.uploads.size, await blobs.has(draft.id)]).toEqual([0, 0, false]);
    await draft.discard();
    await blobs.removeDrafts();
    expect(existsSync(join(folder(), 'drafts'))).toBe(false);
  });

  it('says what is wrong at the start: no server, no bucket, wrong keys, without the secret', async () => {
    const wrong = [
      ['s3://heddle?endpoint=http://127.0.0.1:1', 'bucket_unreachable'],
      [bucket.url.replace('heddle', 'missing'), 'bucket_refused'],
      [bucket.url, 'bucket_refused'],
    ] as const;
    for (const [at, [url, code]] of wrong.entries()) {
      if (at === 2) bucket.fail('HEAD', 403);
      const refused = await open(url).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code });
      expect(String(refused)).not.toContain('canary');
    }
  });

  it('gives up a request that nobody answers', async () => {
    const blobs = await open(bucket.url, 300);
    bucket.fail('HEAD', ...Array.from({ length: 3 }, () => 'swallow the request' as const));
    await expect(blobs.put(content, about)).rejects.toMatchObject({ code: 'bucket_unreachable' });
  });
});

async function* one(piece: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(piece);
}

describe('the address of a bucket', () => {
  it('has bucket, prefix, endpoint and region', () => {
    expect(parseS3Address('s3://heddle/a/b/?endpoint=https://s3.example.org:9000&region=eu-central-1')).toEqual({
      bucket: 'heddle',
      prefix: 'a/b/',
      endpoint: 'https://s3.example.org:9000',
      region: 'eu-central-1',
      name: 'heddle at s3.example.org:9000',
    });
  });

  it.each([
    'heddle',
    'https://heddle',
    's3://',
    's3://key:secret@heddle',
    's3://UPPER_CASE',
    's3://heddle?endpoint=file:///etc',
    's3://heddle?endpont=https://x',
  ])('refuses %p', (url) => {
    expect(() => parseS3Address(url)).toThrow(expect.objectContaining({ code: 'setting_invalid' }));
  });

  it.each([
    [{ name: 'QuotaExceeded', message: 'full', $metadata: { httpStatusCode: 403 } }, 'storage_full'],
    [{ name: 'SignatureDoesNotMatch', $metadata: { httpStatusCode: 403 } }, 'bucket_refused'],
    [{ name: 'CredentialsProviderError', message: 'no keys' }, 'bucket_refused'],
    [{ name: 'TimeoutError', message: 'no answer' }, 'bucket_unreachable'],
    [{ name: 'EntityTooLarge', $metadata: { httpStatusCode: 400 } }, 'storage_failed'],
  ])('names the error %p by its code', (error, code) => {
    expect(toS3Error(Object.assign(new Error('x'), error), 'heddle')).toMatchObject({ code });
  });
});
