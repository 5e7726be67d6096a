import { describe, expect, it } from '@jest/globals';
import { HeddleError, type NodeContext, type StreamEvent } from '@heddle/core';
import { createDeltaGate } from './delta-gate.js';
import { createBench, plain, planOf, turns } from './testing/harness.js';
import { flaky, testNodes, type Behaviours } from './testing/test-nodes.js';

const paths = (events: readonly StreamEvent[], ...types: string[]): string[] =>
  events.flatMap((event) =>
    types.includes(event.type) && 'path' in event ? [`${event.type.slice(5)} ${event.path}`] : [],
  );
const text = (outputs: string[] = ['text$']) => ({ type: 'do', config: { inputs: [], outputs } });
const reader = { type: 'do', config: { inputs: ['text~'], outputs: ['out$'] } };
const piped = { nodes: { p: text(), c: reader, e: 'out' }, edges: ['p.text -> c.text', 'c.out -> e.value'] };

/** A producer that goes on each time `step` is called. */
function stepped(words: readonly string[]) {
  const gates: (() => void)[] = [];
  async function* produce({ context }: { context: NodeContext }) {
    for (const word of words) {
      await new Promise<void>((resolve, reject) => {
        gates.push(resolve);
        context.signal.addEventListener('abort', () => reject(context.signal.reason as Error), { once: true });
      });
      yield { port: 'text', delta: word };
    }
    return { text: words.join('') };
  }
  return {
    produce,
    step: async () => {
      gates.shift()?.();
      await turns(5);
    },
  };
}

async function collect(stream: unknown): Promise<string[]> {
  const read: string[] = [];
  for await (const delta of stream as AsyncIterable<string>) read.push(delta);
  return read;
}

describe('streams', () => {
  it('S1: a port that yielded has the concatenation as its value; the only output may be unnamed', async () => {
    const outcome = await createBench(
      testNodes({
        p: async function* () {
          yield { delta: 'Hel' };
          yield { delta: 'lo' };
          return { text: 'Hello' };
        },
      }),
    ).run({ nodes: { p: text(), e: 'out' }, edges: ['p.text -> e.value'] });
    expect(plain(outcome.outputs)).toEqual({ value: 'Hello' });
    expect(outcome.events.filter((event) => event.type === 'node-delta')).toMatchObject([
      { port: 'text', offset: 0, delta: 'Hel', attempt: 1 },
      { offset: 3, delta: 'lo' },
    ]);
  });

  it('S1: refuses to leave out a port that yielded, and deltas of unknown or unnamed ports', async () => {
    const run = async (act: Behaviours[string], outputs = ['text$']) =>
      (await createBench(testNodes({ p: act })).run({ nodes: { p: text(outputs) } })).error?.message;
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

  it('S2: a stream input starts its node at the first delta, each consumer reading all of it', async () => {
    const producer = stepped(['a', 'b']);
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
    expect(paths(run.events, 'node-start')).toEqual(['start p']);
    await producer.step();
    expect(paths(run.events, 'node-start')).toEqual(['start p', 'start c', 'start d']);
    await producer.step();
    expect(plain((await run.finish()).outputs)).toEqual({ value: 'a|b' });
    expect(late).toEqual([['a', 'b']]);
  });

  it('S2: starts at the result where nothing was yielded, and waits for its other inputs', async () => {
    const producer = stepped(['x']);
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
        p: text(),
        other: { type: 'do', config: { inputs: [] } },
        c: { type: 'do', config: { inputs: ['text~', 'more'], outputs: ['out$'] } },
        e: 'out',
      },
      edges: ['p.text -> c.text', 'other.out -> c.more', 'c.out -> e.value'],
    });
    await run.settle();
    await producer.step();
    expect(paths(run.events, 'node-start')).toEqual(['start p', 'start other']);
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

  it('S2: edges that leave a loop deliver the whole value as one delta', async () => {
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

  it('S3: the result of a consumer commits after its producer, and its effects wait until then', async () => {
    const producer = stepped(['a', 'b']);
    const seen: string[] = [];
    const bench = createBench(
      testNodes({
        p: producer.produce,
        c: async ({ inputs, context }) => {
          for await (const _ of inputs['text'] as AsyncIterable<string>) break;
          seen.push('read');
          await context.step('send', async () => {
            seen.push('sent');
            return 1;
          });
          return { out: 'done' };
        },
        d: async ({ inputs }) => {
          for await (const _ of inputs['text'] as AsyncIterable<string>) break;
          return { out: 'early' };
        },
      }),
    );
    const run = await bench.start({
      ...piped,
      nodes: { ...piped.nodes, d: reader },
      edges: [...piped.edges, 'p.text -> d.text'],
    });
    await run.settle();
    await producer.step();
    expect([seen, paths(run.events, 'node-end')]).toEqual([['read'], []]);
    await producer.step();
    await run.finish();
    expect(seen).toEqual(['read', 'sent']);
    expect(paths(run.events, 'node-end')).toEqual(['end p', 'end d', 'end c', 'end e']);
  });

  it('S4: a producer that is tried again makes its consumers start again, attempt + 1', async () => {
    let tries = 0;
    const reads: string[] = [];
    const bench = createBench(
      testNodes({
        p: async function* () {
          tries += 1;
          yield { delta: `try ${tries} ` };
          await turns(3);
          if (tries === 1) throw flaky();
          yield { delta: 'end' };
          return { text: `try ${tries} end` };
        },
        c: async function* ({ inputs }) {
          for await (const delta of inputs['text'] as AsyncIterable<string>) {
            reads.push(delta);
            yield { delta };
          }
          return { out: reads.join('') };
        },
        d: async ({ inputs }) => ({ out: (await collect(inputs['text'])).join('') }),
      }),
    );
    const outcome = await bench.run({
      nodes: { p: { ...text(), run: { retry: { attempts: 2, backoffMs: 10 } } }, c: reader, d: reader, e: 'out' },
      edges: ['p.text -> c.text', 'c.out -> d.text', 'd.out -> e.value'],
    });
    expect(plain(outcome.outputs)).toEqual({ value: 'try 2 end' });
    expect(
      outcome.events.flatMap((event) => (event.type === 'node-start' ? [`${event.path} ${event.attempt}`] : [])),
    ).toEqual(['p 1', 'c 1', 'd 1', 'p 2', 'c 2', 'd 2', 'e 1']);
    expect(outcome.events.filter((event) => event.type === 'node-error')).toEqual([]);
  });

  it('S4: a producer that fails for good is alone to blame; its consumers are skipped', async () => {
    const acts: Behaviours = {
      p: async function* () {
        yield { delta: 'half' };
        await turns(3);
        throw new HeddleError('model_host_failed', 'Gone.');
      },
      c: async ({ inputs }) => ({ out: (await collect(inputs['text'])).join('') }),
    };
    const failed = await createBench(testNodes(acts)).run(piped);
    expect([failed.status, failed.error?.path]).toEqual(['failed', 'p']);
    expect(failed.events.filter((event) => event.type === 'node-skip')).toMatchObject([
      { path: 'c', reason: 'producer-failed' },
    ]);
    const carried = await createBench(testNodes(acts)).run({
      nodes: { ...piped.nodes, e: { type: 'out', config: { fields: ['value', 'bad'] } } },
      edges: [...piped.edges, 'p.error -> e.bad'],
    });
    expect(carried.status).toBe('done');
    expect(carried.events.filter((event) => event.type === 'node-skip' || event.type === 'node-error')).toMatchObject([
      { type: 'node-error', path: 'p', isCarried: true },
      { path: 'c', reason: 'producer-failed' },
    ]);
  });

  it('S4: a consumer that is tried again reads from the start', async () => {
    let tries = 0;
    const outcome = await createBench(
      testNodes({
        p: async function* () {
          yield { delta: 'a' };
          await turns(2);
          yield { delta: 'b' };
          await turns(40);
          return { text: 'ab' };
        },
        c: async ({ inputs }) => {
          tries += 1;
          const read: string[] = [];
          for await (const delta of inputs['text'] as AsyncIterable<string>) {
            read.push(delta);
            if (tries === 1) throw flaky();
          }
          return { out: read.join('|') };
        },
      }),
    ).run({ ...piped, nodes: { ...piped.nodes, c: { ...reader, run: { retry: { attempts: 2, backoffMs: 0 } } } } });
    expect(plain(outcome.outputs)).toEqual({ value: 'a|b' });
  });

  it('S5: a producer that nobody reads any more stops with the text so far', async () => {
    const producer = stepped(['a', 'b', 'c', 'd']);
    const bench = createBench(
      testNodes({
        p: producer.produce,
        c: async ({ inputs }) => {
          let read = '';
          for await (const delta of inputs['text'] as AsyncIterable<string>) {
            read += delta;
            if (read === 'ab') break;
          }
          return { out: read };
        },
      }),
    );
    const run = await bench.start(piped);
    await run.settle();
    await producer.step();
    await producer.step();
    const outcome = await run.finish();
    expect(plain(outcome.outputs)).toEqual({ value: 'ab' });
    expect(run.events.find((event) => event.type === 'node-end' && event.path === 'p')).toMatchObject({
      finish: 'stopped',
      outputs: { text: { value: 'ab' } },
    });
  });

  it('S5: a producer that feeds something else goes on', async () => {
    const outcome = await createBench(
      testNodes({
        p: async function* () {
          yield { delta: 'a' };
          await turns(10);
          yield { delta: 'b' };
          return { text: 'ab' };
        },
        c: async ({ inputs }) => {
          for await (const _ of inputs['text'] as AsyncIterable<string>) break;
          return { out: 'early' };
        },
      }),
    ).run({
      nodes: { ...piped.nodes, e: { type: 'out', config: { fields: ['value', 'all'] } } },
      edges: [...piped.edges, 'p.text -> e.all'],
    });
    expect(plain(outcome.outputs)).toEqual({ value: 'early', all: 'ab' });
  });

  it('S6: only deltas on edges into a sink leave a run, so nothing that is held back can reach a caller', async () => {
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
