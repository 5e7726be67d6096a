import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { nextTurn } from '../turns/in-turns.js';

/** Bytes that are hashed without a pause: a few milliseconds. */
const stretch = 4 * 1024 * 1024;

/** SHA-256 of bytes in hex; others have their turn while many are hashed. */
export async function hashInTurns(content: Uint8Array): Promise<string> {
  const hash = createHash('sha256');
  for (let from = 0; from < content.byteLength; from += stretch) {
    if (from > 0) await nextTurn();
    hash.update(content.subarray(from, from + stretch));
  }
  return hash.digest('hex');
}

/** SHA-256 of a file in hex, whatever its size. Errors: those of the file system. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  // A stream of bytes, as no encoding is set.
  for await (const part of createReadStream(file, { highWaterMark: 256 * 1024 }) as AsyncIterable<Uint8Array>)
    hash.update(part);
  return hash.digest('hex');
}
