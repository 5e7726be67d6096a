import { Readable } from 'node:stream';
import type * as S3Library from '@aws-sdk/client-s3';
import { HeddleError, type SourceRequest } from '@heddle/core';
import { askedToWait } from '../web/retry-after.js';
import { endpointOf, type BucketConfig } from './bucket-config.js';

/** A client of the AWS library whose requests go through `fetch`, and the module with its commands. */
export interface BucketClient {
  readonly client: S3Library.S3Client;
  readonly commands: typeof S3Library;
}

/** A request as the library passes it on. */
interface LibraryRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
}

const longestList = 10_000_000;
const requestMs = 120_000;

/**
 * Creates a client. It uses only the keys of the source, never those of the environment. Without a secret, requests are not signed. Errors:
 * those of secrets.
 */
export async function openBucketClient(request: SourceRequest<BucketConfig>): Promise<BucketClient> {
  const { config, secret } = request;
  const endpoint = endpointOf(config);
  const secretAccessKey = secret === undefined ? undefined : await secret.valueFor(endpoint);
  if (secretAccessKey !== undefined && config.accessKey === undefined)
    throw new HeddleError(
      'source_failed',
      'The source has a secret and no access key: set the access key, or remove the secret.',
    );
  const signing =
    secretAccessKey === undefined ? { signer: { sign: <Given>(given: Given) => Promise.resolve(given) } } : undefined;
  const commands = await import('@aws-sdk/client-s3');
  const client = new commands.S3Client({
    region: config.region,
    endpoint: endpoint.href,
    forcePathStyle: true,
    credentials: { accessKeyId: config.accessKey ?? 'none', secretAccessKey: secretAccessKey ?? 'none' },
    ...signing,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // The sync retries by itself.
    maxAttempts: 1,
    requestHandler: {
      handle: (given: LibraryRequest) => send(request, given),
      updateHttpClientConfig: () => undefined,
      httpHandlerConfigs: () => ({}),
    },
  });
  return { client, commands };
}

/** Sends a request of the library through the safe fetch, which checks addresses. Errors: those of `fetch`, `source_rate_limited`. */
async function send({ fetch, signal, maxBytes, now }: SourceRequest<BucketConfig>, given: LibraryRequest) {
  const { protocol, hostname, port, path, query = {}, headers } = given;
  const url = new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`);
  const search = Object.entries(query).flatMap(([name, value]) =>
    [value ?? ''].flat().map((one) => `${encode(name)}=${encode(one)}`),
  );
  const reply = await fetch.fetch({
    url: `${url.origin}${path}${search.length === 0 ? '' : `?${search.join('&')}`}`,
    method: given.method === 'HEAD' ? 'HEAD' : 'GET',
    headers,
    maxBytes: Math.max(maxBytes, longestList),
    timeoutMs: requestMs,
    signal,
  });
  if (reply.status === 429 || reply.status === 503) throw askedToWait(url.origin, reply.headers, now());
  const { status: statusCode, headers: received, body } = reply;
  return { response: { statusCode, headers: { ...received }, body: Readable.from([Buffer.from(body)]) } };
}

/** Encodes text as AWS signatures require. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
