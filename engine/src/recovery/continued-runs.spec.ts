import { describe, expect, it } from '@jest/globals';
import { reusableOf } from './resume.js';
import { kinds } from '../testing/events-in-short.js';
import { createBench, plain, planOf, type Sketch } from '../testing/harness.js';
import { chain, nested } from '../testing/sketches.js';
import { never, testNodes, type Behaviours } from '../testing/test-nodes.js';

describe('runs that continue', () => {
  it('reuses the results of the origin in a resumed run, and records that', async () => {
    let fails = true;
    const calls: string[] = [];
    const behaviours: Behaviours = {
      a: () => {
        calls.push('a');
        return { out: 'from a' };
      },
      b: ({ inputs }) => {
        if (fails) throw new Error('no');
        return { out: inputs['in'] };
      },
    };
    const bench = createBench(testNodes(behaviours));
    expect((await bench.run(chain, { inputs: { value: 1 } })).status).toBe('failed');
    fails = false;
    const reused = reusableOf(await bench.records('run-1'));
    expect(reused).toEqual(['s', 'a']);
    const outcome = await bench.run(chain, { inputs: { value: 1 }, runId: 'run-2', origin: 'run-1', reused });
    expect([plain(outcome.outputs), calls]).toEqual([{ value: 'from a' }, ['a']]);
    expect(outcome.events.filter((event) => event.type === 'node-cached')).toMatchObject([
      { path: 's', origin: 'run-1' },
      { path: 'a', origin: 'run-1', outputs: { out: { value: 'from a' } } },
    ]);
    expect(
      (await bench.run(chain, { inputs: { value: 1 }, runId: 'run-3', origin: 'run-1', reused: ['b'] })).error?.code,
    ).toBe('reused_result_mismatch');
  });

  it('reuses results inside loops and nested runs', async () => {
    const calls: string[] = [];
    let fails = true;
    const behaviours: Behaviours = {
      a: ({ inputs, context }) => {
        calls.push(context.path);
        return { out: inputs['in'] };
      },
      b: ({ context }) => (context.iteration!.last ? { done: 1 } : { again: 1 }),
      n: async ({ context }) => ({ out: (await context.run('k', '#inner', { value: 'v' })).outputs['value'] }),
      x: ({ inputs, context }) => {
        calls.push(context.path);
        return { out: inputs['in'] };
      },
      y: ({ inputs }) => {
        if (fails) throw new Error('no');
        return { out: inputs['in'] };
      },
    };
    const sketch: Sketch = {
      nodes: {
        s: 'in',
        a: 'do',
        b: { type: 'do', config: { outputs: ['again', 'done'] } },
        n: { type: 'do', config: { workflow: '#inner' } },
        e: 'out',
      },
      edges: [
        's.value -> a.in',
        'a.out -> b.in',
        { edge: 'b.again -> a.in', loop: { max: 2, atLimit: 'fail' } },
        'b.done -> n.in',
        'n.out -> e.value',
      ],
      workflows: {
        inner: {
          nodes: { s: 'in', x: 'do', y: 'do', e: 'out' },
          edges: ['s.value -> x.in', 'x.out -> y.in', 'y.out -> e.value'],
        },
      },
    };
    const bench = createBench(testNodes(behaviours));
    await bench.run(sketch, { inputs: { value: 1 } });
    fails = false;
    const outcome = await bench.run(sketch, {
      inputs: { value: 1 },
      origin: 'run-1',
      reused: reusableOf(await bench.records('run-1')),
    });
    expect([plain(outcome.outputs), calls]).toEqual([{ value: 'v' }, ['a@0', 'a@1', 'n#k/x']]);
  });

  it('does not reuse results of a nested run that gets other inputs under the same key', async () => {
    let given = 'first';
    const fails = new Set(['a']);
    const calls: string[] = [];
    const behaviours: Behaviours = {
      a: async ({ context }) => {
        const same = await context.run('same', '#inner', { value: 'same' });
        const other = await context.run('other', '#inner', { value: given });
        if (fails.delete('a')) throw new Error('no');
        return { out: [same.outputs['value'], other.outputs['value']] };
      },
      x: ({ inputs, context }) => {
        calls.push(context.path);
        return { out: inputs['in'] };
      },
    };
    const bench = createBench(testNodes(behaviours));
    expect((await bench.run(nested)).status).toBe('failed');
    given = 'second';
    const reused = reusableOf(await bench.records('run-1'));
    const outcome = await bench.run(nested, { runId: 'run-2', origin: 'run-1', reused });
    expect(plain(outcome.outputs)).toEqual({ value: ['same', 'second'] });
    expect(calls).toEqual(['a#same/x', 'a#other/x', 'a#other/x']);
  });

  it('writes nothing more after a release, and leaves the run to the next start', async () => {
    const bench = createBench(
      testNodes({
        a: never,
      }),
    );
    const run = await bench.start(chain, { inputs: { value: 1 } });
    await run.settle();
    const before = await bench.records();
    await run.handle.release();
    expect((await run.handle.done).status).toBe('released');
    expect(await bench.records()).toEqual(before);
    expect((await bench.journal.unfinished()).map((summary) => summary.runId)).toEqual(['run-1']);
    const resumed = await createBench(testNodes(), { journal: bench.journal }).resume(
      'run-1',
      planOf(chain, testNodes()),
    );
    expect((await resumed.finish()).status).toBe('done');
  });

  it('pauses a run by a kill switch, and resumes it later', async () => {
    const bench = createBench(
      testNodes({
        a: never,
      }),
    );
    const run = await bench.start(chain, { inputs: { value: 1 } });
    await run.settle();
    run.handle.pause({ reason: 'fire drill' });
    expect((await run.finish()).status).toBe('paused');
    expect((await bench.records()).slice(-1)).toMatchObject([{ type: 'run-pause', reason: 'fire drill' }]);
    const resumed = await createBench(testNodes(), { journal: bench.journal }).resume(
      'run-1',
      planOf(chain, testNodes()),
    );
    expect((await resumed.finish()).status).toBe('done');
    expect(kinds(await bench.records())).toContain('run-resume');
  });
});
