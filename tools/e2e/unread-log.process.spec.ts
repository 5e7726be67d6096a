import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { cleanUp, collect, startProgram, temporaryFolder } from './built-program.js';
import { eventually } from './eventually.js';

jest.setTimeout(120_000);
afterAll(cleanUp);

/** The length of each log line: a few hundred lines exceed what the system and the server buffer for a reader. */
const long = 'x'.repeat(8_000);

describe('a server whose log nobody reads', () => {
  it('answers as before, reports the number of dropped lines once its log is read, and continues without the reader', async () => {
    const child = startProgram(['serve'], {
      data: temporaryFolder(),
      environment: { PORT: '0', HEDDLE_LOG: 'debug' },
    });
    const stdout = collect(child.stdout);
    const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    const address = await eventually('address', () => /Heddle is at (http:\S+)/.exec(stdout())?.[1]);
    const ask = async (count: number): Promise<void> => {
      for (let index = 0; index < count; index += 1) {
        const reply = await fetch(`${address}/v1/nothing?q=${long}`, { signal: AbortSignal.timeout(30_000) });
        expect(reply.status).toBe(404);
        await reply.text();
      }
    };
    await ask(400);
    const stderr = collect(child.stderr);
    const dropped = await eventually('dropped lines', () => /"dropped":(\d+)/.exec(stderr())?.[1]);
    const written = stderr().split(long).length - 1;
    expect([written > 50, Number(dropped) >= 400 - written]).toEqual([true, true]);
    child.stderr?.destroy();
    await ask(20);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});
