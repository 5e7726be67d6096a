import { describe, expect, it } from '@jest/globals';
import type { RunRecord } from '@heddle/core';
import { reusableOf } from './resume.js';
import { afterCrash, at, ended } from '../testing/after-crash.js';
import { createBench, plain, planOf, type Sketch } from '../testing/harness.js';
import { chain } from '../testing/sketches.js';
import { flaky, never, testNodes, type Behaviours } from '../testing/test-nodes.js';

const once: Sketch = { ...chain, nodes: { ...chain.nodes, a: { type: 'do', run: { atMostOnce: true } } } };

/** A run whose atMostOnce node was cancelled while it worked, and a resumed run that waits for a person. */
async function afterInterruptedRun() {
  let calls = 0;
  const behaviours: Behaviours = {
    a: (args) => {
      calls += 1;
      return never(args);
    },
  };
  const bench = createBench(testNodes(behaviours));
  const plan = planOf(once, testNodes(behaviours));
  const first = await bench.start(once, { inputs: { value: 1 } });
  await first.settle();
  await first.handle.cancel();
  await first.handle.done;
  const reused = reusableOf(await bench.records('run-1'));
  const suspended = await bench.run(once, { inputs: { value: 1 }, runId: 'run-2', origin: 'run-1', reused });
  expect([suspended.status, calls]).toEqual(['suspended', 1]);
  return { bench, plan, requestId: suspended.requests?.[0] ?? '', calls: () => calls };
}

describe('nodes that run at most once', () => {
  it('asks a person about an atMostOnce node that may have run', async () => {
    const retried: Sketch = {
      ...chain,
      nodes: { ...chain.nodes, a: { type: 'do', run: { atMostOnce: true, retry: { attempts: 3, backoffMs: 1 } } } },
    };
    let calls = 0;
    const behaviours: Behaviours = {
      a: () => {
        calls += 1;
        return { out: 'ran' };
      },
    };
    const records: RunRecord[] = [
      { type: 'run-start', time: 1 },
      ended('s', 1, 'value'),
      { type: 'node-start', ...at, path: 'a' },
    ];
    const plan = planOf(retried, testNodes(behaviours));
    for (const decision of ['run', 'fail']) {
      calls = 0;
      const bench = await afterCrash(retried, behaviours, records);
      const suspended = await (await bench.resume('run-1', plan)).finish();
      expect([suspended.status, calls]).toEqual(['suspended', 0]);
      expect((await bench.records()).find((event) => event.type === 'node-suspend')).toMatchObject({
        path: 'a',
        reason: 'at-most-once',
        requestId: suspended.requests![0],
      });
      const resumed = await bench.resume('run-1', plan);
      await resumed.handle.answer(suspended.requests![0]!, { value: { decision } });
      const outcome = await resumed.finish();
      expect([outcome.status, outcome.error?.code, calls]).toEqual(
        decision === 'run' ? ['done', undefined, 1] : ['failed', 'at_most_once', 0],
      );
    }
    const failing = createBench(
      testNodes({
        a: async () => {
          calls += 1;
          throw flaky();
        },
      }),
    );
    calls = 0;
    expect([(await failing.run(retried, { inputs: { value: 1 } })).status, calls]).toEqual(['failed', 1]);
  });

  it('asks about an atMostOnce node that an earlier run started, even two runs earlier', async () => {
    let calls = 0;
    const behaviours: Behaviours = {
      a: (args) => {
        calls += 1;
        return calls > 1 ? { out: 'ran again' } : never(args);
      },
    };
    const bench = createBench(testNodes(behaviours));
    const plan = planOf(once, testNodes(behaviours));
    const first = await bench.start(once, { inputs: { value: 1 } });
    await first.settle();
    await first.handle.cancel();
    expect((await first.handle.done).status).toBe('cancelled');
    const continuing = async (runId: string, origin: string) =>
      bench.run(once, { inputs: { value: 1 }, runId, origin, reused: reusableOf(await bench.records(origin)) });
    expect([(await continuing('run-2', 'run-1')).status, calls]).toEqual(['suspended', 1]);
    const second = await bench.resume('run-2', plan);
    await second.handle.cancel();
    const third = await continuing('run-3', 'run-2');
    expect([third.status, calls]).toEqual(['suspended', 1]);
    const resumed = await bench.resume('run-3', plan);
    await resumed.handle.answer(third.requests![0]!, { value: { decision: 'run' } });
    expect([plain((await resumed.finish()).outputs), calls]).toEqual([{ value: 'ran again' }, 2]);
    expect([(await continuing('run-4', 'run-3')).status, calls]).toEqual(['done', 2]);
  });

  it('asks about an atMostOnce node if an earlier run is gone, because the node may have run in it', async () => {
    let calls = 0;
    const behaviours: Behaviours = {
      a: () => {
        calls += 1;
        return { out: 'ran' };
      },
    };
    const bench = createBench(testNodes(behaviours));
    const second = await bench.run(once, { inputs: { value: 1 }, runId: 'run-2', origin: 'gone' });
    expect([second.status, calls]).toEqual(['suspended', 0]);
    const resumed = await bench.resume('run-2', planOf(once, testNodes(behaviours)));
    await resumed.handle.answer(second.requests![0]!, { value: { decision: 'run' } });
    expect([(await resumed.finish()).status, calls]).toEqual(['done', 1]);
    // The result is known from now on, even though the earlier run is gone.
    const reused = reusableOf(await bench.records('run-2'));
    const third = await bench.run(once, { inputs: { value: 1 }, runId: 'run-3', origin: 'run-2', reused });
    expect([third.status, calls]).toEqual(['done', 1]);
    // A reused result that is gone must not be computed again silently.
    const fourth = await bench.run(once, { inputs: { value: 1 }, runId: 'run-4', origin: 'gone', reused: ['a'] });
    expect([fourth.status, fourth.error?.code, calls]).toEqual(['failed', 'run_not_found', 1]);
  });
});

describe('the decision about an atMostOnce node that an earlier run started', () => {
  it.each([1, 3])(
    'fails the run if a person decides against the node, even after recovery %d of the run that asked',
    async (recoveries) => {
      const { bench, plan, requestId, calls } = await afterInterruptedRun();
      for (let recovery = 1; recovery < recoveries; recovery += 1)
        expect((await (await bench.resume('run-2', plan)).finish()).status).toBe('suspended');
      const revived = await bench.resume('run-2', plan);
      await revived.handle.answer(requestId, { value: { decision: 'fail' } });
      const { status, error } = await revived.finish();
      expect([status, error?.code, calls()]).toEqual(['failed', 'at_most_once', 1]);
    },
  );

  it('allows one start: if the process dies during that start, a person is asked again', async () => {
    const { bench, plan, requestId, calls } = await afterInterruptedRun();
    const revived = await bench.resume('run-2', plan);
    await revived.handle.answer(requestId, { value: { decision: 'run' } });
    await revived.settle();
    expect(calls()).toBe(2);
    // The next process knows only what the first one wrote.
    const next = await (await bench.resume('run-2', plan)).finish();
    expect([next.status, calls()]).toEqual(['suspended', 2]);
    expect(next.requests?.[0]).not.toBe(requestId);
  });
});
