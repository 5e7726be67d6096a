import { describe, expect, it } from '@jest/globals';
import { createBench, ticks, type Sketch } from '../testing/harness.js';
import { never, testNodes } from '../testing/test-nodes.js';

const slots = { inputs: [], limits: ['one'] };
const forever: Sketch = { nodes: { a: { type: 'do', config: { ...slots, behaviour: 'never' } } } };
const quick: Sketch = { nodes: { b: { type: 'do', config: { ...slots, behaviour: 'quick' } } } };

describe('slots', () => {
  it('are shared by runs, and free again after a cancelled run, even one that waited', async () => {
    const bench = createBench(
      testNodes({
        never,
        quick: async () => ({ out: 1 }),
      }),
      { limits: { one: 1 } },
    );
    const first = await bench.start(forever);
    const second = await bench.start(forever);
    const third = await bench.start(quick);
    await ticks(5);
    expect(second.events.map((event) => event.type)).toEqual(['node-queue', 'run-start']);
    void second.handle.cancel();
    expect((await second.finish()).status).toBe('cancelled');
    void first.handle.cancel();
    expect((await first.finish()).status).toBe('cancelled');
    expect((await third.finish()).status).toBe('done');
    expect((await (await bench.start(quick)).finish()).status).toBe('done');
  });

  it('return to a node after its nested run, and are not kept by a node that is cancelled while it waits for them', async () => {
    const inner: Sketch = {
      nodes: { x: { type: 'do', config: { inputs: [] } }, e: 'out' },
      edges: ['x.out -> e.value'],
    };
    const bench = createBench(
      testNodes({
        nest: async ({ context }) => ({ out: (await context.run('k', '#inner', {})).outputs['value'] }),
        x: async () => {
          await ticks(3);
          return { out: 1 };
        },
        never,
        quick: async () => ({ out: 1 }),
      }),
      { limits: { one: 1 }, host: { graceMs: 60_000 } },
    );
    const nesting = await bench.start({
      nodes: { n: { type: 'do', config: { ...slots, behaviour: 'nest', workflow: '#inner' } } },
      workflows: { inner },
    });
    await ticks(1);
    const holder = await bench.start(forever);
    await ticks(10);
    void nesting.handle.cancel();
    expect((await nesting.handle.done).status).toBe('cancelled');
    void holder.handle.cancel();
    await holder.handle.done;
    expect((await (await bench.start(quick)).finish()).status).toBe('done');
  });
});
