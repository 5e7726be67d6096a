import { createHash } from 'node:crypto';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';

const partBytes = 4 * 1024 * 1024;

/** The SHA-256 of a document's bytes in hex, and their number. Large content is hashed in parts. */
export async function hashContent(
  content: Uint8Array | string,
): Promise<{ readonly hash: string; readonly size: number }> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const hash = createHash('sha256');
  for (let start = 0; start < bytes.length; start += partBytes) {
    if (start > 0) await yieldToEventLoop();
    hash.update(bytes.subarray(start, start + partBytes));
  }
  return { hash: hash.digest('hex'), size: bytes.length };
}
