import { describe, expect, it } from '@jest/globals';
import { Writable } from 'node:stream';
import { logOutput } from './log-output.js';

/** A stream whose reader reads only when a test says so. */
function slowStream() {
  const taken: string[] = [];
  let waiting: (() => void) | undefined;
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      taken.push(chunk);
      waiting = done;
    },
  });
  const read = async (): Promise<void> => {
    while (waiting !== undefined) {
      const done = waiting;
      waiting = undefined;
      done();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { stream, taken, read };
}

describe('log lines', () => {
  const clock = { now: () => 5 };

  it('are all written while the output is read', async () => {
    const { stream, taken, read } = slowStream();
    const output = logOutput(stream, clock, 30);
    for (let index = 0; index < 100; index += 1) {
      output.write(`line ${index}\n`);
      await read();
    }
    expect(taken).toHaveLength(100);
  });

  it('wait up to a limit while the output is not read, then are dropped, and their number is logged later', async () => {
    const { stream, taken, read } = slowStream();
    const output = logOutput(stream, clock, 100_000);
    const line = `${'x'.repeat(999)}\n`;
    for (let index = 0; index < 10_000; index += 1) output.write(line);
    expect(stream.writableLength).toBeLessThanOrEqual(101_000);
    await read();
    const kept = taken.filter((text) => text === line).length;
    expect(kept).toBeGreaterThanOrEqual(100);
    expect(JSON.parse(taken.at(-1) ?? '')).toEqual({
      level: 40,
      time: 5,
      dropped: 10_000 - kept,
      msg: 'log lines were dropped: nobody read them',
    });
    output.write('again\n');
    await read();
    expect(taken.at(-1)).toBe('again\n');
  });
});
