import type { Duplex } from 'node:stream';
import v8 from 'node:v8';

/** Kept from the start: the process of custom nodes closes the module to whatever it loads later. */
const { deserialize, serialize } = v8;

/** Most bytes of one message between the server and a process of custom nodes. */
export const maxFrameBytes = 64 * 2 ** 20;
const headBytes = 4;
/** Messages that are read in one turn of the event loop: then others have theirs, and the sender waits. */
const messagesInATurn = 200;

export interface Frames {
  /** Sends a message. Errors: a RangeError where it is larger than a frame may be. */
  send(message: unknown): void;
  close(): void;
}

export interface FramesOptions {
  readonly onMessage: (message: unknown) => void;
  /** The other side broke the protocol: nothing more is read. */
  readonly onBroken: (reason: string) => void;
  readonly maxBytes?: number;
}

/**
 * Messages over a plain pipe, each with its length before it. Unlike Node's own channel, it carries no handles, refuses a message
 * that is too large before it is read, and lets a sender that sends too much wait.
 *
 * @example const frames = openFrames(pipe, { onMessage, onBroken });
 */
export function openFrames(pipe: Duplex, { onMessage, onBroken, maxBytes = maxFrameBytes }: FramesOptions): Frames {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let wanted = headBytes;
  let isHead = true;
  let isOver = false;
  const stop = (reason: string): void => {
    isOver = true;
    held = [];
    onBroken(reason);
  };
  const read = (): void => {
    for (let count = 0; !isOver && heldBytes >= wanted;) {
      const part = take(wanted);
      if (isHead) {
        const length = part.readUInt32BE(0);
        if (length > maxBytes) {
          stop(`it sent a message of ${length} bytes; ${maxBytes} are allowed`);
          return;
        }
        [wanted, isHead] = [length, false];
        continue;
      }
      [wanted, isHead] = [headBytes, true];
      let message: unknown;
      try {
        message = deserialize(part);
      } catch {
        stop('it sent bytes that are no message');
        return;
      }
      onMessage(message);
      if ((count += 1) < messagesInATurn) continue;
      pipe.pause();
      setImmediate(() => {
        read();
        if (!isOver) pipe.resume();
      });
      return;
    }
  };
  const take = (bytes: number): Buffer => {
    const all = held.length === 1 && held[0] !== undefined ? held[0] : Buffer.concat(held);
    held = all.length > bytes ? [all.subarray(bytes)] : [];
    heldBytes -= bytes;
    return all.subarray(0, bytes);
  };
  pipe.on('data', (chunk: Buffer) => {
    if (isOver) return;
    held.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes >= wanted && !pipe.isPaused()) read();
  });
  // A pipe whose other end is gone: the end of the process tells its owner.
  pipe.on('error', () => undefined);
  return {
    send(message) {
      const body = serialize(message);
      if (body.length > maxFrameBytes)
        throw new RangeError(`A message of ${body.length} bytes is larger than the ${maxFrameBytes} that are allowed.`);
      const head = Buffer.allocUnsafe(headBytes);
      head.writeUInt32BE(body.length);
      if (!pipe.writable) return;
      pipe.write(head);
      pipe.write(body);
    },
    close: () => {
      isOver = true;
      pipe.destroy();
    },
  };
}
