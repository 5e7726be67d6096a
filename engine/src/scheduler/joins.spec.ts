import { describe, expect, it } from '@jest/globals';
import { pathsOf } from '../testing/events-in-short.js';
import { createBench, plain } from '../testing/harness.js';
import { testNodes, type Behaviours } from '../testing/test-nodes.js';

describe('joins', () => {
  it("starts a join 'any' at the first carried edge; later edges settle and are ignored", async () => {
    const gates: (() => void)[] = [];
    const bench = createBench(
      testNodes({
        fast: () => ({ out: 'fast' }),
        slow: () => new Promise((resolve) => gates.push(() => resolve({ out: 'slow' }))),
        a: ({ inputs }) => ({ out: inputs }),
      }),
    );
    const run = await bench.start({
      nodes: {
        slow: { type: 'do', config: { inputs: [] } },
        fast: { type: 'do', config: { inputs: [] } },
        a: { type: 'do', config: { inputs: ['one?', 'two?'] }, run: { join: 'any' } },
        e: 'out',
      },
      edges: ['slow.out -> a.one', 'fast.out -> a.two', 'a.out -> e.value'],
    });
    await run.settle();
    expect(pathsOf(run.events, 'node-end')).toEqual(['fast', 'a', 'e']);
    gates[0]!();
    const outcome = await run.finish();
    expect(plain(outcome.outputs)).toEqual({ value: { two: 'fast' } });
    expect(pathsOf(run.events, 'node-end')).toEqual(['fast', 'a', 'e', 'slow']);
  });

  it('ignores the failure of a branch whose only way out is a join that has started', async () => {
    const gates: (() => void)[] = [];
    const sketch = (way: string) => ({
      nodes: {
        slow: { type: 'do', config: { inputs: [] } },
        mid: 'do',
        fast: { type: 'do', config: { inputs: [] } },
        a: { type: 'do', config: { inputs: ['one?', 'two?'] }, run: { join: 'any' as const } },
        e: { type: 'out', config: { fields: ['value', 'other'] } },
      },
      edges: ['slow.out -> mid.in', `mid.out -> ${way}`, 'fast.out -> a.two', 'a.out -> e.value'],
    });
    const behaviours: Behaviours = {
      fast: () => ({ out: 'fast' }),
      slow: () => new Promise((_, reject) => gates.push(() => reject(new Error('lost anyway')))),
      a: () => ({ out: 'won' }),
    };
    const bench = createBench(testNodes(behaviours));
    const run = await bench.start(sketch('a.one'));
    await run.settle();
    gates[0]!();
    const outcome = await run.finish();
    expect([outcome.status, plain(outcome.outputs)]).toEqual(['done', { value: 'won' }]);
    expect(run.events.find((event) => event.type === 'node-error')).toMatchObject({ path: 'slow', isCarried: false });
    expect(pathsOf(run.events, 'node-skip')).toEqual(['mid']);

    const other = await createBench(testNodes(behaviours)).start(sketch('e.other'));
    await other.settle();
    gates[1]!();
    expect((await other.finish()).status).toBe('failed');
  });

  it("skips a join 'any' when every edge dropped", async () => {
    const bench = createBench(testNodes({ r: () => ({}) }));
    const outcome = await bench.run({
      nodes: {
        r: { type: 'do', config: { inputs: [], outputs: ['x', 'y'] } },
        a: { type: 'do', config: { inputs: ['one?', 'two?'] }, run: { join: 'any' } },
        e: 'out',
      },
      edges: ['r.x -> a.one', 'r.y -> a.two', 'a.out -> e.value'],
    });
    expect(outcome.events.filter((event) => event.type === 'node-skip')).toMatchObject([
      { path: 'a', reason: 'all-dropped' },
      { path: 'e' },
    ]);
  });
});
