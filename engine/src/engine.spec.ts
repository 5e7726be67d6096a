import { describe, expect, it } from '@jest/globals';
import { createBench, plain } from './testing/harness.js';
import { flaky, testNodes } from './testing/test-nodes.js';

const chain = {
  nodes: { start: 'in', a: 'do', b: 'do', end: 'out' },
  edges: ['start.value -> a.in', 'a.out -> b.in', 'b.out -> end.value'],
};

describe('a run', () => {
  it('carries a value through a chain and ends', async () => {
    const bench = createBench(testNodes());
    const outcome = await bench.run(chain, { inputs: { value: 7 } });
    expect(outcome.status).toBe('done');
    expect(plain(outcome.outputs)).toEqual({ value: 7 });
    expect(
      (await bench.records()).map((event) => ('path' in event ? `${event.type} ${event.path}` : event.type)),
    ).toEqual([
      'run-start',
      'node-start start',
      'node-end start',
      'node-start a',
      'node-end a',
      'node-start b',
      'node-end b',
      'node-start end',
      'node-end end',
      'run-end',
    ]);
    expect(outcome.events.filter((event) => 'seq' in event)).toEqual(await bench.records());
  });

  it('retries a node until it succeeds', async () => {
    let tries = 0;
    const bench = createBench(
      testNodes({
        a: async () => {
          tries += 1;
          if (tries < 3) throw flaky();
          return { out: tries };
        },
      }),
    );
    const outcome = await bench.run(
      { ...chain, nodes: { ...chain.nodes, a: { type: 'do', run: { retry: { attempts: 3, backoffMs: 100 } } } } },
      { inputs: { value: 7 } },
    );
    expect(plain(outcome.outputs)).toEqual({ value: 3 });
  });
});
