import { createHash } from 'node:crypto';
import { createMemorySync, testSourceConnector, type SourceConnectorSubject } from '@heddle/core/testing';
import { syncSource, type SafeRequest, type SourceRequest, type SyncReport } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSafeFetch } from '../../fetch/index.js';
import { startBucket, type BucketServer } from '../../testing/blobs/bucket-server.js';
import { bucketSource } from './bucket-source.js';

const portOf = (bucket: BucketServer): number => Number(/:(\d+)$/.exec(bucket.url)?.[1]);
const configOf = (bucket: BucketServer): object => ({
  bucket: 'heddle',
  endpoint: `http://s3.test:${portOf(bucket)}`,
  accessKey: 'key',
  prefix: 'docs',
});
const put = (bucket: BucketServer, key: string, text: string): void => {
  const body = Buffer.from(text);
  const etag = createHash('md5').update(body).digest('hex');
  bucket.objects.set(key, { body, etag, headers: {}, storedAt: 1_750_000_000_000 });
};

function fetchOf(bucket: BucketServer) {
  return createSafeFetch({
    allowedHosts: [`s3.test:${portOf(bucket)}`],
    resolve: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
  });
}

const secret = { handle: { name: 's3' } as never, valueFor: () => Promise.resolve('canary-secret') };

async function open(): Promise<SourceConnectorSubject> {
  const bucket = await startBucket();
  bucket.mostListed = 3;
  const fetch = fetchOf(bucket);
  let limited = { times: 0, retryAfterMs: 0 };
  let isTokenValid = true;
  let cut = 0;
  const answer = (status: number, url: string, headers: Record<string, string> = {}) => ({
    status,
    url,
    headers,
    body: Buffer.from('<Error><Code>AccessDenied</Code></Error>'),
  });
  return {
    connector: bucketSource,
    config: configOf(bucket),
    badConfigs: [
      {},
      { bucket: '../other' },
      { bucket: 'heddle', endpoint: 'file:///etc' },
      { bucket: 'heddle', endpoint: 'https://key:secret@example.com' },
      { bucket: 'heddle', endpoint: 'https://example.com/path' },
      { bucket: 'heddle', region: 'example.com/' },
    ],
    request: {
      secret,
      fetch: {
        ...fetch,
        fetch: async (request: SafeRequest) => {
          if (!isTokenValid) return answer(403, request.url);
          if (limited.times > 0) {
            limited.times -= 1;
            return answer(503, request.url, { 'retry-after': String(limited.retryAfterMs / 1_000) });
          }
          if (cut > 0) {
            cut -= 1;
            bucket.fail('GET', 'cut the request');
          }
          return fetch.fetch(request);
        },
      },
    },
    write: async (name, text) => put(bucket, `docs/${name}`, text),
    remove: async (name) => void bucket.objects.delete(`docs/${name}`),
    rename: async (from, to) => {
      const found = bucket.objects.get(`docs/${from}`);
      if (found !== undefined) bucket.objects.set(`docs/${to}`, found);
      bucket.objects.delete(`docs/${from}`);
    },
    downloads: () => bucket.requests.filter((request) => request.includes('/docs/')).length,
    faults: {
      limit: (times, retryAfterMs) => void (limited = { times, retryAfterMs }),
      setToken: (isValid) => void (isTokenValid = isValid),
      cutPages: (times) => void (cut = times),
    },
    close: () => bucket.close(),
  };
}

testSourceConnector({ describe, it }, 'bucket', open, ['limit', 'setToken', 'cutPages', 'downloads']);

describe('the source bucket', () => {
  let bucket: BucketServer;
  const sync = createMemorySync();
  beforeEach(async () => {
    bucket = await startBucket();
  });
  afterEach(() => bucket.close());

  const run = (config: object = {}, request: Partial<SourceRequest> = {}): Promise<SyncReport> =>
    syncSource({
      connector: bucketSource,
      request: {
        fetch: fetchOf(bucket),
        maxBytes: 100,
        signal: new AbortController().signal,
        now: () => 0,
        secret,
        config: bucketSource.config.parse({ ...configOf(bucket), ...config }),
        wait: () => Promise.resolve(),
        ...request,
      } as never,
      state: sync.state,
      target: sync.target,
      settings: {},
      hash: (text: string) => text,
    });

  it('reads the objects of its folder, and continues after an object that cannot be read', async () => {
    for (const key of ['docs/a b+c&d.md', 'docs/é/x.md', 'docs/', 'docs/folder/', 'docs/y.txt', 'docs2/z.md'])
      put(bucket, key.replaceAll('&', '&amp;'), key);
    put(bucket, 'docs/large.md', 'x'.repeat(101));
    await run({ suffixes: ['md'] });
    expect([...sync.documents.keys()]).toEqual(['é/x.md']);
    expect([...sync.failures].map(([id, { code }]) => `${id} ${code}`).sort()).toEqual([
      'a b+c&d.md source_failed',
      'large.md document_too_large',
    ]);
  });

  it('connects only to allowed servers, signs only with its own keys, and shows no secret', async () => {
    process.env['AWS_ACCESS_KEY_ID'] = 'environment';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'environment-secret';
    const sent: SafeRequest[] = [];
    const fetch = {
      ...fetchOf(bucket),
      fetch: (request: SafeRequest) => {
        sent.push(request);
        return fetchOf(bucket).fetch(request);
      },
    };
    try {
      put(bucket, 'docs/a.md', 'a');
      await run({}, { fetch });
      expect(sent[0]?.headers?.['authorization']).toMatch(/^AWS4-HMAC-SHA256 Credential=key\//);
      sent.length = 0;
      await run({ accessKey: undefined }, { fetch, secret: undefined });
      expect(sent.map(({ headers }) => headers?.['authorization'])).toEqual(sent.map(() => undefined));
      expect(JSON.stringify(sent)).not.toContain('environment');
    } finally {
      delete process.env['AWS_ACCESS_KEY_ID'];
      delete process.env['AWS_SECRET_ACCESS_KEY'];
    }
    await expect(run({ endpoint: `http://127.0.0.1:${portOf(bucket)}` })).rejects.toMatchObject({
      code: 'fetch_blocked',
    });
    const refused = await run({ bucket: 'missing' }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'source_failed' });
    expect(String(refused)).not.toContain('canary');
    await expect(run({ accessKey: undefined })).rejects.toMatchObject({ code: 'source_failed' });
  });
});
