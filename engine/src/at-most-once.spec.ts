import { describe, expect, it } from '@jest/globals';
import { createBench, planOf, type Sketch } from './testing/harness.js';
import { seedsOf } from './resume.js';
import { testNodes, type Behaviours } from './testing/test-nodes.js';

const once: Sketch = {
  nodes: { s: 'in', a: { type: 'do', run: { atMostOnce: true } }, b: 'do', e: 'out' },
  edges: ['s.value -> a.in', 'a.out -> b.in', 'b.out -> e.value'],
};

/** A run whose atMostOnce node was cancelled in the middle, and one that goes on from it and waits for a person. */
async function afterOneThatBegan() {
  let calls = 0;
  const acts: Behaviours = {
    a: ({ context }) => {
      calls += 1;
      return new Promise((_, reject) =>
        context.signal.addEventListener('abort', () => reject(context.signal.reason as Error)),
      );
    },
  };
  const bench = createBench(testNodes(acts));
  const plan = planOf(once, testNodes(acts));
  const first = await bench.start(once, { inputs: { value: 1 } });
  await first.settle();
  await first.handle.cancel();
  await first.handle.done;
  const seeds = seedsOf(await bench.records('run-1'));
  const parked = await bench.run(once, { inputs: { value: 1 }, runId: 'run-2', origin: 'run-1', seeds });
  expect([parked.status, calls]).toEqual(['parked', 1]);
  return { bench, plan, askId: parked.asks?.[0] ?? '', calls: () => calls };
}

describe('G4, D2: the decision about an atMostOnce node that a run before this one began', () => {
  it.each([1, 3])('not to run it counts, also after %d recoveries of the run that asked', async (recoveries) => {
    const { bench, plan, askId, calls } = await afterOneThatBegan();
    for (let recovery = 1; recovery < recoveries; recovery += 1)
      expect((await (await bench.resume('run-2', plan)).finish()).status).toBe('parked');
    const revived = await bench.resume('run-2', plan);
    await revived.handle.answer(askId, { value: { decision: 'fail' } });
    const { status, error } = await revived.finish();
    expect([status, error?.code, calls()]).toEqual(['failed', 'at_most_once', 1]);
  });

  it('to run it counts for one start: where the process dies in that one, a person is asked again', async () => {
    const { bench, plan, askId, calls } = await afterOneThatBegan();
    const revived = await bench.resume('run-2', plan);
    await revived.handle.answer(askId, { value: { decision: 'run' } });
    await revived.settle();
    expect(calls()).toBe(2);
    // What that process wrote is all that the next one knows.
    const next = await (await bench.resume('run-2', plan)).finish();
    expect([next.status, calls()]).toEqual(['parked', 2]);
    expect(next.asks?.[0]).not.toBe(askId);
  });
});
