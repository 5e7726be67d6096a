import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { HeddleError } from '@heddle/core';

/** Reads and decompresses a reply's body. Errors: `fetch_too_large` beyond `maxBytes`, `fetch_failed`. */
export async function readBody(message: IncomingMessage, maxBytes: number, host: string): Promise<Uint8Array> {
  const announced = Number(message.headers['content-length'] ?? Number.NaN);
  if (announced > maxBytes) throw tooLarge(maxBytes, message, host);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of decoded(message, host)) {
    // These streams always give a Buffer, because no encoding was set.
    const bytes = chunk as Buffer;
    size += bytes.length;
    // Counted after decompression, chunk by chunk, so that a small body cannot inflate without end.
    if (size > maxBytes) throw tooLarge(maxBytes, message, host);
    chunks.push(bytes);
  }
  if (!message.complete) throw new HeddleError('fetch_failed', `The reply of '${host}' was cut off: try again.`);
  return Buffer.concat(chunks);
}

/**
 * Reads at most `maxBytes` of a reply's body. If the body is longer, breaks off or cannot be decoded, the result is the part before that.
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
    // The status has arrived already, so a broken body is no error here: its beginning is returned.
  }
  message.destroy();
  return Buffer.concat(chunks).subarray(0, maxBytes);
}

function decoded(message: IncomingMessage, host: string): Readable {
  const encoding = (message.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const decoder = decoderOf(encoding, host);
  // The reader of the decoder gets the error, so the callback does nothing.
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
      // Only attacks (decompression bombs) stack encodings.
      throw new HeddleError(
        'fetch_failed',
        `'${host}' answered in an encoding that is not supported: ${encoding.slice(0, 60)}.`,
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
