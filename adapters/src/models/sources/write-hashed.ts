import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HeddleError } from '@heddle/core';
import { errorCode } from '../files/error-code.js';
import { type Fetched } from './fetch-context.js';

interface WriteOptions {
  /** Keeps the first bytes of the file and continues after them. */
  readonly append?: { readonly hash: Hash; readonly size: number };
  readonly signal?: AbortSignal | undefined;
  /** The size of the whole file in bytes, if known. A longer stream is refused. */
  readonly size?: number | undefined;
  readonly onBytes?: (bytes: number) => void;
}

/** Writes a stream to a file and computes its hash. Errors: `storage_full`, `checksum_mismatch` for a stream that is too long. */
export async function writeHashed(stream: Readable, file: string, options: WriteOptions = {}): Promise<Fetched> {
  const hash = options.append?.hash ?? createHash('sha256');
  let size = options.append?.size ?? 0;
  const target = createWriteStream(file, { flags: options.append === undefined ? 'w' : 'a' });
  try {
    await pipeline(
      stream,
      async function* count(chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          size += chunk.length;
          if (options.size !== undefined && size > options.size)
            throw otherSize('The source delivers more bytes', options.size);
          options.onBytes?.(size);
          yield chunk;
        }
      },
      target,
      ...(options.signal === undefined ? [] : [{ signal: options.signal }]),
    );
  } catch (error) {
    throw diskError(error, file) ?? error;
  }
  return { sha256: hash.digest('hex'), size };
}

/** The error for a source whose file has another size. Such a file is not downloaded. */
export function otherSize(found: string, size: number): HeddleError {
  return new HeddleError('checksum_mismatch', `${found}, but the file should have ${size}: it is a different file.`);
}

/** Computes the hash of a file. */
export async function hashFile(file: string): Promise<{ readonly hash: Hash; readonly size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of createReadStream(file)) {
    if (!Buffer.isBuffer(chunk)) continue;
    hash.update(chunk);
    size += chunk.length;
  }
  return { hash, size };
}

/** Converts an error of the disk into a HeddleError: full, over quota, or read-only. Undefined for other errors. */
export function diskError(error: unknown, path: string): HeddleError | undefined {
  const code = errorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new HeddleError(
      'storage_full',
      `The disk is full at '${path}': free some space and pull the model again; the download continues where it stopped.`,
      { cause: error },
    );
  }
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    return new HeddleError(
      'storage_read_only',
      `'${path}' cannot be written: set HEDDLE_MODELS to a folder of your own.`,
      { cause: error },
    );
  }
  return undefined;
}
