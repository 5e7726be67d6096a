import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { yieldToEventLoop } from '../event-loop/in-slices.js';

/** Bytes that are hashed without a pause; it takes a few milliseconds. */
const stretch = 4 * 1024 * 1024;

/** Computes the SHA-256 of bytes, in hex. For long content it pauses, so that other work can run. */
export async function hashInSlices(content: Uint8Array): Promise<string> {
  const hash = createHash('sha256');
  for (let from = 0; from < content.byteLength; from += stretch) {
    if (from > 0) await yieldToEventLoop();
    hash.update(content.subarray(from, from + stretch));
  }
  return hash.digest('hex');
}

/** Computes the SHA-256 of streamed content, in hex. */
export async function hashPieces(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}

/** Computes the SHA-256 of a file of any size, in hex. Errors: those of the file system. */
export async function hashFile(file: string): Promise<string> {
  // Without an encoding, the stream yields bytes.
  return hashPieces(createReadStream(file, { highWaterMark: 256 * 1024 }) as AsyncIterable<Uint8Array>);
}
