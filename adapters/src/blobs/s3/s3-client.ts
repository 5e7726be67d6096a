import type * as S3Library from '@aws-sdk/client-s3';
import type { S3Address } from './s3-address.js';

/** A client of a bucket, and the module with its commands. */
export interface OpenedS3 {
  readonly client: S3Library.S3Client;
  readonly commands: typeof S3Library;
}

/** Creates a client. It loads the library on its first use. */
export async function openS3Client({ endpoint, region, keys }: S3Address, timeoutMs: number): Promise<OpenedS3> {
  const commands = await import('@aws-sdk/client-s3');
  const client = new commands.S3Client({
    region,
    endpoint,
    forcePathStyle: endpoint !== undefined,
    credentials: keys,
    // Our own hash is the checksum: not every server supports Amazon's newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: Math.min(3_000, timeoutMs),
      requestTimeout: timeoutMs,
      throwOnRequestTimeout: true,
    },
  });
  return { client, commands };
}
