import v8 from 'node:v8';

/** Read now, because the process of custom nodes later closes the module for the code that it loads. */
const { deserialize, serialize } = v8;

/** The most bytes of a message between the server and a process of custom nodes. */
const maxFrameBytes = 64 * 2 ** 20;
const headBytes = 4;

/** A message preceded by its length. Errors: a RangeError if it is larger than a frame may be. */
export function frameOf(message: unknown): readonly [head: Buffer, body: Buffer] {
  const body = serialize(message);
  if (body.length > maxFrameBytes)
    throw new RangeError(`A message of ${body.length} bytes is larger than the ${maxFrameBytes} that are allowed.`);
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(body.length);
  return [head, body];
}

/** Reassembles messages from the pieces in which they arrive. */
export class FrameReader {
  private held: Buffer[] = [];
  private heldBytes = 0;
  private wanted = headBytes;
  private isHead = true;

  push(chunk: Buffer): void {
    this.held.push(chunk);
    this.heldBytes += chunk.length;
  }

  /** The next complete message. Errors: an Error that says how the sender violated the protocol. */
  next(): { readonly message: unknown; readonly bytes: number } | undefined {
    for (;;) {
      if (this.heldBytes < this.wanted) return undefined;
      const part = this.take(this.wanted);
      this.isHead = !this.isHead;
      if (!this.isHead) {
        const length = part.readUInt32BE(0);
        // Checked before any byte is kept.
        if (length > maxFrameBytes)
          throw new Error(`it sent a message of ${length} bytes; ${maxFrameBytes} are allowed`);
        this.wanted = length;
        continue;
      }
      this.wanted = headBytes;
      return { message: read(part), bytes: part.length };
    }
  }

  private take(bytes: number): Buffer {
    const [first] = this.held;
    const all = this.held.length === 1 && first !== undefined ? first : Buffer.concat(this.held);
    this.held = all.length > bytes ? [all.subarray(bytes)] : [];
    this.heldBytes -= bytes;
    return all.subarray(0, bytes);
  }
}

function read(part: Buffer): unknown {
  try {
    return deserialize(part);
  } catch (cause) {
    throw new Error('it sent bytes that are not a message', { cause });
  }
}
