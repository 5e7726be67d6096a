import { HeddleError } from '@heddle/core';
import { describe, expect, it } from '@jest/globals';
import { momentsOf } from './moments.js';
import { createBench, plain, planOf, ticks, type Sketch } from '../testing/harness.js';
import { never, testNodes, type Behaviours } from '../testing/test-nodes.js';

const hour = 3_600_000;
const one = (run: object = {}): Sketch => ({
  nodes: { a: { type: 'do', config: { inputs: [] }, run }, e: { type: 'out', config: { fields: ['value', 'bad'] } } },
  edges: ['a.out -> e.value'],
});
const failsOnce = (): Behaviours => {
  let tries = 0;
  return {
    a: () => {
      tries += 1;
      if (tries === 1) throw new HeddleError('node_failed', 'Not now.', { retryable: true });
      return { out: 'second' };
    },
  };
};

describe.each([
  ['forward', hour],
  ['back', -hour],
])('a wall clock that is set %s by an hour', (_direction, jump) => {
  it.each([
    ['wall', { wallMs: 1_000 }, 'node_timeout'],
    ['idle', { idleMs: 1_000 }, 'node_idle'],
  ])('does not end a node before its %s limit, and ends it after that', async (_name, run, code) => {
    const bench = createBench(testNodes({ a: never }));
    const started = await bench.start(one(run));
    await started.settle();
    await bench.clock.advance(600);
    bench.clock.jump(bench.clock.now() + jump);
    await bench.clock.advance(399);
    await ticks(5);
    expect(started.events.map((event) => event.type)).not.toContain('run-end');
    // The idle time starts again at the jump at the latest, so its limit is reached within twice its length.
    await bench.clock.advance(1_001);
    await ticks(5);
    expect((await started.handle.done).error?.code).toBe(code);
  });

  it('does not change the pause before a retry, even across a restart', async () => {
    const bench = createBench(testNodes(failsOnce()));
    const started = await bench.start(one({ retry: { attempts: 2, backoffMs: 1_000 } }));
    await started.settle();
    expect(started.events.map((event) => event.type)).toContain('node-retry');
    bench.clock.jump(bench.clock.now() + jump);
    await bench.clock.advance(700);
    expect(started.events.map((event) => event.type)).not.toContain('run-end');
    await bench.clock.advance(100);
    await ticks(5);
    expect(plain((await started.handle.done).outputs)).toEqual({ value: 'second' });

    const behaviours = failsOnce();
    const first = createBench(testNodes(behaviours));
    const sketch = one({ retry: { attempts: 2, backoffMs: 1_000 } });
    const broken = await first.start(sketch);
    await broken.settle();
    await broken.handle.release();
    first.clock.jump(first.clock.now() + jump);
    const resumed = await first.resume('run-1', planOf(sketch, testNodes(behaviours)));
    const begin = first.clock.steady?.now() ?? 0;
    expect(plain((await resumed.finish()).outputs)).toEqual({ value: 'second' });
    expect((first.clock.steady?.now() ?? 0) - begin).toBeLessThanOrEqual(2_000);
  });

  it('does not change the interval of beats', async () => {
    const bench = createBench(testNodes({ a: never }), { host: { beatMs: 1_000 } });
    const started = await bench.start(one());
    await started.settle();
    bench.clock.jump(bench.clock.now() + jump);
    await bench.clock.advance(3_500);
    expect(started.events.filter((event) => event.type === 'node-beat')).toHaveLength(3);
    void started.handle.cancel();
    await started.finish();
  });
});

it('ends a wait and a question by the wall clock as soon as it is set past their time', async () => {
  const dueAt = 1_700_000_000_000 + hour;
  const behaviours: Behaviours = {
    a: async ({ context }) => {
      const answer = await context.requestInput('ok', { title: 'May I?', schema: { type: 'boolean' }, dueAt });
      await context.sleep(dueAt + hour);
      return { out: answer.type };
    },
    b: never,
  };
  const sketch: Sketch = {
    nodes: { ...one().nodes, b: { type: 'do', config: { inputs: [] } } },
    edges: ['a.out -> e.value', 'b.out -> e.bad'],
  };
  const bench = createBench(testNodes(behaviours));
  const started = await bench.start(sketch);
  await started.settle();
  bench.clock.jump(dueAt);
  await bench.clock.advance(1);
  await ticks(10);
  expect(started.events.find((event) => event.type === 'human-input-end')).toMatchObject({ outcome: 'expired' });
  bench.clock.jump(dueAt - hour);
  await bench.clock.advance(1);
  await ticks(10);
  expect(started.events.some((event) => event.type === 'node-end' && event.path === 'a')).toBe(false);
  bench.clock.jump(dueAt + hour);
  await bench.clock.advance(1);
  await ticks(10);
  expect(started.events.find((event) => event.type === 'node-end')).toMatchObject({ path: 'a' });
  void started.handle.cancel();
  await started.finish();
});

describe('a clock that is set back', () => {
  const waiting = (until: number): Behaviours => ({
    a: async ({ context }) => {
      await context.sleep(until);
      return { out: 'slept' };
    },
    b: never,
  });
  const beside: Sketch = {
    nodes: { ...one().nodes, b: { type: 'do', config: { inputs: [] } } },
    edges: ['a.out -> e.value', 'b.out -> e.bad'],
  };

  it('lengthens no wait that began before, and shortens none that begins after', async () => {
    const begun = 1_700_000_000_000;
    const bench = createBench(testNodes(waiting(begun + hour)));
    const started = await bench.start(beside);
    await started.settle();
    bench.clock.jump(begun - 25 * hour);
    await bench.clock.advance(hour - 1);
    await ticks(10);
    expect(started.events.some(({ type }) => type === 'node-end')).toBe(false);
    await bench.clock.advance(2);
    await ticks(10);
    expect(started.events.find(({ type }) => type === 'node-end')).toMatchObject({ path: 'a' });
    void started.handle.cancel();
    await started.finish();

    const later = await bench.start(beside, { runId: 'run-2' });
    await later.settle();
    await bench.clock.advance(hour);
    await ticks(10);
    expect(later.events.some(({ type }) => type === 'node-end')).toBe(false);
    void later.handle.cancel();
    await later.finish();
  });

  it('does not lengthen the wait of a run that left memory', async () => {
    const begun = 1_700_000_000_000;
    const nodes = testNodes(waiting(begun + hour));
    const bench = createBench(nodes);
    const suspended = await (await bench.start(one())).handle.done;
    expect(suspended).toMatchObject({ status: 'suspended', until: begun + hour });
    bench.clock.jump(begun - 25 * hour);
    let isDue = false;
    momentsOf(bench.clock, 'run-1').add(begun + hour, () => (isDue = true));
    await bench.clock.advance(hour - 1);
    expect(isDue).toBe(false);
    await bench.clock.advance(1);
    expect(isDue).toBe(true);
    const woken = await bench.resume('run-1', planOf(one(), nodes));
    expect(plain((await woken.finish()).outputs)).toEqual({ value: 'slept' });
  });

  it('delays neither the end of a question nor its reminder', async () => {
    const begun = 1_700_000_000_000;
    const behaviours: Behaviours = {
      a: async ({ context }) => {
        const times = { assignee: 'ada', remindAt: begun + hour / 2, dueAt: begun + hour };
        return { out: (await context.requestInput('ok', { title: 'May I?', schema: {}, ...times })).type };
      },
      b: never,
    };
    const bench = createBench(testNodes(behaviours));
    const started = await bench.start(beside);
    await started.settle();
    bench.clock.jump(begun - 25 * hour);
    await bench.clock.advance(hour / 2 + 1);
    await ticks(10);
    expect(started.events.filter(({ type }) => type.startsWith('human-input-')).map(({ type }) => type)).toEqual([
      'human-input-start',
      'human-input-remind',
    ]);
    await bench.clock.advance(hour / 2);
    await ticks(10);
    expect(started.events.find(({ type }) => type === 'human-input-end')).toMatchObject({ outcome: 'expired' });
    void started.handle.cancel();
    await started.finish();
  });
});
