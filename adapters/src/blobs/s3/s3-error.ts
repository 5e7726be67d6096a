import { HeddleError, toHeddleError, type ErrorCode } from '@heddle/core';
import { z } from 'zod';

/** An error that the client throws; `$metadata` shows whether the server answered. */
const Thrown = z.object({
  name: z.string().default(''),
  message: z.string().default(''),
  $metadata: z.object({ httpStatusCode: z.number().optional() }).optional(),
  code: z.string().optional(),
});

interface Meaning {
  readonly code: ErrorCode;
  readonly advice: string;
}

const refused: Meaning = {
  code: 'bucket_refused',
  advice:
    'refused the request: check the keys (in its address, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), the region and the policy of the bucket.',
};
const away: Meaning = { code: 'bucket_unreachable', advice: 'does not answer: check that it runs, and its address.' };

const named: Readonly<Record<string, Meaning>> = {
  NoSuchBucket: { code: 'bucket_refused', advice: 'does not exist: create it, or correct its name.' },
  QuotaExceeded: { code: 'storage_full', advice: 'is full: free space there or raise its quota.' },
  XMinioStorageFull: { code: 'storage_full', advice: 'is full: free space there.' },
  InsufficientStorage: { code: 'storage_full', advice: 'is full: free space there.' },
  SlowDown: away,
  CredentialsProviderError: {
    code: 'bucket_refused',
    advice: 'needs keys: write them into its address, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  },
};

/** The HTTP status of the reply; undefined if there was none. */
export const statusOf = (error: unknown): number | undefined => {
  const thrown = Thrown.safeParse(error);
  return thrown.success ? thrown.data.$metadata?.httpStatusCode : undefined;
};

/** Whether the bucket itself is missing. A server says so only in a reply with a body. */
export const isNoBucket = (error: unknown): boolean => {
  const thrown = Thrown.safeParse(error);
  return thrown.success && thrown.data.name === 'NoSuchBucket';
};

/** Converts what the client throws into a HeddleError that names the bucket and says what to do. */
export function toS3Error(error: unknown, bucket: string): HeddleError {
  if (error instanceof HeddleError) return error;
  const thrown = Thrown.safeParse(error);
  if (!thrown.success) return toHeddleError(error);
  const { name, message, $metadata, code } = thrown.data;
  // Programming mistakes have neither a server's reply nor an error code of the system.
  if ($metadata === undefined && code === undefined && (error instanceof TypeError || error instanceof RangeError))
    return toHeddleError(error);
  const { code: meaning, advice } = Object.hasOwn(named, name)
    ? (named[name] ?? away)
    : byStatus($metadata?.httpStatusCode);
  const reason = `${name}${message === '' ? '' : `: ${message}`}`.slice(0, 200);
  return new HeddleError(meaning, `The bucket ${bucket} ${advice} (${reason})`, { cause: error, details: { reason } });
}

function byStatus(status: number | undefined): Meaning {
  if (status === undefined || status >= 500 || status === 429 || status === 408) return away;
  if (status === 401 || status === 403) return refused;
  if (status === 404) return named['NoSuchBucket'] ?? refused;
  return { code: 'storage_failed', advice: 'answered with an error.' };
}
