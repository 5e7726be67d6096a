import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { blobStoreSuite } from '../testing/blobs/blob-store-suite.js';
import { originalStoreSuite } from '../testing/blobs/original-store-suite.js';
import { s3Missing, startS3, type TestS3 } from '../testing/blobs/s3-server.js';
import { startTcpProxy } from '../testing/network/tcp-proxy.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { wallClock } from '../testing/wall-clock.js';
import { openBucket, type Bucket } from './open-bucket.js';

jest.setTimeout(300_000);

const missing = s3Missing();
const suite = missing === undefined ? describe : describe.skip;

suite(`a bucket of a server that checks signatures (${missing ?? 'installed'})`, () => {
  let s3: TestS3;
  const temporary = temporaryFolder();
  const open = (id = 'one'): Promise<Bucket> =>
    openBucket({
      url: s3.addressOf('heddle').replace('?', '/some prefix?'),
      owner: { id, name: id },
      clock: wallClock,
      folder: mkdtempSync(join(temporary.folder, 'process-')),
    });

  beforeAll(async () => {
    s3 = await startS3();
    await s3.make('heddle');
  });
  afterAll(async () => {
    await s3?.close();
    temporary.remove();
  });

  for (const promise of blobStoreSuite)
    it(promise.name, () =>
      promise.run({
        open: async () => (await open()).blobs,
        damage: (id, bytes) => s3.put('heddle', id.replace(/^sha256:(..)/, 'some prefix/blobs/$1/'), bytes),
      }),
    );
  for (const promise of originalStoreSuite)
    it(promise.name, () => promise.run({ open: async () => (await open()).originals, folder: temporary.folder }));

  it('is not created when the name is wrong, even with keys that may create buckets', async () => {
    const wrong = { owner: { id: 'one', name: 'one' }, clock: wallClock, folder: temporary.folder };
    // The first try must not create the bucket, or the second try finds it.
    for (let tries = 0; tries < 2; tries += 1)
      await expect(openBucket({ ...wrong, url: s3.addressOf('wrong-name') })).rejects.toMatchObject({
        code: 'bucket_refused',
      });
  });

  it('belongs to one database when several open it at once', async () => {
    const address = s3.addressOf('heddle').replace('?', '/contended?');
    const coming = Array.from({ length: 8 }, (_, index) =>
      openBucket({
        url: address,
        owner: { id: `${index}`, name: `${index}` },
        clock: wallClock,
        folder: mkdtempSync(join(temporary.folder, 'process-')),
      }),
    );
    const outcomes = await Promise.allSettled(coming);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'bucket_taken' });
  });

  it('keeps no parts of a large original after a sweep when a kill interrupted the upload', async () => {
    const { blobs, originals } = await open();
    const proxy = await startTcpProxy(Number(new URL(s3.endpoint).port));
    const through = s3
      .addressOf('heddle')
      .replace('?', '/some prefix?')
      .replace(s3.endpoint, `http://127.0.0.1:${proxy.port}`);
    const dies = await openBucket({
      url: through,
      owner: { id: 'one', name: 'one' },
      clock: wallClock,
      folder: temporary.folder,
    });
    const inTheMiddle = proxy.failNext('partNumber=2', 'swallow the request');
    const lost = dies.originals.write('faq', { id: 'large', content: Buffer.alloc(40 * 1024 * 1024) });
    const outcome = lost.then(
      () => 'stored',
      () => 'lost',
    );
    await inTheMiddle;
    proxy.refuse();
    expect(await outcome).toBe('lost');
    await proxy.close();
    expect(await s3.uploads('heddle')).toHaveLength(1);
    expect(await originals.find('faq', 'large')).toBeUndefined();
    await blobs.sweep({ isReferred: () => true, before: Date.now() + 86_400_000 });
    expect(await s3.uploads('heddle')).toEqual([]);
  });

  it('has all content after its server was killed', async () => {
    const { blobs, originals } = await open();
    const { id } = await blobs.put(new TextEncoder().encode('kept'), { name: 'a', mediaType: 'text/plain' });
    await originals.write('faq', { id: 'a', content: 'kept' });
    await s3.kill();
    await expect(blobs.get(id)).rejects.toMatchObject({ code: 'bucket_unreachable' });
    await s3.begin();
    expect(Buffer.from(await blobs.get(id)).toString()).toBe('kept');
    expect((await originals.find('faq', 'a'))?.content).toBe('kept');
  });
});
