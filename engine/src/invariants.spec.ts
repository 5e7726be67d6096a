import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it, jest } from '@jest/globals';
import { createRunState, foldRun, isDurable, type StreamEvent } from '@heddle/core';
import { createLimits } from './limits/limits.js';
import { readPast } from './recovery/resume.js';
import { Scheduler } from './scheduler/scheduler.js';
import { EdgeState, type SchedulerListener } from './scheduler/scheduler-types.js';
import { createBench, planOf, ticks } from './testing/harness.js';
import { chain } from './testing/sketches.js';
import { testNodes } from './testing/test-nodes.js';

const source = (name: string): string => readFileSync(new URL(`./${name}`, import.meta.url), 'utf8');
const sources = readdirSync(new URL('.', import.meta.url), { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts') && !name.startsWith('testing/'));
const silent: SchedulerListener = {
  ready: () => undefined,
  skip: () => undefined,
  bypass: () => ({}),
  loopNext: () => undefined,
  loopLimit: () => undefined,
};

describe('invariants', () => {
  it('only the scheduler changes edge state', () => {
    const writers = sources.filter((name) =>
      /\.(edgeState|edgeValue|heldState|nodeState)\[[^\]]+\]\s*=[^=]/.test(source(name)),
    );
    expect(writers).toEqual(['scheduler/scheduler.ts']);
  });

  it('the runner awaits at one point', () => {
    expect(source('runner.ts').match(/\bawait\b(?! new Promise<void>)/g)).toBeNull();
    expect(source('runner.ts').match(/\bawait new Promise<void>/g)).toHaveLength(1);
  });

  it('an edge settles once an iteration, and stays as it settled', () => {
    const plan = planOf(chain, testNodes());
    const scheduler = new Scheduler(plan, silent);
    scheduler.begin();
    const value = { value: 1, label: { level: 'internal' as const, marks: [] } };
    scheduler.complete(0, { value });
    expect(scheduler.stateOfEdge(0)).toBe(EdgeState.Carried);
    scheduler.complete(1, {});
    expect([scheduler.stateOfEdge(0), scheduler.stateOfEdge(1), scheduler.stateOfEdge(2), scheduler.remaining]).toEqual(
      [EdgeState.Carried, EdgeState.Dropped, EdgeState.Dropped, 0],
    );
  });

  it('values leave a loop when it ends', () => {
    const plan = planOf(
      {
        nodes: { a: { type: 'do', config: { inputs: ['in?'], outputs: ['out', 'again'] } }, b: 'do' },
        edges: ['a.out -> b.in', { edge: 'a.again -> a.in', loop: { max: 3, atLimit: 'fail' } }],
      },
      testNodes(),
    );
    const scheduler = new Scheduler(plan, silent);
    scheduler.begin();
    const value = { value: 1, label: { level: 'internal' as const, marks: [] } };
    scheduler.complete(0, { out: value, again: value });
    expect(scheduler.stateOfEdge(0)).toBe(EdgeState.Waiting);
    scheduler.complete(0, { out: value });
    expect(scheduler.stateOfEdge(0)).toBe(EdgeState.Carried);
  });

  it('the engine knows no node type', () => {
    expect(sources.length).toBeGreaterThan(40);
    for (const name of sources)
      expect([name, /definition\.type\s*[!=]==|switch \(.*definition\.type|@heddle\/nodes/.test(source(name))]).toEqual(
        [name, false],
      );
  });

  it('run state is a fold of events', async () => {
    const outcome = await createBench(
      testNodes({
        b: () => {
          throw new Error('no');
        },
      }),
    ).run(chain, { inputs: { value: 1 } });
    const state = createRunState();
    for (const event of outcome.events) foldRun(state, event);
    expect([
      state.status,
      state.error?.path,
      state.executions.get('a')?.status,
      state.executions.get('b')?.status,
    ]).toEqual(['failed', 'b', 'done', 'failed']);
  });

  it('an abort signals, waits for everything, then writes one last event', async () => {
    const seen: string[] = [];
    const bench = createBench(
      testNodes({
        a: ({ context }) =>
          new Promise((_, reject) =>
            context.signal.addEventListener('abort', () => {
              seen.push('signal');
              setImmediate(() => {
                seen.push('gone');
                reject(new Error('stopped'));
              });
            }),
          ),
      }),
    );
    const run = await bench.start(chain, { inputs: { value: 1 } });
    await ticks(3);
    void run.handle.cancel();
    await run.handle.done;
    expect([seen, run.events[run.events.length - 1]?.type]).toEqual([['signal', 'gone'], 'run-end']);
  });

  it('a cancel does not wait for a node whose resource is still opening', async () => {
    let opened = 0;
    const use = <T>(): Promise<T> => {
      opened += 1;
      return new Promise(() => undefined);
    };
    const bench = createBench(testNodes({ a: async ({ context }) => ({ out: await context.use('sandbox') }) }), {
      host: { resources: { use } },
    });
    const run = await bench.start(chain, { inputs: { value: 1 } });
    await ticks(3);
    await run.handle.cancel();
    await ticks(10);
    expect([opened, run.events.at(-1)]).toMatchObject([1, { type: 'run-end', status: 'cancelled' }]);
  });
});

describe('events', () => {
  it('durable events get sequence numbers without gaps in the commit; deltas get none and are sent at once', async () => {
    const bench = createBench(
      testNodes({
        a: async function* () {
          yield { delta: 'x' };
          await ticks(1);
          yield { delta: 'y' };
          return { out: 'xy' };
        },
      }),
    );
    const outcome = await bench.run({ nodes: { a: { type: 'do', config: { inputs: [] } } } });
    const durable = outcome.events.filter(isDurable);
    expect(durable.map((event) => event.seq)).toEqual(durable.map((_, index) => index + 1));
    const kinds = outcome.events.map((event) => event.type);
    expect(kinds.indexOf('node-delta')).toBeLessThan(kinds.indexOf('node-end'));
    expect(outcome.events.filter((event) => event.type === 'node-delta').every((event) => !('seq' in event))).toBe(
      true,
    );
  });

  it('the journal returns the streamed text of an execution that has not ended', async () => {
    const bench = createBench(
      testNodes({
        a: async function* () {
          yield { delta: 'so ' };
          yield { delta: 'far' };
          await ticks(20);
          return { out: 'so far' };
        },
      }),
    );
    const run = await bench.start({ nodes: { a: { type: 'do', config: { inputs: [] } } } });
    await ticks(5);
    expect(await bench.journal.streams('run-1')).toEqual([{ path: 'a', attempt: 1, port: 'out', text: 'so far' }]);
    await run.finish();
    expect(await bench.journal.streams('run-1')).toEqual([]);
  });

  it('a running node sends a beat every five seconds, with its time in milliseconds since the epoch', async () => {
    const bench = createBench(
      testNodes({
        a: ({ context }) => new Promise((resolve) => bench.clock.at(context.now() + 12_000, () => resolve({ out: 1 }))),
      }),
    );
    const outcome = await bench.run({ nodes: { a: { type: 'do', config: { inputs: [] } } } });
    const beats = outcome.events.filter((event: StreamEvent) => event.type === 'node-beat');
    expect(beats.map((event) => event.time - 1_700_000_000_000)).toEqual([5_000, 10_000]);
  });
});

describe('cost', () => {
  it('makes no AbortController until a node uses its signal', async () => {
    const real = globalThis.AbortController;
    const made = jest.fn();
    globalThis.AbortController = class extends real {
      constructor() {
        super();
        made();
      }
    };
    try {
      const bench = createBench(testNodes({ a: async ({ inputs }) => ({ out: inputs['in'] }) }));
      await (
        await bench.start(chain, { inputs: { value: 1 } })
      ).handle.done;
      expect(made).not.toHaveBeenCalled();
      await createBench(testNodes({ a: ({ context }) => ({ out: context.signal.aborted }) })).run(chain, {
        inputs: { value: 1 },
      });
      expect(made).toHaveBeenCalledTimes(1);
    } finally {
      globalThis.AbortController = real;
    }
  });

  it('keeps no history of a loop of 3,000 executions, and skips a chain of 10,000 nodes without overflowing the stack', async () => {
    const bench = createBench(
      testNodes({ b: ({ context }) => (context.iteration!.last ? { done: 1 } : { again: 1 }) }),
      { host: { limits: createLimits(() => Infinity) } },
    );
    const outcome = await bench.run(
      {
        nodes: { s: 'in', a: 'do', c: 'do', b: { type: 'do', config: { outputs: ['again', 'done'] } } },
        edges: [
          's.value -> a.in',
          'a.out -> c.in',
          'c.out -> b.in',
          { edge: 'b.again -> a.in', loop: { max: 1_000, atLimit: 'fail' } },
        ],
      },
      { inputs: { value: 1 } },
    );
    expect([outcome.status, outcome.events.filter((event) => event.type === 'node-end').length]).toEqual([
      'done',
      3_001,
    ]);
    expect(readPast(await bench.records()).histories.size).toBe(0);
    const ids = Array.from({ length: 10_000 }, (_, index) => `n${index}`);
    const deep = await createBench(testNodes({ first: () => ({}) })).run({
      nodes: { first: { type: 'do', config: { inputs: [] } }, ...Object.fromEntries(ids.map((id) => [id, 'do'])) },
      edges: ['first.out -> n0.in', ...ids.slice(1).map((id, index) => `n${index}.out -> ${id}.in`)],
    });
    expect([deep.status, deep.events.filter((event) => event.type === 'node-skip').length]).toEqual(['done', 10_000]);
  });

  it('yields to the event loop during a run of 5,000 quick nodes', async () => {
    const ids = Array.from({ length: 5_000 }, (_, index) => `n${index}`);
    const bench = createBench(testNodes());
    const run = await bench.start(
      {
        nodes: { s: 'in', ...Object.fromEntries(ids.map((id) => [id, 'do'])) },
        edges: ['s.value -> n0.in', ...ids.slice(1).map((id, index) => `n${index}.out -> ${id}.in`)],
      },
      { inputs: { value: 1 } },
    );
    let ticksOfOthers = 0;
    let hasEnded = false;
    void run.handle.done.then(() => (hasEnded = true));
    while (!hasEnded) {
      await ticks(1);
      ticksOfOthers += 1;
    }
    expect(ticksOfOthers).toBeGreaterThan(3);
  });
});
