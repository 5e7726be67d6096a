import fs from 'node:fs';
import { FrameReader, frameOf } from '../wire/frames.js';

const { read, writeSync } = fs;
const incoming = 3;
const outgoing = 4;
const chunkBytes = 2 ** 16;

/**
 * Sends and receives messages over the two pipes of a process of custom nodes, by file descriptor: a Node stream would hold a handle whose
 * class can open other pipes. Writing blocks while the server does not read.
 */
export function openNumberFrames(onMessage: (message: unknown) => void): (message: unknown) => void {
  const reader = new FrameReader();
  const listen = (): void => {
    read(incoming, Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, null, (error, bytes, buffer) => {
      if (error !== null || bytes === 0) end();
      reader.push(buffer.subarray(0, bytes));
      for (let next = reader.next(); next !== undefined; next = reader.next()) onMessage(next.message);
      listen();
    });
  };
  listen();
  return (message) => {
    for (const part of frameOf(message)) write(part);
  };
}

/** Ends this process. Not `process.exit`: it waits for V8's threads, and a thread that compiles may be waiting for the main thread. */
const end = (): void => void process.kill(process.pid, 'SIGKILL');

const sleeper = new Int32Array(new SharedArrayBuffer(4));

function write(part: Buffer): void {
  for (let done = 0; done < part.length;) {
    try {
      done += writeSync(outgoing, part, done);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) end();
      Atomics.wait(sleeper, 0, 0, 1);
    }
  }
}
