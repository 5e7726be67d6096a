import type { Readable, Writable } from 'node:stream';
import { FrameReader, frameOf } from '../wire/frames.js';

/** How many messages are read in one tick of the event loop. Then other work can run, and the sender waits. */
const messagesPerTick = 200;

interface PipeFrames {
  /** Sends a message; drops it if the other side is gone. Errors: a RangeError if it is too large. */
  send(message: unknown): void;
  close(): void;
}

/**
 * Sends and receives messages over two plain pipes to a process that is not trusted. Unlike Node's own channel, they carry no handles,
 * refuse a message that is too large before reading it, and make a sender that sends too much wait.
 */
export function openPipeFrames(
  incoming: Readable,
  outgoing: Writable,
  on: { readonly message: (message: unknown, bytes: number) => void; readonly broken: (reason: string) => void },
): PipeFrames {
  const reader = new FrameReader();
  let isOver = false;
  const read = (): void => {
    try {
      for (let count = 0; !isOver && count < messagesPerTick; count += 1) {
        const next = reader.next();
        if (next === undefined) return;
        on.message(next.message, next.bytes);
      }
    } catch (error) {
      isOver = true;
      on.broken(error instanceof Error ? error.message : String(error));
    }
    if (isOver) return;
    incoming.pause();
    setImmediate(() => {
      if (isOver) return;
      incoming.resume();
      read();
    });
  };
  incoming.on('data', (chunk: Buffer) => {
    if (isOver) return;
    reader.push(chunk);
    read();
  });
  // The other end of the pipe is gone; its owner learns of it by the end of the process.
  for (const pipe of [incoming, outgoing]) pipe.on('error', () => undefined);
  return {
    send(message) {
      const frame = frameOf(message);
      if (isOver || !outgoing.writable) return;
      for (const part of frame) outgoing.write(part);
    },
    close() {
      isOver = true;
      incoming.destroy();
      outgoing.destroy();
    },
  };
}
