import { describe, expect, it } from '@jest/globals';
import { HeddleError, type RunEvent, type StreamEvent } from '@heddle/core';
import { createBench, plain } from './testing/harness.js';
import { flaky, testNodes, type Behaviours } from './testing/test-nodes.js';

const paths = (events: readonly (RunEvent | StreamEvent)[], type: string): string[] =>
  events.flatMap((event) => (event.type === type && 'path' in event ? [event.path] : []));
const router: Behaviours = { route: () => ({ left: 'l' }) };
const fork = { type: 'do', config: { act: 'route', outputs: ['left', 'right'] } };

describe('readiness', () => {
  it('R0: finds inputs and outputs of a run by role, applies settings of the document', async () => {
    const outcome = await createBench(testNodes()).run(
      {
        nodes: {
          s: { type: 'in', config: { fields: ['a', 'b'] } },
          e: { type: 'out', config: { fields: ['x', 'y'] } },
        },
        edges: ['s.a -> e.x', 's.b -> e.y'],
      },
      { inputs: { a: 1, b: [2] } },
    );
    expect(plain(outcome.outputs)).toEqual({ x: 1, y: [2] });
  });

  it('R0: passes a disabled node by, dropping the outputs that nothing fits', async () => {
    const bench = createBench(
      testNodes({
        boom: () => {
          throw new Error('must not run');
        },
      }),
    );
    const outcome = await bench.run(
      {
        nodes: {
          s: 'in',
          a: { type: 'do', config: { act: 'boom' }, run: { disabled: true } },
          n: { type: 'count', run: { disabled: true } },
          e: { type: 'out', config: { fields: ['x', 'y'] } },
        },
        edges: ['s.value -> a.in', 'a.out -> e.x', 's.value -> n.in', 'n.number -> e.y'],
      },
      { inputs: { value: 'kept' } },
    );
    expect(plain(outcome.outputs)).toEqual({ x: 'kept' });
    expect(outcome.events.filter((event) => event.type === 'node-skip')).toMatchObject([
      { path: 'n', reason: 'disabled' },
      { path: 'a', reason: 'disabled' },
    ]);
  });

  it('R1: starts a node without connected inputs at once', async () => {
    const bench = createBench(testNodes({ a: () => ({ out: 'alone' }) }));
    const outcome = await bench.run({
      nodes: { a: { type: 'do', config: { inputs: ['in?'] } }, e: 'out' },
      edges: ['a.out -> e.value'],
    });
    expect(plain(outcome.outputs)).toEqual({ value: 'alone' });
  });

  it('R1: skips a node when a required input dropped, and drops its outputs in turn', async () => {
    const bench = createBench(testNodes(router));
    const outcome = await bench.run({
      nodes: {
        r: { ...fork, config: { ...fork.config, inputs: [] } },
        a: 'do',
        b: 'do',
        c: 'do',
        e: { type: 'out', config: { fields: ['x', 'y'] } },
      },
      edges: ['r.left -> a.in', 'r.right -> b.in', 'b.out -> c.in', 'a.out -> e.x', 'c.out -> e.y'],
    });
    expect(outcome.status).toBe('done');
    expect(plain(outcome.outputs)).toEqual({ x: 'l' });
    expect(paths(outcome.events, 'node-skip')).toEqual(['b', 'c']);
  });

  it('R1: skips a node when every input was dropped', async () => {
    const bench = createBench(testNodes(router));
    const outcome = await bench.run({
      nodes: {
        r: { ...fork, config: { ...fork.config, inputs: [] } },
        a: { type: 'do', config: { inputs: ['in?', 'more?'] } },
        e: 'out',
      },
      edges: ['r.right -> a.in', 'r.right -> a.more', 'a.out -> e.value'],
    });
    expect(outcome.events.filter((event) => event.type === 'node-skip')).toMatchObject([
      { path: 'a', reason: 'all-dropped' },
      { path: 'e', reason: 'all-dropped' },
    ]);
  });

  it('R1: leaves dropped optional inputs absent', async () => {
    const bench = createBench(testNodes({ ...router, a: ({ inputs }) => ({ out: Object.keys(inputs) }) }));
    const outcome = await bench.run({
      nodes: {
        r: { ...fork, config: { ...fork.config, inputs: [] } },
        a: { type: 'do', config: { inputs: ['one', 'two?'] } },
        e: 'out',
      },
      edges: ['r.left -> a.one', 'r.right -> a.two', 'a.out -> e.value'],
    });
    expect(plain(outcome.outputs)).toEqual({ value: ['one'] });
  });

  it('R1: gives many(T) its values in document order, dropped ones left out', async () => {
    const bench = createBench(
      testNodes({
        ...router,
        slow: async () => {
          await new Promise((resolve) => setImmediate(resolve));
          return { out: 'slow' };
        },
        a: ({ inputs }) => ({ out: inputs['all'] }),
      }),
    );
    const outcome = await bench.run({
      nodes: {
        r: { ...fork, config: { ...fork.config, inputs: [] } },
        slow: { type: 'do', config: { inputs: [] } },
        a: { type: 'do', config: { inputs: ['all*'] } },
        e: 'out',
      },
      edges: ['slow.out -> a.all', 'r.right -> a.all', 'r.left -> a.all', 'a.out -> e.value'],
    });
    expect(plain(outcome.outputs)).toEqual({ value: ['slow', 'l'] });
  });

  it('R2: join any starts at the first carried edge; later ones settle and are ignored', async () => {
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
    expect(paths(run.events, 'node-end')).toEqual(['fast', 'a', 'e']);
    gates[0]!();
    const outcome = await run.finish();
    expect(plain(outcome.outputs)).toEqual({ value: { two: 'fast' } });
    expect(paths(run.events, 'node-end')).toEqual(['fast', 'a', 'e', 'slow']);
  });

  it('R2: the failure of a losing branch does not fail the run', async () => {
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
    const acts: Behaviours = {
      fast: () => ({ out: 'fast' }),
      slow: () => new Promise((_, reject) => gates.push(() => reject(new Error('lost anyway')))),
      a: () => ({ out: 'won' }),
    };
    const bench = createBench(testNodes(acts));
    const run = await bench.start(sketch('a.one'));
    await run.settle();
    gates[0]!();
    const outcome = await run.finish();
    expect([outcome.status, plain(outcome.outputs)]).toEqual(['done', { value: 'won' }]);
    expect(run.events.find((event) => event.type === 'node-error')).toMatchObject({ path: 'slow', isCarried: false });
    expect(paths(run.events, 'node-skip')).toEqual(['mid']);

    const other = await createBench(testNodes(acts)).start(sketch('e.other'));
    await other.settle();
    gates[1]!();
    expect((await other.finish()).status).toBe('failed');
  });

  it('R2: join any is skipped when every edge dropped', async () => {
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

  it('R3: tries again only after errors that may pass, pausing longer each time', async () => {
    let tries = 0;
    const bench = createBench(
      testNodes({
        a: async () => {
          tries += 1;
          throw tries < 3 ? flaky() : new HeddleError('template_invalid', 'Never right.');
        },
      }),
    );
    const outcome = await bench.run({
      nodes: { a: { type: 'do', config: { inputs: [] }, run: { retry: { attempts: 9, backoffMs: 1000 } } } },
    });
    expect([outcome.status, outcome.error?.code, tries]).toEqual(['failed', 'template_invalid', 3]);
    const retries = outcome.events.filter((event) => event.type === 'node-retry');
    expect(retries.map((event) => event.dueAt - event.time)).toEqual([750, 1500]);
    expect(outcome.events.flatMap((event) => (event.type === 'node-start' ? [event.attempt] : []))).toEqual([1, 2, 3]);
  });

  it('R3: a connected error port carries the failure, the other ports drop, the run goes on', async () => {
    const bench = createBench(
      testNodes({
        a: () => {
          throw new HeddleError('json_invalid', 'Not JSON.', { details: { line: 3 } });
        },
      }),
    );
    const outcome = await bench.run({
      nodes: {
        a: { type: 'do', config: { inputs: [] } },
        b: 'do',
        e: { type: 'out', config: { fields: ['bad', 'good'] } },
      },
      edges: ['a.out -> b.in', 'b.out -> e.good', 'a.error -> e.bad'],
    });
    expect(outcome.status).toBe('done');
    expect(plain(outcome.outputs)).toEqual({
      bad: { code: 'json_invalid', message: 'Not JSON.', retryable: false, details: { line: 3 }, path: 'a' },
    });
    expect(paths(outcome.events, 'node-skip')).toEqual(['b']);
  });

  it('R3: a failure without an error port aborts and awaits everything, starts nothing new, and fails the run', async () => {
    const seen: string[] = [];
    const bench = createBench(
      testNodes({
        bad: async () => {
          await new Promise((resolve) => setImmediate(resolve));
          throw new Error('broken');
        },
        long: ({ context }) =>
          new Promise((_, reject) =>
            context.signal.addEventListener('abort', () =>
              setTimeout(() => {
                seen.push('cleaned up');
                reject(new Error('stopped'));
              }, 5),
            ),
          ),
        next: () => {
          seen.push('next');
          return { out: 1 };
        },
      }),
    );
    const run = await bench.start({
      nodes: { bad: { type: 'do', config: { inputs: [] } }, long: { type: 'do', config: { inputs: [] } }, next: 'do' },
      edges: ['long.out -> next.in'],
    });
    const outcome = await run.handle.done;
    expect([outcome.status, outcome.error]).toEqual([
      'failed',
      { code: 'node_failed', message: 'broken', retryable: false, path: 'bad' },
    ]);
    expect(seen).toEqual(['cleaned up']);
    expect(run.events.map((event) => event.type)).toEqual([
      'run-start',
      'node-start',
      'node-start',
      'node-error',
      'run-end',
    ]);
  });

  it('R3: cancel and label refusal take no error port', async () => {
    const sketch = { nodes: { a: { type: 'do', config: { inputs: [] } }, e: 'out' }, edges: ['a.error -> e.value'] };
    const refused = await createBench(
      testNodes({
        a: () => {
          throw new HeddleError('label_refused', 'Not there.');
        },
      }),
    ).run(sketch);
    expect([refused.status, refused.error?.code]).toEqual(['failed', 'label_refused']);
    const run = await createBench(
      testNodes({
        a: ({ context }) =>
          new Promise((_, reject) =>
            context.signal.addEventListener('abort', () => reject(context.signal.reason as Error)),
          ),
      }),
    ).start(sketch);
    await run.settle();
    void run.handle.cancel('ada', 'enough');
    expect((await run.handle.done).status).toBe('cancelled');
    expect(run.events.map((event) => event.type)).toEqual(['run-start', 'node-start', 'cancel-request', 'run-end']);
  });

  it('refuses outputs that a node does not have', async () => {
    const outcome = await createBench(testNodes({ a: () => ({ out: 1, extra: 2 }) })).run({
      nodes: { a: { type: 'do', config: { inputs: [] } } },
    });
    expect(outcome.error).toMatchObject({
      code: 'node_output_invalid',
      message: "'a' (do) returned 'extra', which its outputs do not have.",
    });
  });

  it('fails a run whose inputs are missing, unknown or of a wrong type', async () => {
    const sketch = { nodes: { s: 'in' } };
    expect((await createBench(testNodes()).run(sketch)).error).toMatchObject({
      code: 'input_missing',
      details: { input: 'value' },
    });
    expect((await createBench(testNodes()).run(sketch, { inputs: { value: 1, more: 2 } })).error).toMatchObject({
      code: 'input_unknown',
      details: { input: 'more' },
    });
  });

  it('runs parallel branches at the same time', async () => {
    let together = 0;
    let most = 0;
    const act: Behaviours[string] = async () => {
      together += 1;
      most = Math.max(most, together);
      await new Promise((resolve) => setImmediate(resolve));
      together -= 1;
      return { out: 1 };
    };
    const node = { type: 'do', config: { act: 'act', inputs: [] } };
    await createBench(testNodes({ act })).run({ nodes: { a: node, b: node, c: node } });
    expect(most).toBe(3);
    most = 0;
    await createBench(testNodes({ act }), { host: { maxParallel: 2 } }).run({ nodes: { a: node, b: node, c: node } });
    expect(most).toBe(2);
  });
});
