import { describe, expect, it } from '@jest/globals';
import { pathsOf } from '../testing/events-in-short.js';
import { createBench, plain } from '../testing/harness.js';
import { testNodes, type Behaviours } from '../testing/test-nodes.js';

const router: Behaviours = { route: () => ({ left: 'l' }) };
const fork = { type: 'do', config: { behaviour: 'route', outputs: ['left', 'right'] } };

describe('readiness', () => {
  it('finds the inputs and outputs of a run by the roles of its nodes', async () => {
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

  it('bypasses a disabled node, and drops its outputs that no input fits', async () => {
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
          a: { type: 'do', config: { behaviour: 'boom' }, run: { disabled: true } },
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

  it('passes a value around a disabled node if an edge could carry it; for a Json input the value itself decides', async () => {
    const variable = { type: 'do', config: { inputs: ['first?', 'in'], outputs: ['out$'] }, run: { disabled: true } };
    const text = { type: 'do', config: { behaviour: 'write', outputs: ['out$'] } };
    const bench = createBench(testNodes({ write: () => ({ out: 'typed' }) }));
    const outcome = await bench.run(
      {
        nodes: {
          s: { type: 'in', config: { fields: ['list', 'word', 'number'] } },
          t: text,
          a: variable,
          b: variable,
          c: variable,
          d: variable,
          e: { type: 'out', config: { fields: ['a', 'b', 'c', 'd'] } },
        },
        edges: [
          ...['s.list -> a.first', 's.word -> a.in', 's.number -> b.in', 's.list -> c.in'],
          ...['s.list -> t.in', 't.out -> d.in'],
          ...['a.out -> e.a', 'b.out -> e.b', 'c.out -> e.c', 'd.out -> e.d'],
        ],
      },
      { inputs: { list: [1], word: 'word', number: 5 } },
    );
    expect(plain(outcome.outputs)).toEqual({ a: 'word', b: '5', d: 'typed' });
  });

  it('starts a node without connected inputs at once', async () => {
    const bench = createBench(testNodes({ a: () => ({ out: 'alone' }) }));
    const outcome = await bench.run({
      nodes: { a: { type: 'do', config: { inputs: ['in?'] } }, e: 'out' },
      edges: ['a.out -> e.value'],
    });
    expect(plain(outcome.outputs)).toEqual({ value: 'alone' });
  });

  it('skips a node when a required input dropped, and drops its outputs in turn', async () => {
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
    expect(pathsOf(outcome.events, 'node-skip')).toEqual(['b', 'c']);
  });

  it('skips a node when every input was dropped', async () => {
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

  it('leaves dropped optional inputs absent', async () => {
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

  it('gives many(T) its values in document order, without dropped ones', async () => {
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

  it('fails a run with a missing or unknown input', async () => {
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

  it('runs parallel branches at the same time, up to the limit of the host', async () => {
    let together = 0;
    let most = 0;
    const behaviour: Behaviours[string] = async () => {
      together += 1;
      most = Math.max(most, together);
      await new Promise((resolve) => setImmediate(resolve));
      together -= 1;
      return { out: 1 };
    };
    const node = { type: 'do', config: { behaviour: 'behaviour', inputs: [] } };
    await createBench(testNodes({ behaviour })).run({ nodes: { a: node, b: node, c: node } });
    expect(most).toBe(3);
    most = 0;
    await createBench(testNodes({ behaviour }), { host: { maxParallel: 2 } }).run({
      nodes: { a: node, b: node, c: node },
    });
    expect(most).toBe(2);
  });
});
