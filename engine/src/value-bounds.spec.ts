import { describe, expect, it } from '@jest/globals';
import { HeddleError } from '@heddle/core';
import { createBench, plain, type Sketch } from './testing/harness.js';
import { nested } from './testing/sketches.js';
import { testNodes, type Behaviour } from './testing/test-nodes.js';

/** Nested lists. */
function lists(depth: number): unknown {
  let value: unknown = 'end';
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}

const start = { type: 'do', config: { inputs: [] } };
const one: Sketch = { nodes: { a: start } };
const failureOf = async (behaviour: Behaviour, sketch = one) => {
  const outcome = await createBench(testNodes({ a: behaviour })).run(sketch);
  return [outcome.status, outcome.error?.code, outcome.error?.message];
};
const tooComplex = (message: string) => ['failed', 'value_too_complex', expect.stringContaining(message)];

describe('the limits of values', () => {
  it('fail a node whose output is nested too deeply, returned at once, later or after a stream', async () => {
    const expected = tooComplex("The output 'out' of 'a' is nested more than 500 levels deep");
    expect(await failureOf(() => ({ out: lists(5_000) }))).toEqual(expected);
    expect(await failureOf(async () => ({ out: lists(5_000) }))).toEqual(expected);
    expect(
      await failureOf(
        async function* () {
          yield { port: 'text', delta: 'x' };
          return { text: 'x', out: lists(5_000) };
        },
        { nodes: { a: { type: 'do', config: { inputs: [], outputs: ['text$', 'out'] } } } },
      ),
    ).toEqual(expected);
    expect(await failureOf(() => ({ out: lists(490) }))).toEqual(['done', undefined, undefined]);
  });

  it('send the failure of a value that is nested too deeply to the error port', async () => {
    const outcome = await createBench(testNodes({ a: () => ({ out: lists(501) }) })).run({
      nodes: { a: start, e: { type: 'out', config: { fields: ['bad'] } } },
      edges: ['a.error -> e.bad'],
    });
    expect([outcome.status, plain(outcome.outputs)]).toEqual([
      'done',
      { bad: expect.objectContaining({ code: 'value_too_complex', path: 'a', retryable: false }) },
    ]);
  });

  it('apply to a step, a question, a decision, a log line and the input of a nested run', async () => {
    const deep = { deep: lists(501) } as never;
    const schema = { type: 'object' } as const;
    const behaviours: readonly (readonly [string, Behaviour, Sketch?])[] = [
      ["What 'a' does in the step 'k'", async ({ context }) => ({ out: await context.step('k', async () => deep) })],
      [
        "The question of 'a'",
        async ({ context }) => ({ out: await context.requestInput('k', { title: 'x', schema, details: deep }) }),
      ],
      [
        "What 'a' decides",
        ({ context }) => {
          context.decide({ kind: 'route', summary: 'x', details: deep });
        },
      ],
      [
        "What 'a' logs",
        ({ context }) => {
          context.log.info('x', deep);
        },
      ],
      [
        "The input 'value'",
        async ({ context }) => ({ out: await context.run('n', '#inner', { value: deep }) }),
        nested,
      ],
    ];
    for (const [message, behaviour, sketch] of behaviours)
      expect(await failureOf(behaviour, sketch)).toEqual(tooComplex(message));
  });

  it('apply to the message and the details of a failure', async () => {
    const details = { deep: lists(5_000) };
    const behaviour: Behaviour = () => {
      throw new HeddleError('json_invalid', 'x'.repeat(1_000_000), { details });
    };
    const { error } = await createBench(testNodes({ a: behaviour })).run(one);
    expect([error?.code, error?.message.length, error?.details]).toEqual(['json_invalid', 20_000, undefined]);
  });

  it('end a loop that doubles its value in each iteration', async () => {
    const { status, error } = await createBench(
      testNodes({ a: ({ inputs }) => ({ out: 1, again: [inputs['in'] ?? 'x', inputs['in'] ?? 'x'] }) }),
    ).run({
      nodes: { a: { type: 'do', config: { inputs: ['in?'], outputs: ['out', 'again'] } } },
      edges: [{ edge: 'a.again -> a.in', loop: { max: 1_000, atLimit: 'fail' } }],
    });
    expect([status, error?.code, error?.path]).toEqual(['failed', 'value_too_complex', 'a@17']);
  });

  it('are checked with pauses for the event loop', async () => {
    let ticks = 0;
    const later = (callback: () => void): void => {
      ticks += 1;
      setImmediate(callback);
    };
    const table = Array.from({ length: 1_000 }, () => Array.from({ length: 300 }, () => 'x'));
    const outcome = await createBench(testNodes({ a: () => ({ out: table }) }), { host: { later } }).run(one);
    expect([outcome.status, ticks > 10]).toEqual(['done', true]);
  });

  it('stop a node that writes without end', async () => {
    let hasEnded = false;
    const piece = 'x'.repeat(1024 * 1024);
    const failure = await failureOf(
      async function* () {
        try {
          for (;;) yield { port: 'text', delta: piece };
        } finally {
          hasEnded = true;
        }
      },
      { nodes: { a: { type: 'do', config: { inputs: [], outputs: ['text$'] } } } },
    );
    expect([failure, hasEnded]).toEqual([tooComplex("'a' writes more than"), true]);
  });
});
