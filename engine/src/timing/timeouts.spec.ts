import { describe, expect, it } from '@jest/globals';
import { createBench, plain, ticks, type Sketch } from '../testing/harness.js';
import { never, testNodes, type Behaviours } from '../testing/test-nodes.js';

const one = (run: object): Sketch => ({
  nodes: { a: { type: 'do', config: { inputs: [] }, run }, e: { type: 'out', config: { fields: ['value', 'bad'] } } },
  edges: ['a.out -> e.value'],
});

describe('time-outs', () => {
  it('aborts a node that exceeds its wall limit with a retryable error, and retries it', async () => {
    let tries = 0;
    const bench = createBench(
      testNodes({
        a: (args) => {
          tries += 1;
          return tries === 1 ? never(args) : { out: 'second' };
        },
      }),
    );
    const outcome = await bench.run(one({ wallMs: 1_000, retry: { attempts: 2, backoffMs: 100 } }));
    expect(plain(outcome.outputs)).toEqual({ value: 'second' });
    expect(outcome.events.find((event) => event.type === 'node-retry')).toMatchObject({
      error: { code: 'node_timeout', retryable: true },
    });
    expect((await createBench(testNodes({ a: never })).run(one({ wallMs: 1_000 }))).error?.code).toBe('node_timeout');
  });

  it('restarts the idle limit of a node at deltas and progress', async () => {
    const behaviours = (signs: number): Behaviours => ({
      a: async function* ({ context }) {
        for (let sign = 0; sign < signs; sign += 1) {
          await new Promise<void>((resolve) => bench.clock.at(context.now() + 400, resolve));
          if (sign % 2 === 0) yield { delta: 'x' };
          else context.progress({ share: sign / signs });
        }
        if (signs < 9) await never({ context, inputs: {}, id: '' });
        return { out: 'x'.repeat(Math.ceil(signs / 2)) };
      },
    });
    let bench = createBench(testNodes(behaviours(9)));
    expect((await bench.run(one({ idleMs: 500 }))).status).toBe('done');
    bench = createBench(testNodes(behaviours(3)));
    expect((await bench.run(one({ idleMs: 500 }))).error?.code).toBe('node_idle');
  });

  it('gives up a call that does not return after its abort', async () => {
    const bench = createBench(testNodes({ a: () => new Promise(() => undefined) }), { host: { graceMs: 2_000 } });
    const run = await bench.start(one({}));
    await run.settle();
    void run.handle.cancel();
    await ticks(3);
    await bench.clock.advance(1_999);
    expect(run.events.map((event) => event.type)).not.toContain('run-end');
    await bench.clock.advance(1);
    expect((await run.finish()).status).toBe('cancelled');
  });

  it('refuses later steps of a call that was given up', async () => {
    let late: (() => Promise<unknown>) | undefined;
    const bench = createBench(
      testNodes({
        a: ({ context }) => {
          late = () => context.step('late', async () => 1);
          return new Promise(() => undefined);
        },
      }),
      { host: { graceMs: 10 } },
    );
    const outcome = await bench.run(one({ wallMs: 100 }));
    expect(outcome.status).toBe('failed');
    await expect(late!()).rejects.toMatchObject({ code: 'node_timeout' });
  });
});
