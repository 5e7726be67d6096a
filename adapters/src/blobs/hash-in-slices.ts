import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { yieldToEventLoop } from '../event-loop/in-slices.js';

/** Bytes that are hashed without a pause: a few milliseconds. */
const stretch = 4 * 1024 * 1024;

/** SHA-256 of bytes in hex; others can work while many are hashed. */
export async function hashInSlices(content: Uint8Array): Promise<string> {
  const hash = createHash('sha256');
  for (let from = 0; from < content.byteLength; from += stretch) {
    if (from > 0) await yieldToEventLoop();
    hash.update(content.subarray(from, from + stretch));
  }
  return hash.digest('hex');
}

/** SHA-256 in hex of content that comes in pieces. */
export async function hashPieces(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}

/** SHA-256 of a file of any size, in hex. Errors: those of the file system. */
export async function hashFile(file: string): Promise<string> {
  // A stream of bytes, as no encoding is set.
  return hashPieces(createReadStream(file, { highWaterMark: 256 * 1024 }) as AsyncIterable<Uint8Array>);
}
