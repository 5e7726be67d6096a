import { HeddleError } from '@heddle/core';

interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A bucket and how to reach it. */
export interface S3Address {
  readonly bucket: string;
  /** The prefix of all its keys: empty, or with a slash at the end. */
  readonly prefix: string;
  /** Undefined for Amazon itself. */
  readonly endpoint: string | undefined;
  readonly region: string;
  /** Undefined if they come from the environment, where the client of the bucket finds them. */
  readonly keys: S3Keys | undefined;
  /** The name of the bucket in messages. */
  readonly name: string;
}

const form =
  's3://bucket/prefix?endpoint=https://host:port&region=name, with key:secret@ before the bucket or with keys in the environment';

/**
 * Parses the URL of a bucket. Error messages repeat no part that may be a key. Errors: `setting_invalid`.
 *
 * @example parseS3Address('s3://key:secret@heddle/production?endpoint=https://s3.example.org&region=eu-central-1');
 */
export function parseS3Address(url: string): S3Address {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  const refuse = (reason: string): never => {
    throw new HeddleError('setting_invalid', `The address of the bucket ${reason}: write it as ${form}.`);
  };
  if (address === undefined || address.protocol !== 's3:' || address.hostname === '') return refuse('is not valid');
  if ((address.username === '') !== (address.password === '')) return refuse('has only one of its two keys');
  const bucket = address.hostname;
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) return refuse(`has the invalid bucket name '${bucket}'`);
  const known = new Set(['endpoint', 'region']);
  const unknown = [...address.searchParams.keys()].find((key) => !known.has(key));
  if (unknown !== undefined) return refuse(`has an unknown part '${unknown}'`);
  const endpoint = address.searchParams.get('endpoint') ?? undefined;
  // The endpoint may contain a password, so no message repeats it.
  if (endpoint !== undefined && !(URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol)))
    return refuse('has an endpoint that is not an http address');
  const path = decodeURIComponent(address.pathname).replaceAll(/^\/+|\/+$/g, '');
  const keys =
    address.username === ''
      ? undefined
      : { accessKeyId: decodeURIComponent(address.username), secretAccessKey: decodeURIComponent(address.password) };
  return {
    bucket,
    endpoint,
    keys,
    prefix: path === '' ? '' : `${path}/`,
    region: address.searchParams.get('region') ?? process.env['AWS_REGION'] ?? 'us-east-1',
    name: `${bucket} at ${endpoint === undefined ? 'Amazon' : new URL(endpoint).host}`,
  };
}
