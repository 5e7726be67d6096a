import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { HeddleError } from '@heddle/core';
import { z } from 'zod';
import { allowedEnvironment } from './allowed-environment.js';
import { createCaller, type Caller, type CallerOptions } from './create-caller.js';
import { processorMs } from './processor-time.js';
import { resolveEntry } from './resolve-entry.js';
import { spawnChild, type Child } from './spawn-child.js';

const entry = new URL('./__fixtures__/echo-child.js', import.meta.url);
const asIs = (value: unknown): unknown => value;

describe('a child that serves calls', () => {
  const callers: Caller[] = [];
  const start = (options: Partial<CallerOptions> = {}): Caller => {
    const caller = createCaller({
      entry,
      lost: () => new HeddleError('model_host_lost', 'The child ended.'),
      ...options,
    });
    callers.push(caller);
    return caller;
  };
  afterEach(async () => {
    await Promise.all(callers.splice(0).map((caller) => caller.stop()));
  });

  it('returns typed arrays unchanged', async () => {
    const answer = await start().call('echo', { vector: Float32Array.of(0.5, -1) }, asIs);
    expect(answer).toEqual({ vector: Float32Array.of(0.5, -1) });
  });

  it('reports its CPU time as the system counts it', async () => {
    const caller = start();
    const said = await caller.call('ping', undefined, (value) => z.number().parse(value));
    const counted = await processorMs(caller.child.pid ?? 0);
    expect(said).toBeGreaterThan(0);
    if (counted !== undefined) expect(Math.abs(counted - said)).toBeLessThan(200);
  });

  it('sends events in order before the result', async () => {
    const events: unknown[] = [];
    const answer = await start().call('count', 3, asIs, { onEvent: (event) => events.push(event) });
    expect([events, answer]).toEqual([[0, 1, 2], 'counted']);
  });

  it('carries a HeddleError with its code and details', async () => {
    await expect(start().call('fail', undefined, asIs)).rejects.toMatchObject({
      code: 'context_too_long',
      details: { tokens: 9 },
    });
  });

  it('aborts the work in the child when the caller gives up, and rejects the call', async () => {
    const controller = new AbortController();
    const onEvent = (): void => controller.abort();
    const call = start().call('wait', undefined, asIs, { signal: controller.signal, onEvent });
    await expect(call).rejects.toMatchObject({ code: 'aborted', message: 'Stopped in the child.' });
  });

  it('fails calls in flight and later ones when the child dies', async () => {
    const caller = start();
    const waiting = caller.call('wait', undefined, asIs);
    const crash = caller.call('crash', undefined, asIs);
    await expect(waiting).rejects.toMatchObject({ code: 'model_host_lost', retryable: true });
    await expect(crash).rejects.toMatchObject({ code: 'model_host_lost' });
    await expect(caller.call('echo', 1, asIs)).rejects.toMatchObject({ code: 'model_host_lost' });
  });

  it('passes no secret to the child', async () => {
    process.env['HEDDLE_TEST_TOKEN'] = 'secret';
    const environment = await start({ env: { HEDDLE_THREADS: '2' } }).call('environment', undefined, (value) =>
      z.record(z.string(), z.string()).parse(value),
    );
    delete process.env['HEDDLE_TEST_TOKEN'];
    expect(environment).toMatchObject({ HEDDLE_THREADS: '2', PATH: process.env['PATH'] });
    expect(Object.keys(environment)).not.toContain('HEDDLE_TEST_TOKEN');
    expect(Object.keys(environment)).not.toContain('HOME');
  });

  it('ends a child that exceeds its memory limit', async () => {
    const caller = start({ memoryLimitMb: 300 });
    await caller.call('allocate', undefined, asIs);
    await expect(caller.child.exited).resolves.toMatchObject({ reason: 'memory' });
  });

  it('ends without an exit when its channel closes, because an exit of Node can hang', async () => {
    const { file, execArgv } = resolveEntry(entry);
    const child = fork(file, { execArgv: [...execArgv], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const ended = once(child, 'exit');
    await once(
      child.on('spawn', () => child.send({ kind: 'call', id: 1, method: 'ping' })),
      'message',
    );
    child.disconnect();
    await expect(ended).resolves.toEqual([null, 'SIGKILL']);
  });

  it('leaves no orphan when the parent is killed, even a busy one', async () => {
    const parentEntry = new URL('./__fixtures__/parent.js', import.meta.url);
    const [parent, grandchild] = await new Promise<[Child, number]>((resolve) => {
      const child = spawnChild({
        entry: parentEntry,
        onMessage: (message) => resolve([child, z.object({ pid: z.int() }).parse(message).pid]),
        onExit: () => undefined,
      });
    });
    await parent.stop();
    await expect(parent.exited).resolves.toMatchObject({ reason: 'stopped' });
    const deadline = performance.now() + 8000;
    while (isAlive(grandchild) && performance.now() < deadline) await new Promise((done) => setTimeout(done, 100));
    expect(isAlive(grandchild)).toBe(false);
  }, 90_000);
});

describe('allowedEnvironment', () => {
  it('keeps allowed names in any case and drops the rest', () => {
    expect(
      allowedEnvironment({ A: 'b' }, { SystemRoot: 'C:', OPENAI_API_KEY: 'k', NODE_OPTIONS: '--inspect' }),
    ).toEqual({
      SystemRoot: 'C:',
      A: 'b',
    });
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // Where no process reaps orphans, an ended process stays as a zombie.
    return process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
