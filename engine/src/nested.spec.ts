import { describe, expect, it } from '@jest/globals';
import { createBench, plain, planOf, ticks, type Sketch } from './testing/harness.js';
import { nested, question } from './testing/sketches.js';
import { flaky, never, testNodes, type Behaviours } from './testing/test-nodes.js';

const each: Behaviours[string] = async ({ context }) => ({
  out: await Promise.all(
    ['1', '2', '3'].map(async (key) => (await context.run(key, '#inner', { value: key })).outputs['value']),
  ),
});

describe('nested runs', () => {
  it('names nested executions by a longer path of the same run', async () => {
    const outcome = await createBench(
      testNodes({
        a: async ({ context }) => ({ out: (await context.run('odd/key@1', '#inner', { value: 5 })).outputs['value'] }),
      }),
    ).run(nested);
    expect(plain(outcome.outputs)).toEqual({ value: 5 });
    expect(outcome.events.flatMap((event) => (event.type === 'node-end' ? [event.path] : []))).toEqual([
      'a#odd%2Fkey%401/s',
      'a#odd%2Fkey%401/x',
      'a#odd%2Fkey%401/e',
      'a',
      'e',
    ]);
    expect(new Set(outcome.events.map((event) => event.runId))).toEqual(new Set(['run-1']));
  });

  it('fails the execution with the error of the nested run, unless the execution catches it', async () => {
    const behaviours: Behaviours = {
      a: async ({ context }) => {
        try {
          await context.run('n', '#inner', { value: 1 });
        } catch (error) {
          return { out: (error as Error).message };
        }
        return { out: 'no' };
      },
      x: () => {
        throw new Error('inside');
      },
    };
    const bench = createBench(testNodes(behaviours));
    expect(plain((await bench.run(nested)).outputs)).toEqual({ value: 'inside' });
    const failing = await createBench(testNodes({ ...behaviours, a: each })).run(nested);
    expect([failing.status, failing.error?.message]).toEqual(['failed', 'inside']);
  });

  it('repeats a failed nested run when the node is retried, without the nodes in it that ended', async () => {
    const runs: string[] = [];
    let fails = true;
    const behaviours: Behaviours = {
      a: each,
      x: ({ id, inputs, context }) => {
        runs.push(`${context.path}${id}`);
        if (inputs['in'] === '2' && fails) {
          fails = false;
          throw flaky();
        }
        return { out: inputs['in'] };
      },
      y: ({ inputs, context }) => {
        runs.push(context.path);
        return { out: inputs['in'] };
      },
    };
    const sketch: Sketch = {
      ...nested,
      nodes: {
        ...nested.nodes,
        a: { type: 'do', config: { inputs: [], workflow: '#inner' }, run: { retry: { attempts: 2, backoffMs: 1 } } },
      },
      workflows: {
        inner: {
          nodes: { s: 'in', y: 'do', x: 'do', e: 'out' },
          edges: ['s.value -> y.in', 'y.out -> x.in', 'x.out -> e.value'],
        },
      },
    };
    const outcome = await createBench(testNodes(behaviours)).run(sketch);
    expect(plain(outcome.outputs)).toEqual({ value: ['1', '2', '3'] });
    expect(runs.filter((path) => path === 'a#2/y')).toEqual(['a#2/y']);
    expect(runs.filter((path) => path === 'a#2/xx')).toHaveLength(2);
  });

  it('aborts nested runs together with the node that started them', async () => {
    const bench = createBench(
      testNodes({
        a: each,
        x: never,
      }),
    );
    const run = await bench.start(nested);
    await ticks(10);
    void run.handle.cancel();
    expect((await run.handle.done).status).toBe('cancelled');
  });

  it('refuses unknown workflows, missing inputs and too many levels', async () => {
    const code = async (behaviour: Behaviours[string], host = {}) =>
      (await createBench(testNodes({ a: behaviour }), { host }).run(nested)).error?.code;
    expect(await code(async ({ context }) => ({ out: await context.run('n', '#none', {}) }))).toBe(
      'workflow_not_found',
    );
    expect(await code(async ({ context }) => ({ out: await context.run('n', '#inner', {}) }))).toBe('input_missing');
    expect(
      await code(async ({ context }) => ({ out: await context.run('n', '#inner', { value: 1 }) }), { maxNesting: 0 }),
    ).toBe('nesting_limit');
  });

  it('suspends a node when all its nested runs are suspended or settled, and continues them with the answer', async () => {
    const behaviours: Behaviours = {
      a: each,
      x: async ({ inputs, context }) =>
        inputs['in'] === '2' ? { out: (await context.requestInput('ok', question)).type } : { out: inputs['in'] },
    };
    const bench = createBench(testNodes(behaviours));
    const suspended = await (await bench.start(nested)).finish();
    expect(suspended.status).toBe('suspended');
    expect(
      (await bench.records()).flatMap((event) =>
        event.type === 'node-suspend' ? [`${event.path} ${event.reason}`] : [],
      ),
    ).toEqual(['a#2/x human-input', 'a nested']);
    const plan = planOf(nested, testNodes(behaviours));
    expect((await (await bench.resume('run-1', plan)).handle.done).status).toBe('suspended');
    const resumed = await bench.resume('run-1', plan);
    await resumed.handle.answer(suspended.requests![0]!, { value: { yes: true } });
    const outcome = await resumed.finish();
    expect(plain(outcome.outputs)).toEqual({ value: ['1', 'answered', '3'] });
    const ends = (await bench.records()).flatMap((event) => (event.type === 'node-end' ? [event.path] : []));
    expect(ends.length).toBe(new Set(ends).size);
  });

  it('wakes a nested run in memory by its answer, and the node by the end of the nested run', async () => {
    const gates: (() => void)[] = [];
    const behaviours: Behaviours = {
      a: each,
      x: async ({ inputs, context }) => ({
        out: inputs['in'] === '2' ? (await context.requestInput('ok', question)).type : inputs['in'],
      }),
      b: () => new Promise((resolve) => gates.push(() => resolve({ out: 1 }))),
    };
    const bench = createBench(testNodes(behaviours));
    const run = await bench.start({ ...nested, nodes: { ...nested.nodes, b: { type: 'do', config: { inputs: [] } } } });
    await ticks(30);
    const [ask] = await bench.journal.requests();
    await run.handle.answer(ask!.requestId, { value: { yes: true } });
    await ticks(30);
    expect(run.events.flatMap((event) => (event.type === 'node-end' ? [event.path] : [])).slice(-3)).toEqual([
      'a#2/e',
      'a',
      'e',
    ]);
    gates[0]!();
    expect(plain((await run.finish()).outputs)).toEqual({ value: ['1', 'answered', '3'] });
  });
});
