import { extname } from 'node:path/posix';
import {
  HeddleError,
  toErrorValue,
  type SourceChange,
  type SourceConnector,
  type SourceContent,
  type SourceRequest,
} from '@heddle/core';
import { BucketConfig, endpointOf } from './bucket-config.js';
import { openBucketClient, type BucketClient } from './bucket-client.js';

/** The connector for objects in a bucket. */
export const bucketSource: SourceConnector<BucketConfig> = {
  kind: 'bucket',
  title: 'Bucket',
  description: 'Objects of a bucket with the Amazon S3 protocol.',
  config: BucketConfig,
  capabilities: { isIncremental: false, hasReaders: false, secret: 'optional' },
  changes,
};

async function* changes(request: SourceRequest<BucketConfig>): AsyncGenerator<SourceChange> {
  const { config, maxBytes } = request;
  const opened = await openBucketClient(request);
  const prefix = config.prefix.replace(/^\/+|\/+$/g, '').replace(/(.)$/, '$1/');
  const wanted = new Set(config.suffixes.map((suffix) => `.${suffix.replace(/^\./, '').toLowerCase()}`));
  yield { type: 'listing' };
  for await (const { Key: key = '', ETag: etag, Size: size = 0, LastModified: modified } of list(
    opened,
    config,
    prefix,
  )) {
    const id = key.slice(prefix.length);
    // A key that ends with a slash stands for a folder.
    if (id === '' || id.endsWith('/') || (wanted.size > 0 && !wanted.has(extname(id).toLowerCase()))) continue;
    if (size > maxBytes) {
      yield { type: 'failed', id, error: toErrorValue(tooLarge(id, size, maxBytes)) };
      continue;
    }
    const version = etag ?? modified?.toISOString();
    yield {
      type: 'upsert',
      document: {
        id,
        etag: version === undefined ? undefined : `${version} ${size}`,
        modified: modified?.getTime(),
        metadata: { folder: id.includes('/') ? id.slice(0, id.lastIndexOf('/')) : '' },
        content: () => load(opened, config, key),
      },
    };
  }
  yield { type: 'checkpoint', isComplete: true };
}

async function* list({ client, commands }: BucketClient, config: BucketConfig, prefix: string) {
  for (let token: string | undefined; ;) {
    const command = new commands.ListObjectsV2Command({
      Bucket: config.bucket,
      Prefix: prefix === '' ? undefined : prefix,
      ContinuationToken: token,
    });
    const page = await client.send(command).catch((error: unknown) => {
      throw meaningOf(error, config);
    });
    yield* page.Contents ?? [];
    if (page.IsTruncated !== true) return;
    const next = page.NextContinuationToken;
    if (next === undefined || next === token)
      throw new HeddleError('source_failed', `The list of '${config.bucket}' was cut off without a next page.`);
    token = next;
  }
}

async function load({ client, commands }: BucketClient, config: BucketConfig, key: string): Promise<SourceContent> {
  try {
    const found = await client.send(new commands.GetObjectCommand({ Bucket: config.bucket, Key: key }));
    return { content: (await found.Body?.transformToByteArray()) ?? new Uint8Array(), mediaType: found.ContentType };
  } catch (error) {
    const status = statusOf(error);
    // If one object is archived, forbidden or deleted, the others may still be readable.
    if (error instanceof HeddleError || status === undefined || status >= 500) throw meaningOf(error, config);
    throw new HeddleError(
      'source_failed',
      `'${key.slice(0, 300)}' cannot be read (${nameOf(error)}, status ${status}).`,
    );
  }
}

function meaningOf(error: unknown, config: BucketConfig): unknown {
  if (error instanceof HeddleError) return error;
  const status = statusOf(error);
  const name = nameOf(error);
  const shown = `'${config.bucket}' at ${endpointOf(config).host}`;
  if (status === 401 || status === 403)
    return new HeddleError(
      'source_unauthorized',
      `${shown} refuses the sign-in (${name}): set the access key and the secret of the source, and check the region.`,
    );
  if (status === undefined || status === 200 || status >= 500)
    return new HeddleError('source_unreachable', `${shown} gave no readable answer (${name}).`, {
      cause: error,
    });
  return new HeddleError(
    'source_failed',
    `${shown} answered with status ${status} (${name}): correct the bucket, the server and the region of the source.`,
  );
}

/** Errors of the library have these fields; other values do not. */
const statusOf = (error: unknown): number | undefined =>
  (error as { readonly $metadata?: { readonly httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown').slice(0, 100);

const tooLarge = (id: string, size: number, limit: number): HeddleError =>
  new HeddleError(
    'document_too_large',
    `'${id.slice(0, 300)}' has ${size} bytes, more than the ${limit} that are read: split it into smaller files.`,
  );
