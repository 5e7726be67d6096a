import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { HeddleError, type ModelCard, type ModelFile, type ModelSource } from '@heddle/core';
import { type Fetched } from '../sources/fetch-context.js';
import { checkFormat } from './check-format.js';
import { type ExpectedFile } from './expect-file.js';

/**
 * Checks the size, hash and format of a downloaded file before it gets its final name. Errors: `checksum_mismatch`, `model_file_invalid`.
 */
export async function verifyFetched(
  card: ModelCard,
  file: ModelFile,
  part: string,
  fetched: Fetched,
  expected: ExpectedFile,
): Promise<void> {
  const { source, size, sha256, blobId } = expected;
  if (size !== undefined && size !== fetched.size) throw mismatch(file, source, 'size', size, fetched.size);
  if (sha256 !== undefined && sha256 !== fetched.sha256) throw mismatch(file, source, 'sha256', sha256, fetched.sha256);
  if (sha256 === undefined && blobId !== undefined) {
    const received = await gitBlobId(part, fetched.size);
    if (received !== blobId) throw mismatch(file, source, 'git hash', blobId, received);
  }
  try {
    await checkFormat(card, file, part);
  } catch (cause) {
    if (!(cause instanceof HeddleError) || cause.code !== 'model_file_invalid') throw cause;
    // The name of the part file means nothing to a user.
    const reason = cause.message.replaceAll(part, file.name);
    throw new HeddleError(cause.code, `'${source}' delivered a file that cannot be used; it was removed. ${reason}`, {
      cause,
      details: { file: file.name, source },
    });
  }
}

function mismatch(
  { name }: ModelFile,
  source: ModelSource,
  what: string,
  expected: string | number,
  received: string | number,
): HeddleError {
  return new HeddleError(
    'checksum_mismatch',
    `'${source}' delivered a different file than expected for '${name}' (${what} ${received}, expected ${expected}); it was removed.`,
    { details: { file: name, source, expected, received } },
  );
}

async function gitBlobId(file: string, size: number): Promise<string> {
  const hash = createHash('sha1').update(`blob ${size}\0`);
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
