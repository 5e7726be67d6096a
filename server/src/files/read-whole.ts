import { nextTurn } from '@heddle/adapters/turns';

/** Bytes that are copied without a pause. */
const stretch = 8 * 1024 * 1024;

/** All of a stream, in one piece; others have their turn while a large one is put together. */
export async function readWhole(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    length += chunk.length;
  }
  const whole = Buffer.allocUnsafe(length);
  let at = 0;
  let pause = stretch;
  for (const chunk of chunks) {
    chunk.copy(whole, at);
    at += chunk.length;
    if (at < pause) continue;
    pause = at + stretch;
    await nextTurn();
  }
  return whole;
}
