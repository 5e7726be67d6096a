import { describe, expect, it } from '@jest/globals';
import { createBench, ticks, type Sketch } from '../testing/harness.js';
import { flaky, testNodes } from '../testing/test-nodes.js';

const one = (config: Record<string, unknown>, run = {}): Sketch => ({
  nodes: { a: { type: 'do', config: { inputs: [], ...config }, run } },
});

describe('a snapshot of a run', () => {
  it('distinguishes work, with its heartbeat and deadlines, from waiting for a slot and for a retry', async () => {
    const bench = createBench(
      testNodes({
        never: () => new Promise(() => undefined),
        fail: () => Promise.reject(flaky()),
      }),
      { limits: { one: 1 } },
    );
    const now = bench.clock.now();
    const working = await bench.start(one({ behaviour: 'never', limits: ['one'] }, { wallMs: 9_000, idleMs: 7_000 }));
    const waiting = await bench.start(one({ behaviour: 'never', limits: ['one'] }));
    const retrying = await bench.start(one({ behaviour: 'fail' }, { retry: { attempts: 2, backoffMs: 400 } }));
    await ticks(5);
    expect(working.handle.snapshot()).toEqual({
      journalTries: 0,
      executions: [
        {
          path: 'a',
          attempt: 1,
          state: 'working',
          startedAt: now,
          aliveAt: now,
          wallDueAt: now + 9_000,
          idleDueAt: now + 7_000,
        },
      ],
    });
    expect(waiting.handle.snapshot().executions).toEqual([
      { path: 'a', attempt: 1, state: 'slot', limit: 'one', position: 1 },
    ]);
    expect(retrying.handle.snapshot().executions).toEqual([
      { path: 'a', attempt: 2, state: 'retrying', until: now + 300 },
    ]);
    for (const run of [working, waiting, retrying]) void run.handle.cancel();
    await bench.clock.advance(6_000);
    expect((await waiting.finish()).status).toBe('cancelled');
    expect(waiting.handle.snapshot().executions).toEqual([]);
  });

  it('shows what a suspended execution waits for, beside one that works', async () => {
    const bench = createBench(
      testNodes({
        ask: async ({ context }) => ({ out: await context.requestInput('k', { title: 'May I?', schema: {} }) }),
        sleep: async ({ context }) => {
          await context.sleep(bench.clock.now() + 5_000);
          return { out: 1 };
        },
        never: () => new Promise(() => undefined),
      }),
    );
    const now = bench.clock.now();
    const run = await bench.start({
      nodes: Object.fromEntries(
        ['ask', 'sleep', 'never'].map((behaviour) => [behaviour, { type: 'do', config: { inputs: [], behaviour } }]),
      ),
    });
    await ticks(5);
    const states = run.handle.snapshot().executions.map(({ path, state, until }) => [path, state, until]);
    expect(states).toEqual([
      ['ask', 'person', undefined],
      ['sleep', 'timer', now + 5_000],
      ['never', 'working', undefined],
    ]);
    void run.handle.cancel();
    await bench.clock.advance(6_000);
    await run.finish();
  });
});
