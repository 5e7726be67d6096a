import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { HeddleError } from '@heddle/core';

/** Reads a reply's body, decompressed, never more than `maxBytes` of it. Errors: `fetch_too_large`, `fetch_failed`. */
export async function readBody(message: IncomingMessage, maxBytes: number, host: string): Promise<Uint8Array> {
  const announced = Number(message.headers['content-length'] ?? Number.NaN);
  if (announced > maxBytes) throw tooLarge(maxBytes, message, host);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of decoded(message, host)) {
    // What these streams give is always a Buffer: no encoding was set.
    const bytes = chunk as Buffer;
    size += bytes.length;
    // Counted after decompression, chunk by chunk: a small body that inflates without end is cut here.
    if (size > maxBytes) throw tooLarge(maxBytes, message, host);
    chunks.push(bytes);
  }
  if (!message.complete) throw new HeddleError('fetch_failed', `The reply of '${host}' broke off: try again.`);
  return Buffer.concat(chunks);
}

/**
 * What can be read of a reply's body, at most `maxBytes`. If it is longer, breaks off or cannot be decoded, the part
 * before that.
 */
export async function readBeginning(message: IncomingMessage, maxBytes: number, host: string): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of decoded(message, host)) {
      const bytes = chunk as Buffer; // as above
      chunks.push(bytes);
      size += bytes.length;
      if (size >= maxBytes) break;
    }
  } catch {
    // The status was answered before; what stands here is the beginning.
  }
  message.destroy();
  return Buffer.concat(chunks).subarray(0, maxBytes);
}

function decoded(message: IncomingMessage, host: string): Readable {
  const encoding = (message.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const decoder = decoderOf(encoding, host);
  // The error reaches the reader of the decoder; the callback has nothing to add.
  return decoder === undefined ? message : pipeline(message, decoder, () => undefined);
}

function decoderOf(encoding: string, host: string): Transform | undefined {
  switch (encoding) {
    case '':
    case 'identity':
      return undefined;
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'br':
      return createBrotliDecompress();
    case 'deflate':
      return createInflate();
    default:
      // Stacked encodings serve bombs, not people.
      throw new HeddleError(
        'fetch_failed',
        `'${host}' answered in an encoding that is not read: ${encoding.slice(0, 60)}.`,
        { retryable: false },
      );
  }
}

function tooLarge(maxBytes: number, message: IncomingMessage, host: string): HeddleError {
  message.destroy();
  return new HeddleError(
    'fetch_too_large',
    `The reply of '${host}' is larger than ${maxBytes} bytes: ask for less, or raise the largest reply.`,
    { details: { limit: maxBytes } },
  );
}
