import { describe, expect, it } from '@jest/globals';
import { createDeltaGate } from './delta-gate.js';
import { pathsOf } from '../testing/events-in-short.js';
import { createBench, plain, planOf } from '../testing/harness.js';
import { piped, reader, writer } from '../testing/sketches.js';
import { collect, steppedWriter } from '../testing/stepped-writer.js';
import { testNodes, type Behaviours } from '../testing/test-nodes.js';

describe('streams', () => {
  it('uses the concatenation of its deltas as the value of a port; a single output may be unnamed', async () => {
    const outcome = await createBench(
      testNodes({
        p: async function* () {
          yield { delta: 'Hel' };
          yield { delta: 'lo' };
          return { text: 'Hello' };
        },
      }),
    ).run({ nodes: { p: writer(), e: 'out' }, edges: ['p.text -> e.value'] });
    expect(plain(outcome.outputs)).toEqual({ value: 'Hello' });
    expect(outcome.events.filter((event) => event.type === 'node-delta')).toMatchObject([
      { port: 'text', offset: 0, delta: 'Hel', attempt: 1 },
      { offset: 3, delta: 'lo' },
    ]);
  });

  it('refuses a result without a port that yielded, and deltas of unknown or unnamed ports', async () => {
    const run = async (behaviour: Behaviours[string], outputs = ['text$']) =>
      (await createBench(testNodes({ p: behaviour })).run({ nodes: { p: writer(outputs) } })).error?.message;
    expect(
      await run(async function* () {
        yield { delta: 'x' };
        return {};
      }),
    ).toBe("'p' (do) yielded text for 'text' and left that output out: return it too.");
    expect(
      await run(async function* () {
        yield { port: 'other', delta: 'x' };
        return {};
      }),
    ).toBe("'p' yielded a delta for 'other', which is not one of its outputs.");
    expect(
      await run(
        async function* () {
          yield { delta: 'x' };
          return {};
        },
        ['text$', 'more$'],
      ),
    ).toBe("'p' yielded a delta without a port and has several outputs: name the port.");
  });

  it('starts a node with a stream input at the first delta, and lets each consumer read the whole text', async () => {
    const producer = steppedWriter(['a', 'b']);
    const late: string[][] = [];
    const bench = createBench(
      testNodes({
        p: producer.produce,
        c: async ({ inputs }) => ({ out: (await collect(inputs['text'])).join('|') }),
        d: async ({ inputs }) => {
          late.push(await collect(inputs['text']));
          return { out: 'd' };
        },
      }),
    );
    const run = await bench.start({
      ...piped,
      nodes: { ...piped.nodes, d: reader },
      edges: [...piped.edges, 'p.text -> d.text'],
    });
    await run.settle();
    expect(pathsOf(run.events, 'node-start')).toEqual(['p']);
    await producer.step();
    expect(pathsOf(run.events, 'node-start')).toEqual(['p', 'c', 'd']);
    await producer.step();
    expect(plain((await run.finish()).outputs)).toEqual({ value: 'a|b' });
    expect(late).toEqual([['a', 'b']]);
  });

  it('starts a consumer at the result if nothing was yielded, and after its other inputs', async () => {
    const producer = steppedWriter(['x']);
    const gates: (() => void)[] = [];
    const bench = createBench(
      testNodes({
        p: producer.produce,
        other: () => new Promise((resolve) => gates.push(() => resolve({ out: 1 }))),
        c: async ({ inputs }) => ({ out: (await collect(inputs['text'])).join('|') + String(inputs['more']) }),
      }),
    );
    const run = await bench.start({
      nodes: {
        p: writer(),
        other: { type: 'do', config: { inputs: [] } },
        c: { type: 'do', config: { inputs: ['text~', 'more'], outputs: ['out$'] } },
        e: 'out',
      },
      edges: ['p.text -> c.text', 'other.out -> c.more', 'c.out -> e.value'],
    });
    await run.settle();
    await producer.step();
    expect(pathsOf(run.events, 'node-start')).toEqual(['p', 'other']);
    gates[0]!();
    expect(plain((await run.finish()).outputs)).toEqual({ value: 'x1' });
    const whole = await createBench(
      testNodes({
        p: () => ({ text: 'all' }),
        c: async ({ inputs }) => ({ out: (await collect(inputs['text'])).join('|') }),
      }),
    ).run(piped);
    expect(plain(whole.outputs)).toEqual({ value: 'all' });
  });

  it('delivers the whole value as one delta on edges that leave a loop', async () => {
    const outcome = await createBench(
      testNodes({
        a: async function* () {
          yield { port: 'text', delta: '1' };
          yield { port: 'text', delta: '2' };
          return { text: '12', go: 1 };
        },
        b: ({ context }) => (context.iteration!.last ? {} : { again: 1 }),
        c: async ({ inputs }) => ({ out: JSON.stringify(await collect(inputs['text'])) }),
      }),
    ).run({
      nodes: {
        a: { type: 'do', config: { inputs: ['in?'], outputs: ['text$', 'go'] } },
        b: { type: 'do', config: { outputs: ['again'] } },
        c: reader,
        e: 'out',
      },
      edges: [
        'a.go -> b.in',
        { edge: 'b.again -> a.in', loop: { max: 2, atLimit: 'fail' } },
        'a.text -> c.text',
        'c.out -> e.value',
      ],
    });
    expect(plain(outcome.outputs)).toEqual({ value: '["12"]' });
  });

  it('lets only deltas on edges into a sink leave a run, so that no text that is held back reaches a caller', async () => {
    const nodes = testNodes({
      p: async function* () {
        yield { delta: 'secret ' };
        yield { delta: 'words' };
        return { text: 'secret words' };
      },
      c: async function* ({ inputs }) {
        let all = '';
        for await (const delta of inputs['text'] as AsyncIterable<string>) {
          const safe = delta.replace('secret', '***');
          all += safe;
          yield { delta: safe };
        }
        return { out: all };
      },
    });
    const gate = createDeltaGate(planOf(piped, nodes));
    const outcome = await createBench(nodes).run(piped);
    const leaving = outcome.events.flatMap((event) =>
      event.type === 'node-delta' ? gate(event).map((name) => `${name}: ${event.delta}`) : [],
    );
    expect(leaving).toEqual(['value: *** ', 'value: words']);
  });

  it('lets buffers go when every consumer has settled', async () => {
    const outcome = await createBench(
      testNodes({
        p: async function* () {
          yield { delta: 'a' };
          return { text: 'a' };
        },
        c: async ({ inputs }) => ({ out: (await collect(inputs['text'])).join('') }),
      }),
    ).run(piped);
    expect(plain(outcome.outputs)).toEqual({ value: 'a' });
  });
});
