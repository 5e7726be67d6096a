import { describe, expect, it } from '@jest/globals';
import { HeddleError } from '@heddle/core';
import { pathsOf } from '../testing/events-in-short.js';
import { createBench, plain, ticks } from '../testing/harness.js';
import { piped, reader, writer } from '../testing/sketches.js';
import { collect, steppedWriter } from '../testing/stepped-writer.js';
import { flaky, testNodes, type Behaviours } from '../testing/test-nodes.js';

describe('the ends of streams', () => {
  it('commits the result of a consumer after its producer, and delays its effects until then', async () => {
    const producer = steppedWriter(['a', 'b']);
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
    expect([seen, pathsOf(run.events, 'node-end')]).toEqual([['read'], []]);
    await producer.step();
    await run.finish();
    expect(seen).toEqual(['read', 'sent']);
    expect(pathsOf(run.events, 'node-end')).toEqual(['p', 'd', 'c', 'e']);
  });

  it('restarts the consumers of a producer that is retried, as a new attempt', async () => {
    let tries = 0;
    const reads: string[] = [];
    const bench = createBench(
      testNodes({
        p: async function* () {
          tries += 1;
          yield { delta: `try ${tries} ` };
          await ticks(3);
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
      nodes: { p: { ...writer(), run: { retry: { attempts: 2, backoffMs: 10 } } }, c: reader, d: reader, e: 'out' },
      edges: ['p.text -> c.text', 'c.out -> d.text', 'd.out -> e.value'],
    });
    expect(plain(outcome.outputs)).toEqual({ value: 'try 2 end' });
    expect(
      outcome.events.flatMap((event) => (event.type === 'node-start' ? [`${event.path} ${event.attempt}`] : [])),
    ).toEqual(['p 1', 'c 1', 'd 1', 'p 2', 'c 2', 'd 2', 'e 1']);
    expect(outcome.events.filter((event) => event.type === 'node-error')).toEqual([]);
  });

  it('blames only a producer that fails for good, and skips its consumers', async () => {
    const behaviours: Behaviours = {
      p: async function* () {
        yield { delta: 'half' };
        await ticks(3);
        throw new HeddleError('model_host_failed', 'Gone.');
      },
      c: async ({ inputs }) => ({ out: (await collect(inputs['text'])).join('') }),
    };
    const failed = await createBench(testNodes(behaviours)).run(piped);
    expect([failed.status, failed.error?.path]).toEqual(['failed', 'p']);
    expect(failed.events.filter((event) => event.type === 'node-skip')).toMatchObject([
      { path: 'c', reason: 'producer-failed' },
    ]);
    const carried = await createBench(testNodes(behaviours)).run({
      nodes: { ...piped.nodes, e: { type: 'out', config: { fields: ['value', 'bad'] } } },
      edges: [...piped.edges, 'p.error -> e.bad'],
    });
    expect(carried.status).toBe('done');
    expect(carried.events.filter((event) => event.type === 'node-skip' || event.type === 'node-error')).toMatchObject([
      { type: 'node-error', path: 'p', isCarried: true },
      { path: 'c', reason: 'producer-failed' },
    ]);
  });

  it('skips a consumer in a loop in every iteration if its producer outside failed for good', async () => {
    const outcome = await createBench(
      testNodes({
        p: async function* () {
          yield { delta: 'half' };
          throw new HeddleError('model_host_failed', 'Gone.');
        },
        c: () => ({ out: 'ran' }),
        d: ({ context }) => (context.iteration!.index < 2 ? { again: 'more' } : { done: 'end' }),
      }),
    ).run({
      nodes: {
        p: { type: 'do', config: { inputs: [], outputs: ['text$'] } },
        c: { type: 'do', config: { inputs: ['text~?', 'back?'] } },
        d: { type: 'do', config: { inputs: ['in?', 'bad'], outputs: ['again', 'done'] } },
        e: 'out',
      },
      edges: [
        'p.text -> c.text',
        'p.error -> d.bad',
        'c.out -> d.in',
        { edge: 'd.again -> c.back', loop: { max: 5, atLimit: 'fail' } },
        'd.done -> e.value',
      ],
    });
    expect(plain(outcome.outputs)).toEqual({ value: 'end' });
    expect(outcome.events.filter(({ type }) => type === 'node-skip')).toMatchObject(
      ['c@0', 'c@1', 'c@2'].map((path) => ({ path, reason: 'producer-failed' })),
    );
  });

  it('lets a consumer that is retried read from the start', async () => {
    let tries = 0;
    const outcome = await createBench(
      testNodes({
        p: async function* () {
          yield { delta: 'a' };
          await ticks(2);
          yield { delta: 'b' };
          await ticks(40);
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

  it('stops a producer that has no readers left, with the text so far', async () => {
    const producer = steppedWriter(['a', 'b', 'c', 'd']);
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

  it('does not stop a producer that also feeds another node', async () => {
    const outcome = await createBench(
      testNodes({
        p: async function* () {
          yield { delta: 'a' };
          await ticks(10);
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
});
