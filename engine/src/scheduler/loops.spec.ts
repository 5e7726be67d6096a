import { describe, expect, it } from '@jest/globals';
import type { StreamEvent } from '@heddle/core';
import { createBench, plain } from '../testing/harness.js';
import { testNodes, type Behaviours } from '../testing/test-nodes.js';

const paths = (events: readonly StreamEvent[], ...types: string[]): string[] =>
  events.flatMap((event) => (types.includes(event.type) && 'path' in event ? [event.path] : []));

/** Repeats a loop `times` times: `a` adds one, `b` decides. */
const counter = (times: number): Behaviours => ({
  a: ({ inputs }) => ({ out: ((inputs['in'] as number | undefined) ?? 0) + 1 }),
  b: ({ inputs }) => ((inputs['in'] as number) < times ? { again: inputs['in'] } : { done: inputs['in'] }),
});
const gate = { type: 'do', config: { outputs: ['again', 'done'] } };
const loopSketch = (loop: { max: number; atLimit: 'fail' | 'leave' } = { max: 10, atLimit: 'fail' }) => ({
  nodes: { s: 'in', a: 'do', b: gate, after: 'do', e: 'out' },
  edges: [
    's.value -> a.in',
    'a.out -> b.in',
    'b.done -> after.in',
    'after.out -> e.value',
    { edge: 'b.again -> a.in', loop },
  ],
});

describe('loops', () => {
  it('repeats the nodes between target and source; nodes outside run once, after the loop', async () => {
    const outcome = await createBench(testNodes(counter(3))).run(loopSketch(), { inputs: { value: 0 } });
    expect(plain(outcome.outputs)).toEqual({ value: 3 });
    expect(paths(outcome.events, 'node-end', 'loop-next')).toEqual([
      's',
      'a@0',
      'b@0',
      'a@1',
      'a@1',
      'b@1',
      'a@2',
      'a@2',
      'b@2',
      'after',
      'e',
    ]);
  });

  it('has no loop edge in iteration 0, and later prefers its value to the entry edge, which keeps its state', async () => {
    const seen: unknown[] = [];
    const bench = createBench(
      testNodes({
        a: ({ inputs }) => {
          seen.push({ ...inputs });
          return { out: seen.length };
        },
        b: ({ inputs }) => ((inputs['in'] as number) < 3 ? { again: `round ${String(inputs['in'])}` } : { done: 1 }),
      }),
    );
    await bench.run(
      {
        nodes: {
          s: { type: 'in', config: { fields: ['value', 'kept'] } },
          a: { type: 'do', config: { inputs: ['in', 'kept', 'extra?'] } },
          b: gate,
          e: 'out',
        },
        edges: [
          's.value -> a.in',
          's.kept -> a.kept',
          'a.out -> b.in',
          'b.done -> e.value',
          { edge: 'b.again -> a.in', loop: { max: 5, atLimit: 'fail' } },
          { edge: 'b.again -> a.extra', loop: { max: 5, atLimit: 'fail' } },
        ],
      },
      { inputs: { value: 'entry', kept: 'k' } },
    );
    expect(seen).toEqual([
      { in: 'entry', kept: 'k' },
      { in: 'round 1', kept: 'k', extra: 'round 1' },
      { in: 'round 2', kept: 'k', extra: 'round 2' },
    ]);
  });

  it('restarts the counters of inner loops in each iteration of the outer loop', async () => {
    const nested = await createBench(
      testNodes({
        head: ({ inputs }) => ({ out: inputs['in'] ?? 'first' }),
        a: ({ inputs }) => ({ out: inputs['in'] }),
        b: ({ context }) => (context.iteration!.index < 1 ? { again: 'inner' } : { done: 'inner done' }),
        c: ({ context }) => (context.iteration!.index < 1 ? { again: 'outer' } : { done: 'end' }),
      }),
    ).run({
      nodes: { head: { type: 'do', config: { inputs: ['in?'] } }, a: 'do', b: gate, c: gate, e: 'out' },
      edges: [
        'head.out -> a.in',
        'a.out -> b.in',
        { edge: 'b.again -> a.in', loop: { max: 3, atLimit: 'fail' } },
        'b.done -> c.in',
        { edge: 'c.again -> head.in', loop: { max: 3, atLimit: 'fail' } },
        'c.done -> e.value',
      ],
    });
    expect(plain(nested.outputs)).toEqual({ value: 'end' });
    expect(paths(nested.events, 'node-end')).toEqual([
      'head@0',
      'a@0.0',
      'b@0.0',
      'a@0.1',
      'b@0.1',
      'c@0',
      'head@1',
      'a@1.0',
      'b@1.0',
      'a@1.1',
      'b@1.1',
      'c@1',
      'e',
    ]);
  });

  it('settles edges out of the loop once, with the values of the last iteration', async () => {
    const outcome = await createBench(testNodes(counter(3))).run(
      {
        nodes: { s: 'in', a: 'do', b: gate, side: 'do', e: { type: 'out', config: { fields: ['value', 'side'] } } },
        edges: [
          's.value -> a.in',
          'a.out -> b.in',
          'a.out -> side.in',
          'side.out -> e.side',
          'b.done -> e.value',
          { edge: 'b.again -> a.in', loop: { max: 10, atLimit: 'fail' } },
        ],
      },
      { inputs: { value: 0 } },
    );
    expect(plain(outcome.outputs)).toEqual({ value: 3, side: 3 });
    expect(paths(outcome.events, 'node-end').filter((path) => path.startsWith('side'))).toEqual(['side']);
  });

  it('gives nodes the iteration, and fails at the limit', async () => {
    const seen: unknown[] = [];
    const outcome = await createBench(
      testNodes({
        a: ({ context }) => {
          seen.push(context.iteration);
          return { out: 1 };
        },
        b: () => ({ again: 1 }),
      }),
    ).run(loopSketch({ max: 2, atLimit: 'fail' }), { inputs: { value: 0 } });
    expect(seen).toEqual([
      { index: 0, max: 2, last: false },
      { index: 1, max: 2, last: true },
    ]);
    expect([outcome.status, outcome.error?.code, outcome.error?.path]).toEqual(['failed', 'loop-limit', 'b@1']);
    expect(outcome.events.find((event) => event.type === 'loop-limit')).toMatchObject({ max: 2, atLimit: 'fail' });
  });

  it('ends the loop at the limit as if the loop edge had dropped', async () => {
    const outcome = await createBench(
      testNodes({
        a: ({ inputs }) => ({ out: (inputs['in'] as number) + 1 }),
        b: ({ inputs }) => ({ again: inputs['in'], done: inputs['in'] }),
      }),
    ).run(loopSketch({ max: 3, atLimit: 'leave' }), { inputs: { value: 0 } });
    expect(plain(outcome.outputs)).toEqual({ value: 3 });
  });

  it('ends a loop whose source was skipped', async () => {
    const outcome = await createBench(testNodes({ a: () => ({}) })).run(loopSketch(), { inputs: { value: 0 } });
    expect(outcome.status).toBe('done');
    expect(paths(outcome.events, 'node-skip')).toEqual(['b@0', 'after', 'e']);
  });

  it("takes the loop edge at a join 'any' at the head of a loop in later iterations", async () => {
    const outcome = await createBench(
      testNodes({
        a: ({ inputs }) => ({ out: inputs }),
        b: ({ inputs, context }) => (context.iteration!.index === 0 ? { again: 'again' } : { done: inputs['in'] }),
      }),
    ).run(
      {
        nodes: {
          s: 'in',
          a: { type: 'do', config: { inputs: ['entry?', 'back?'] }, run: { join: 'any' } },
          b: gate,
          e: 'out',
        },
        edges: [
          's.value -> a.entry',
          'a.out -> b.in',
          'b.done -> e.value',
          { edge: 'b.again -> a.back', loop: { max: 4, atLimit: 'fail' } },
        ],
      },
      { inputs: { value: 'first' } },
    );
    expect(plain(outcome.outputs)).toEqual({ value: { back: 'again' } });
  });
});
