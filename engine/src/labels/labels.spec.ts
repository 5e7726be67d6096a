import { describe, expect, it } from '@jest/globals';
import { joinLabels, labelOf, type StreamEvent } from '@heddle/core';
import { createBench, plain, ticks, type Sketch } from '../testing/harness.js';
import { pair } from '../testing/sketches.js';
import { testNodes, type Behaviours } from '../testing/test-nodes.js';

const labelAt = (events: readonly StreamEvent[], path: string, port = 'out'): unknown =>
  events.flatMap((event) => (event.type === 'node-end' && event.path === path ? [event.outputs[port]?.label] : []))[0];

describe('labels', () => {
  it('labels outputs internal by default, and raises them to the label that the document gives the node', async () => {
    const outcome = await createBench(testNodes({ a: () => ({ out: 1 }) })).run({
      ...pair,
      nodes: { ...pair.nodes, b: { type: 'do', label: 'confidential' } },
    });
    expect([labelAt(outcome.events, 'a'), labelAt(outcome.events, 'b')]).toEqual([
      labelOf('internal'),
      labelOf('confidential'),
    ]);
    expect(outcome.outputs?.['value']?.label).toEqual(labelOf('confidential'));
  });

  it('never lowers a label to the label that the document gives a node, even at outputs and disabled nodes', async () => {
    const behaviours: Behaviours = {
      a: ({ context }) => {
        context.raise(labelOf('restricted'));
        return { out: 1 };
      },
    };
    for (const run of [{}, { disabled: true }]) {
      const outcome = await createBench(testNodes(behaviours)).run({
        nodes: {
          ...pair.nodes,
          b: { type: 'do', label: 'public', run },
          e: { type: 'out', label: 'public' },
        },
        edges: pair.edges!,
      });
      expect(outcome.outputs?.['value']?.label).toEqual(labelOf('restricted'));
    }
  });

  it('gives outputs the join of inputs, nested results and raised labels, error values included', async () => {
    const behaviours: Behaviours = {
      a: ({ context }) => {
        context.raise(labelOf('confidential', ['untrusted']));
        return { out: 1 };
      },
      b: ({ context }) => {
        context.raise(labelOf('public', ['other']));
        return { out: context.label };
      },
      c: ({ context }) => {
        context.raise(labelOf('restricted'));
        throw new Error('no');
      },
    };
    const outcome = await createBench(testNodes(behaviours)).run({
      nodes: { ...pair.nodes, c: 'do', e: { type: 'out', config: { fields: ['value', 'bad'] } } },
      edges: [...pair.edges!, 'a.out -> c.in', 'c.error -> e.bad'],
    });
    expect(plain(outcome.outputs)['value']).toEqual(labelOf('confidential', ['other', 'untrusted']));
    expect(outcome.outputs?.['bad']?.label).toEqual(labelOf('restricted', ['untrusted']));
    const nested = await createBench(
      testNodes({
        a: async ({ context }) => ({ out: (await context.run('k', '#inner', {})).label }),
        x: ({ context }) => {
          context.raise(labelOf('restricted'));
          return { out: 1 };
        },
      }),
    ).run({
      ...pair,
      nodes: { ...pair.nodes, a: { type: 'do', config: { inputs: [], workflow: '#inner' } } },
      workflows: {
        inner: { nodes: { x: { type: 'do', config: { inputs: [] } }, e: 'out' }, edges: ['x.out -> e.value'] },
      },
    });
    expect(labelAt(nested.events, 'a')).toEqual(labelOf('restricted'));
  });

  it('gives an error message the label of all that its execution had read, even out of nested runs', async () => {
    const x: Behaviours = {
      x: ({ context }) => {
        context.raise(labelOf('restricted'));
        throw new Error('I read a secret.');
      },
    };
    const endOf = (events: readonly StreamEvent[]) => events.find((event) => event.type === 'run-end');
    const plainly = await createBench(testNodes(x)).run({
      nodes: { x: { type: 'do', config: { inputs: [] } }, e: 'out' },
      edges: ['x.out -> e.value'],
    });
    expect(endOf(plainly.events)).toMatchObject({ status: 'failed', label: labelOf('restricted') });
    const caught: Behaviours = {
      ...x,
      a: async ({ context }) => {
        const text = await context.run('k', '#inner', {}).catch((error: unknown) => String(error));
        return { out: text };
      },
    };
    const nested = await createBench(testNodes(caught)).run({
      nodes: { a: { type: 'do', config: { inputs: [], workflow: '#inner' } }, e: 'out' },
      edges: ['a.out -> e.value'],
      workflows: {
        inner: { nodes: { x: { type: 'do', config: { inputs: [] } }, e: 'out' }, edges: ['x.out -> e.value'] },
      },
    });
    expect(nested.outputs?.['value']).toMatchObject({
      value: expect.stringContaining('secret'),
      label: labelOf('restricted'),
    });
  });

  it('does not track that a branch was taken', async () => {
    const outcome = await createBench(
      testNodes({
        a: ({ context }) => {
          context.raise(labelOf('restricted'));
          return { out: 1 };
        },
        r: () => ({ left: 'plain' }),
      }),
    ).run({
      nodes: { ...pair.nodes, r: { type: 'do', config: { inputs: ['in?'], outputs: ['left'] } } },
      edges: ['a.out -> b.in', 'r.left -> e.value'],
    });
    expect(outcome.outputs?.['value']?.label).toEqual(labelOf('internal'));
  });

  it('gives a delta the label of its moment, and a stream consumer the final label', async () => {
    const behaviours: Behaviours = {
      p: async function* ({ context }) {
        yield { delta: 'a' };
        context.raise(labelOf('confidential'));
        yield { delta: 'b' };
        context.raise(labelOf('restricted'));
        await ticks(3);
        return { text: 'ab' };
      },
      c: async ({ inputs }) => {
        for await (const _ of inputs['text'] as AsyncIterable<string>) break;
        return { out: 1 };
      },
    };
    const outcome = await createBench(testNodes(behaviours)).run({
      nodes: {
        p: { type: 'do', config: { inputs: [], outputs: ['text$'] } },
        c: { type: 'do', config: { inputs: ['text~'] } },
        e: { type: 'out', config: { fields: ['value', 'all'] } },
      },
      edges: ['p.text -> c.text', 'c.out -> e.value', 'p.text -> e.all'],
    });
    expect(outcome.events.flatMap((event) => (event.type === 'node-delta' ? [event.label?.level] : []))).toEqual([
      'internal',
      'confidential',
    ]);
    expect(labelAt(outcome.events, 'c')).toEqual(labelOf('restricted'));
  });

  it('lets a declared node declassify one output with its deltas, records it, and keeps the label of other outputs', async () => {
    const declassification = {
      port: 'text',
      to: 'internal',
      from: 'confidential',
      reason: 'Two names were taken out.',
    } as const;
    const behaviours: Behaviours = {
      r: async function* ({ context }) {
        context.raise(labelOf('confidential', ['untrusted']));
        context.declassify(declassification);
        yield { port: 'text', delta: 'hi' };
        await ticks(1);
        return { text: 'hi', map: { a: 1 } };
      },
    };
    const outcome = await createBench(testNodes(behaviours)).run({
      nodes: {
        r: { type: 'redact', config: { inputs: [], outputs: ['text$', 'map'] } },
        c: { type: 'do' },
        e: { type: 'out', config: { fields: ['low', 'high'] } },
      },
      edges: ['r.text -> c.in', 'c.out -> e.low', 'r.map -> e.high'],
    });
    expect([outcome.outputs?.['low']?.label, outcome.outputs?.['high']?.label]).toEqual([
      labelOf('internal', ['untrusted']),
      labelOf('confidential', ['untrusted']),
    ]);
    expect(outcome.events.find((event) => event.type === 'node-delta')).toMatchObject({ label: { level: 'internal' } });
    expect(outcome.events.find((event) => event.type === 'label-decision')).toMatchObject({
      path: 'r',
      decision: 'declassified',
      port: 'text',
      label: { level: 'confidential' },
      to: { level: 'internal' },
      reason: declassification.reason,
    });
  });

  it('keeps a label above the level that a declassification covers, and refuses an undeclared declassification', async () => {
    const declassify: Behaviours[string] = ({ context }) => {
      context.declassify({ port: 'out', to: 'public', from: 'confidential', reason: 'because' });
      context.raise(labelOf('restricted'));
      return { out: 1 };
    };
    const sketch = (type: string): Sketch => ({
      nodes: { r: { type, config: { inputs: [] } }, e: 'out' },
      edges: ['r.out -> e.value'],
    });
    const declared = await createBench(testNodes({ r: declassify })).run(sketch('redact'));
    expect(declared.outputs?.['value']?.label).toEqual(labelOf('restricted'));
    const undeclared = await createBench(testNodes({ r: declassify })).run(sketch('do'));
    expect([undeclared.status, undeclared.error?.code]).toEqual(['failed', 'declassification_undeclared']);
  });

  it('returns the same object for joins of equal labels', async () => {
    const outcome = await createBench(testNodes({ a: () => ({ out: 1 }) })).run(pair);
    expect(labelAt(outcome.events, 'b')).toBe(labelAt(outcome.events, 'a'));
    expect(joinLabels(labelOf('internal', ['x']), labelOf('internal', ['x']))).toBe(labelOf('internal', ['x']));
  });
});
