import { expect, it } from '@jest/globals';
import type { TimeSource } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { createBench, type Sketch } from './testing/harness.js';
import { testNodes } from './testing/test-nodes.js';

/** Measures real time, because the work of the nodes takes real time. */
const steady: TimeSource = { now: () => performance.now(), at: () => () => undefined };

const names = Array.from({ length: 60 }, (_, index) => `n${index}`);

/** Nodes in a row. Each works for a millisecond and ends without a tick of the event loop. */
const row: Sketch = {
  nodes: Object.fromEntries(
    names.map((name, index) => [
      name,
      index === 0
        ? { type: 'do', config: { inputs: [], behaviour: 'work' } }
        : { type: 'do', config: { behaviour: 'work' } },
    ]),
  ),
  edges: names.slice(1).map((name, index) => `n${index}.out -> ${name}.in`),
};

it('yields to the event loop while many quick nodes follow each other', async () => {
  let ticks = 0;
  let isOver = false;
  const count = (): void => {
    ticks += 1;
    if (!isOver) setImmediate(count);
  };
  const work = async (): Promise<{ out: number }> => {
    const end = performance.now() + 1;
    while (performance.now() < end);
    return Promise.resolve({ out: 1 });
  };
  const bench = createBench(testNodes({ work }), { host: { clock: { ...createFakeClock(), steady } } });
  setImmediate(count);
  const { status } = await bench.run(row);
  isOver = true;
  expect([status, ticks > 5]).toEqual(['done', true]);
});
