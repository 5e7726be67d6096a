import { describe, expect, it } from '@jest/globals';
import type { StoredResult, ResultReuse, SharedResults } from '@heddle/core';
import { createBench, plain, type Sketch } from '../testing/harness.js';
import { testNodes } from '../testing/test-nodes.js';

const sketch = (second: string): Sketch => ({
  nodes: {
    s: 'in',
    a: { type: 'do', config: { behaviour: 'count' } },
    b: { type: 'do', config: { behaviour: second } },
    o: 'out',
  },
  edges: ['s.value -> a.in', 'a.out -> b.in', 'b.out -> o.value'],
});

/** A host whose runs share the results of the behaviour `count`. */
function open(until: Promise<unknown> = Promise.resolve()) {
  const kept = new Map<string, StoredResult>();
  const shared: SharedResults = {
    shares: ({ id }) => id === 'a',
    find: async (_node, meaning, inputs) => {
      await until;
      return kept.get(`${meaning} ${inputs}`);
    },
    keep: (_node, meaning, inputs, result) => Promise.resolve(void kept.set(`${meaning} ${inputs}`, result)),
  };
  let calls = 0;
  const reuse: ResultReuse = {
    of: ({ options }) => (options.breakpoints === undefined ? Promise.resolve(shared) : undefined),
  };
  const nodes = testNodes({
    count: ({ inputs, context }) => {
      calls += 1;
      if (inputs['in'] === 'fail') throw new Error('It fails.');
      context.report({ inputTokens: 3, outputTokens: 4, cost: 0.5, currency: 'USD' });
      return { out: `${String(inputs['in'])}!` };
    },
    double: ({ inputs }) => ({ out: `${String(inputs['in'])} ${String(inputs['in'])}` }),
    single: ({ inputs }) => ({ out: inputs['in'] }),
  });
  return { bench: createBench(nodes, { host: { reuse } }), kept, calls: () => calls };
}

describe('results that runs reuse from each other', () => {
  it('come from the same node with the same inputs, whatever the nodes after it', async () => {
    const { bench, calls } = open();
    await bench.run(sketch('single'), { inputs: { value: 'x' } });
    const second = await bench.run(sketch('double'), { inputs: { value: 'x' } });
    expect([plain(second.outputs), calls()]).toEqual([{ value: 'x! x!' }, 1]);
    const records = await bench.records('run-2');
    expect(records.find(({ type }) => type === 'node-cached')).toMatchObject({ path: 'a', origin: 'run-1' });
    expect(records.find((event) => event.type === 'node-decision')).toMatchObject({
      path: 'a',
      kind: 'reuse',
      details: { run: 'run-1', inputTokens: 3, outputTokens: 4, cost: 0.5, currency: 'USD' },
    });
    await bench.run(sketch('double'), { inputs: { value: 'y' } });
    expect(calls()).toBe(2);
  });

  it('do not include failures, or results of runs that do not share', async () => {
    const { bench, calls, kept } = open();
    for (let run = 0; run < 2; run += 1) await bench.run(sketch('single'), { inputs: { value: 'fail' } });
    expect([calls(), kept.size]).toEqual([2, 0]);
    await bench.run(sketch('single'), { inputs: { value: 'x' }, options: { breakpoints: [] } });
    expect([calls(), kept.size]).toEqual([3, 0]);
  });

  it('are awaited; a run that is cancelled meanwhile ends at once, and a later answer changes nothing', async () => {
    let answer: (() => void) | undefined;
    const { bench, calls } = open(new Promise<void>((resolve) => (answer = resolve)));
    const cancelled = await bench.start(sketch('single'), { inputs: { value: 'x' } });
    const waiting = await bench.start(sketch('single'), { inputs: { value: 'x' } });
    await cancelled.settle();
    expect(calls()).toBe(0);
    void cancelled.handle.cancel();
    expect((await cancelled.finish()).status).toBe('cancelled');
    answer?.();
    await cancelled.settle();
    expect((await bench.records('run-1')).at(-1)).toMatchObject({ type: 'run-end', status: 'cancelled' });
    expect([(await waiting.finish()).status, calls()]).toEqual(['done', 1]);
  });
});
