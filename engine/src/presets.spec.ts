import { describe, expect, it } from '@jest/globals';
import { HeddleError, type StreamEvent } from '@heddle/core';
import { createBench, plain, planOf, type Sketch } from './testing/harness.js';
import { testNodes, type Behaviours } from './testing/test-nodes.js';

const sketch: Sketch = {
  nodes: { s: 'in', a: 'do', b: 'do', c: 'do', side: 'do', e: { type: 'out', config: { fields: ['value', 'side'] } } },
  edges: [
    's.value -> a.in',
    'a.out -> b.in',
    'b.out -> c.in',
    'c.out -> e.value',
    'a.out -> side.in',
    'side.out -> e.side',
  ],
};
const tracing = (calls: string[]): Behaviours =>
  Object.fromEntries(
    ['a', 'b', 'c', 'side'].map((id) => [
      id,
      ({ inputs }: { inputs: Readonly<Record<string, unknown>> }) => {
        calls.push(id);
        return { out: `${String(inputs['in'])}${id}` };
      },
    ]),
  );

describe('test runs', () => {
  it('runs one node alone with pinned values', async () => {
    const calls: string[] = [];
    const outcome = await createBench(testNodes(tracing(calls))).run(sketch, {
      options: { only: 'b', pins: { a: { out: 'pin ' } } },
    });
    expect([outcome.status, calls]).toEqual(['done', ['b']]);
    expect(
      outcome.events.filter((event) => event.type === 'node-skip').every((event) => event.reason === 'not-selected'),
    ).toBe(true);
    expect(outcome.events.find((event) => event.type === 'node-end' && event.path === 'b')).toMatchObject({
      outputs: { out: { value: 'pin b' } },
    });
  });

  it('runs one node alone from the inputs of the run', async () => {
    const calls: string[] = [];
    await createBench(testNodes(tracing(calls))).run(sketch, { inputs: { value: 'x' }, options: { only: 'a' } });
    expect(calls).toEqual(['a']);
  });

  it('runs from a node on, with reused results', async () => {
    const calls: string[] = [];
    const bench = createBench(testNodes(tracing(calls)));
    await bench.run(sketch, { inputs: { value: 'x ' } });
    calls.length = 0;
    const outcome = await bench.run(sketch, {
      inputs: { value: 'x ' },
      origin: 'run-1',
      reused: ['s', 'a', 'b', 'c', 'side'],
      options: { from: 'b' },
    });
    expect([plain(outcome.outputs), calls]).toEqual([{ value: 'x abc', side: 'x aside' }, ['b', 'c']]);
  });

  it('reuses a failure that an error port carried: its node does not run, and the same edges drop', async () => {
    const ways: Sketch = {
      nodes: {
        s: 'in',
        fix: 'do',
        x: 'do',
        d: 'do',
        a: { type: 'do', label: 'confidential' },
        e: { type: 'out', config: { fields: ['fixed', 'plain'] } },
      },
      edges: [
        's.value -> a.in',
        'a.error -> fix.in',
        'a.out -> x.in',
        'fix.out -> d.in',
        'd.out -> e.fixed',
        'x.out -> e.plain',
      ],
    };
    const calls: string[] = [];
    let isFirst = true;
    const failOnce = (id: string): void => {
      calls.push(id);
      if (isFirst) throw new HeddleError('node_failed', `${id} fails`);
    };
    const bench = createBench(
      testNodes({
        a: ({ inputs }) => {
          failOnce('a');
          return { out: inputs['in'] };
        },
        fix: ({ inputs }) => {
          calls.push('fix');
          return { out: (inputs['in'] as { readonly message: string }).message };
        },
        d: ({ inputs }) => {
          failOnce('d');
          return { out: inputs['in'] };
        },
      }),
    );
    const given = { inputs: { value: 'x' } };
    const first = await bench.run(ways, given);
    expect([first.status, calls]).toEqual(['failed', ['a', 'fix', 'd']]);
    calls.length = 0;
    isFirst = false;
    const again = await bench.run(ways, { ...given, origin: 'run-1', reused: ['s', 'a', 'fix'] });
    expect([again.status, calls]).toEqual(['done', ['d']]);
    expect(plain(again.outputs)).toEqual({ fixed: 'a fails' });
    const failures = (events: readonly StreamEvent[]) =>
      events.flatMap((event) => (event.type === 'node-error' ? [event] : []));
    expect(failures(again.events)).toMatchObject([
      { path: 'a', attempt: 1, isCarried: true, label: failures(first.events)[0]?.label },
    ]);
    expect(failures(first.events)[0]?.label).toMatchObject({ level: 'confidential' });
    expect(again.events.flatMap((event) => (event.type === 'node-start' ? [event.path] : []))).toEqual(['d', 'e']);
  });

  it('pins a value instead of a node', async () => {
    const calls: string[] = [];
    const outcome = await createBench(testNodes(tracing(calls))).run(sketch, {
      inputs: { value: 'x ' },
      options: { pins: { b: { out: 'pinned ' } } },
    });
    expect([plain(outcome.outputs), calls]).toEqual([{ value: 'pinned c', side: 'x aside' }, ['a', 'side', 'c']]);
  });

  it('refuses to run from a node that the workflow does not have', async () => {
    expect(
      (await createBench(testNodes()).run(sketch, { inputs: { value: 1 }, options: { from: 'none' } })).error?.code,
    ).toBe('reused_result_mismatch');
  });

  it('suspends before a breakpoint and continues after an answer', async () => {
    const calls: string[] = [];
    const bench = createBench(testNodes(tracing(calls)));
    const titled = { ...sketch, nodes: { ...sketch.nodes, b: { type: 'do', title: 'Write it' } } };
    const suspended = await bench.run(titled, { inputs: { value: 'x ' }, options: { breakpoints: ['b'] } });
    expect([suspended.status, calls]).toEqual(['suspended', ['a', 'side']]);
    expect(suspended.events.find((event) => event.type === 'human-input-start')).toMatchObject({
      question: { title: "Paused before 'Write it'" },
    });
    expect(suspended.events.find((event) => event.type === 'node-suspend')).toMatchObject({
      path: 'b',
      reason: 'breakpoint',
    });
    const resumed = await bench.resume('run-1', planOf(sketch, testNodes(tracing(calls))));
    await resumed.handle.answer(suspended.requests![0]!, { value: null });
    expect(plain((await resumed.finish()).outputs)).toEqual({ value: 'x abc', side: 'x aside' });
  });

  it('suspends again before the next node if the answer asks for a step, even after a restart', async () => {
    const calls: string[] = [];
    const bench = createBench(testNodes(tracing(calls)));
    const plan = () => planOf(sketch, testNodes(tracing(calls)));
    const suspended = await bench.run(sketch, { inputs: { value: 'x ' }, options: { breakpoints: ['b'] } });
    const stepped = await bench.resume('run-1', plan());
    await stepped.handle.answer(suspended.requests![0]!, { value: { step: true } });
    const next = await stepped.finish();
    expect([next.status, calls]).toEqual(['suspended', ['a', 'side', 'b']]);
    const again = await bench.resume('run-1', plan());
    await again.handle.answer(next.requests![0]!, { value: { step: true } });
    const last = await again.finish();
    expect([last.status, calls]).toEqual(['suspended', ['a', 'side', 'b', 'c']]);
    const end = await bench.resume('run-1', plan());
    await end.handle.answer(last.requests![0]!, { value: {} });
    expect(plain((await end.finish()).outputs)).toEqual({ value: 'x abc', side: 'x aside' });
  });
});
