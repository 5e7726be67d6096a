import { describe, expect, it } from '@jest/globals';
import { HeddleError, type Journal, type RunEvent, type RunRecord } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { createMemoryJournal } from './memory-journal.js';
import { seedsOf } from './resume.js';
import { createBench, plain, planOf, turns, type Sketch, type TestBench } from './testing/harness.js';
import { flaky, testNodes, type Behaviours } from './testing/test-nodes.js';

const chain: Sketch = {
  nodes: { s: 'in', a: 'do', b: 'do', e: 'out' },
  edges: ['s.value -> a.in', 'a.out -> b.in', 'b.out -> e.value'],
};
const kinds = (events: readonly RunEvent[]): string[] =>
  events.map((event) => ('path' in event ? `${event.type} ${event.path}` : event.type));

/** A bench whose journal has these records of run-1 and nothing more: the process died. */
async function afterCrash(
  sketch: Sketch,
  acts: Behaviours,
  records: readonly RunRecord[],
  inputs: Record<string, unknown> = { value: 1 },
): Promise<TestBench> {
  const journal = createMemoryJournal(createFakeClock());
  const bench = createBench(testNodes(acts), { journal });
  await bench.accept(sketch, { inputs, runId: 'run-1' });
  if (records.length > 0) await journal.append('run-1', records);
  return bench;
}
const at = { time: 1, attempt: 1 };
const ended = (path: string, value: unknown, port = 'out'): RunRecord => ({
  type: 'node-end',
  ...at,
  path,
  started: 1,
  outputs: { [port]: { value, label: { level: 'internal', marks: [] } } },
});

/** A journal that commits when it is told to. */
function slowJournal(): Journal & { commits: (() => void)[]; powerSafe: string[][] } {
  const inner = createMemoryJournal(createFakeClock());
  const commits: (() => void)[] = [];
  const powerSafe: string[][] = [];
  return {
    ...inner,
    commits,
    powerSafe,
    append: (runId, records, options) => {
      if (options?.isPowerSafe === true) powerSafe.push(records.map((record) => record.type));
      return new Promise((resolve) => commits.push(() => resolve(inner.append(runId, records))));
    },
  };
}

describe('durability', () => {
  it('D1: cancel, ask decisions, starts of atMostOnce nodes and terminal statuses are committed power-safe', async () => {
    const journal = slowJournal();
    const bench = createBench(
      testNodes({
        a: async ({ context }) => {
          await context.ask('ok', { title: '?', schema: {} });
          return { out: 1 };
        },
        b: ({ context }) =>
          new Promise((_, reject) =>
            context.signal.addEventListener('abort', () => reject(context.signal.reason as Error)),
          ),
      }),
      { journal },
    );
    const run = await bench.start({
      nodes: {
        a: { type: 'do', config: { inputs: [] } },
        b: { type: 'do', config: { inputs: [] }, run: { atMostOnce: true } },
      },
    });
    const commitAll = async (): Promise<void> => {
      for (let round = 0; round < 5; round += 1) {
        await turns(2);
        for (const commit of journal.commits.splice(0)) commit();
      }
    };
    await commitAll();
    const [ask] = await bench.journal.asks();
    const answered = run.handle.answer(ask!.askId, { value: 1 });
    await commitAll();
    await answered;
    void run.handle.cancel();
    await commitAll();
    expect((await run.handle.done).status).toBe('cancelled');
    expect(journal.powerSafe.flat().filter((type) => !['run-start', 'node-park', 'ask-start'].includes(type))).toEqual([
      'node-start',
      'node-start',
      'ask-end',
      'cancel-request',
      'run-end',
    ]);
  });

  it('E3: a result is journaled before its edges settle; starts are not waited for', async () => {
    const seen: string[] = [];
    const journal = slowJournal();
    const bench = createBench(
      testNodes({
        a: () => {
          seen.push('a');
          return { out: 1 };
        },
        b: () => {
          seen.push('b');
          return { out: 2 };
        },
      }),
      { journal },
    );
    const run = await bench.start({
      nodes: { a: { type: 'do', config: { inputs: [] } }, b: 'do', e: 'out' },
      edges: ['a.out -> b.in', 'b.out -> e.value'],
    });
    await turns(3);
    expect([seen, run.events]).toEqual([['a'], []]);
    journal.commits.shift()!();
    await turns(3);
    expect(seen).toEqual(['a', 'b']);
    expect(run.events.map((event) => event.type)).toEqual(['run-start', 'node-start', 'node-end']);
    for (let round = 0; round < 6; round += 1) {
      journal.commits.shift()?.();
      await turns(2);
    }
    expect((await run.handle.done).status).toBe('done');
  });

  it('D5: results settle in the order of their commits', async () => {
    const order: string[] = [];
    const journal = slowJournal();
    const bench = createBench(
      testNodes({
        a: () => ({ out: 'a' }),
        b: async () => {
          await turns(1);
          return { out: 'b' };
        },
        j: ({ inputs }) => {
          order.push(...Object.keys(inputs));
          return { out: 1 };
        },
      }),
      { journal },
    );
    const run = await bench.start({
      nodes: {
        a: { type: 'do', config: { inputs: [] } },
        b: { type: 'do', config: { inputs: [] } },
        j: { type: 'do', config: { inputs: ['fromA?', 'fromB?'] }, run: { join: 'any' } },
      },
      edges: ['a.out -> j.fromA', 'b.out -> j.fromB'],
    });
    await turns(6);
    for (const commit of journal.commits.splice(0)) commit();
    for (let round = 0; round < 8; round += 1) {
      await turns(2);
      for (const commit of journal.commits.splice(0)) commit();
    }
    await run.handle.done;
    expect(order).toEqual(['fromA']);
  });

  it('G2, D6: goes on after a crash without computing what ended', async () => {
    const calls: string[] = [];
    const acts: Behaviours = {
      a: () => {
        calls.push('a');
        return { out: 0 };
      },
      b: ({ inputs, context }) => {
        calls.push(`b ${context.attempt}`);
        return { out: inputs['in'] };
      },
    };
    const bench = await afterCrash(chain, acts, [
      { type: 'run-start', time: 1 },
      ended('s', 1, 'value'),
      ended('a', 'kept'),
      { type: 'node-start', ...at, path: 'b' },
    ]);
    const outcome = await (await bench.resume('run-1', planOf(chain, testNodes(acts)))).finish();
    expect([plain(outcome.outputs), calls]).toEqual([{ value: 'kept' }, ['b 2']]);
    expect(kinds(await bench.records()).slice(4)).toEqual([
      'run-resume',
      'node-start b',
      'node-end b',
      'node-start e',
      'node-end e',
      'run-end',
    ]);
  });

  it('G3, D2: a step keeps its idempotency key over a crash and over a resumed run; a step that was recorded is not repeated', async () => {
    const keys: string[] = [];
    const acts: Behaviours = {
      a: async ({ context }) => {
        const first = await context.step('one', async (step) => {
          keys.push(step.idempotencyKey);
          return 'new';
        });
        await context.step('two', async (step) => {
          keys.push(step.idempotencyKey);
          return 1;
        });
        return { out: first };
      },
    };
    const plan = planOf(chain, testNodes(acts));
    const whole = createBench(testNodes(acts));
    await whole.run(chain, { inputs: { value: 1 } });
    const [one, two] = keys.splice(0);
    const crashed = await afterCrash(chain, acts, [
      { type: 'run-start', time: 1 },
      ended('s', 1, 'value'),
      { type: 'node-start', ...at, path: 'a' },
      {
        type: 'node-step',
        ...at,
        path: 'a',
        key: 'one',
        value: { value: 'kept', label: { level: 'internal', marks: [] } },
      },
    ]);
    expect(plain((await (await crashed.resume('run-1', plan)).finish()).outputs)).toEqual({ value: 'kept' });
    expect(keys.splice(0)).toEqual([two]);
    expect(one).not.toBe(two);
    await crashed.run(chain, { inputs: { value: 1 }, runId: 'run-2', origin: 'run-1' });
    expect(keys).toEqual([one, two]);
  });

  it('G4, D1: asks a person about an atMostOnce node that may have run', async () => {
    const once: Sketch = {
      ...chain,
      nodes: { ...chain.nodes, a: { type: 'do', run: { atMostOnce: true, retry: { attempts: 3, backoffMs: 1 } } } },
    };
    let calls = 0;
    const acts: Behaviours = {
      a: () => {
        calls += 1;
        return { out: 'ran' };
      },
    };
    const records: RunRecord[] = [
      { type: 'run-start', time: 1 },
      ended('s', 1, 'value'),
      { type: 'node-start', ...at, path: 'a' },
    ];
    const plan = planOf(once, testNodes(acts));
    for (const decision of ['run', 'fail']) {
      calls = 0;
      const bench = await afterCrash(once, acts, records);
      const parked = await (await bench.resume('run-1', plan)).finish();
      expect([parked.status, calls]).toEqual(['parked', 0]);
      expect((await bench.records()).find((event) => event.type === 'node-park')).toMatchObject({
        path: 'a',
        reason: 'at-most-once',
        askId: parked.asks![0],
      });
      const resumed = await bench.resume('run-1', plan);
      await resumed.handle.answer(parked.asks![0]!, { value: { decision } });
      const outcome = await resumed.finish();
      expect([outcome.status, outcome.error?.code, calls]).toEqual(
        decision === 'run' ? ['done', undefined, 1] : ['failed', 'at_most_once', 0],
      );
    }
    const failing = createBench(
      testNodes({
        a: async () => {
          calls += 1;
          throw flaky();
        },
      }),
    );
    calls = 0;
    expect([(await failing.run(once, { inputs: { value: 1 } })).status, calls]).toEqual(['failed', 1]);
  });

  it('G4, D2: asks about an atMostOnce node that a run before this one began, also two runs before', async () => {
    const once: Sketch = { ...chain, nodes: { ...chain.nodes, a: { type: 'do', run: { atMostOnce: true } } } };
    let calls = 0;
    const acts: Behaviours = {
      a: ({ context }) => {
        calls += 1;
        if (calls > 1) return { out: 'ran again' };
        return new Promise((_, reject) =>
          context.signal.addEventListener('abort', () => reject(context.signal.reason as Error)),
        );
      },
    };
    const bench = createBench(testNodes(acts));
    const plan = planOf(once, testNodes(acts));
    const first = await bench.start(once, { inputs: { value: 1 } });
    await first.settle();
    await first.handle.cancel();
    expect((await first.handle.done).status).toBe('cancelled');
    const continuing = async (runId: string, origin: string) =>
      bench.run(once, { inputs: { value: 1 }, runId, origin, seeds: seedsOf(await bench.records(origin)) });
    expect([(await continuing('run-2', 'run-1')).status, calls]).toEqual(['parked', 1]);
    const second = await bench.resume('run-2', plan);
    await second.handle.cancel();
    const third = await continuing('run-3', 'run-2');
    expect([third.status, calls]).toEqual(['parked', 1]);
    const resumed = await bench.resume('run-3', plan);
    await resumed.handle.answer(third.asks![0]!, { value: { decision: 'run' } });
    expect([plain((await resumed.finish()).outputs), calls]).toEqual([{ value: 'ran again' }, 2]);
    expect([(await continuing('run-4', 'run-3')).status, calls]).toEqual(['done', 2]);
  });

  it('D5: a retry keeps its time over a crash', async () => {
    const bench = await afterCrash(chain, {}, [
      { type: 'run-start', time: 1 },
      ended('s', 'v', 'value'),
      { type: 'node-start', ...at, path: 'a' },
      {
        type: 'node-retry',
        ...at,
        path: 'a',
        error: { code: 'fetch_failed', message: '', retryable: true },
        dueAt: 1_700_000_010_000,
      },
    ]);
    const run = await bench.resume('run-1', planOf(chain, testNodes()));
    await run.settle();
    await bench.clock.advance(9_999);
    expect(run.events.map((event) => event.type)).toEqual(['run-resume']);
    await bench.clock.advance(1);
    expect(plain((await run.finish()).outputs)).toEqual({ value: 'v' });
  });

  it('G6, D2: a terminal run never changes', async () => {
    const bench = createBench(testNodes());
    const plan = planOf(chain, testNodes());
    const outcome = await bench.run(chain, { inputs: { value: 1 } });
    const before = await bench.records();
    const again = await (await bench.resume('run-1', plan)).finish();
    expect([again.status, plain(again.outputs)]).toEqual([outcome.status, plain(outcome.outputs)]);
    expect(await bench.records()).toEqual(before);
  });

  it('D2: a resumed run takes the results of its origin as seeds, and says so', async () => {
    let fails = true;
    const calls: string[] = [];
    const acts: Behaviours = {
      a: () => {
        calls.push('a');
        return { out: 'from a' };
      },
      b: ({ inputs }) => {
        if (fails) throw new Error('no');
        return { out: inputs['in'] };
      },
    };
    const bench = createBench(testNodes(acts));
    expect((await bench.run(chain, { inputs: { value: 1 } })).status).toBe('failed');
    fails = false;
    const seeds = seedsOf(await bench.records('run-1'));
    expect(seeds).toEqual(['s', 'a']);
    const outcome = await bench.run(chain, { inputs: { value: 1 }, runId: 'run-2', origin: 'run-1', seeds });
    expect([plain(outcome.outputs), calls]).toEqual([{ value: 'from a' }, ['a']]);
    expect(outcome.events.filter((event) => event.type === 'node-cached')).toMatchObject([
      { path: 's', origin: 'run-1' },
      { path: 'a', origin: 'run-1', outputs: { out: { value: 'from a' } } },
    ]);
    expect(
      (await bench.run(chain, { inputs: { value: 1 }, runId: 'run-3', origin: 'run-1', seeds: ['b'] })).error?.code,
    ).toBe('seed_mismatch');
  });

  it('D2: seeds hold inside loops and nested runs', async () => {
    const calls: string[] = [];
    let fails = true;
    const acts: Behaviours = {
      a: ({ inputs, context }) => {
        calls.push(context.path);
        return { out: inputs['in'] };
      },
      b: ({ context }) => (context.iteration!.last ? { done: 1 } : { again: 1 }),
      n: async ({ context }) => ({ out: (await context.run('k', '#inner', { value: 'v' })).outputs['value'] }),
      x: ({ inputs, context }) => {
        calls.push(context.path);
        return { out: inputs['in'] };
      },
      y: ({ inputs }) => {
        if (fails) throw new Error('no');
        return { out: inputs['in'] };
      },
    };
    const sketch: Sketch = {
      nodes: {
        s: 'in',
        a: 'do',
        b: { type: 'do', config: { outputs: ['again', 'done'] } },
        n: { type: 'do', config: { workflow: '#inner' } },
        e: 'out',
      },
      edges: [
        's.value -> a.in',
        'a.out -> b.in',
        { edge: 'b.again -> a.in', loop: { max: 2, atLimit: 'fail' } },
        'b.done -> n.in',
        'n.out -> e.value',
      ],
      workflows: {
        inner: {
          nodes: { s: 'in', x: 'do', y: 'do', e: 'out' },
          edges: ['s.value -> x.in', 'x.out -> y.in', 'y.out -> e.value'],
        },
      },
    };
    const bench = createBench(testNodes(acts));
    await bench.run(sketch, { inputs: { value: 1 } });
    fails = false;
    const outcome = await bench.run(sketch, {
      inputs: { value: 1 },
      origin: 'run-1',
      seeds: seedsOf(await bench.records('run-1')),
    });
    expect([plain(outcome.outputs), calls]).toEqual([{ value: 'v' }, ['a@0', 'a@1', 'n#k/x']]);
  });

  it('D3: release writes nothing more and leaves the run to the next start', async () => {
    const bench = createBench(
      testNodes({
        a: ({ context }) =>
          new Promise((_, reject) =>
            context.signal.addEventListener('abort', () => reject(context.signal.reason as Error)),
          ),
      }),
    );
    const run = await bench.start(chain, { inputs: { value: 1 } });
    await run.settle();
    const before = await bench.records();
    await run.handle.release();
    expect((await run.handle.done).status).toBe('released');
    expect(await bench.records()).toEqual(before);
    expect((await bench.journal.unfinished()).map((summary) => summary.runId)).toEqual(['run-1']);
    const resumed = await createBench(testNodes(), { journal: bench.journal }).resume(
      'run-1',
      planOf(chain, testNodes()),
    );
    expect((await resumed.finish()).status).toBe('done');
  });

  it('D3: an emergency stop leaves the run held, and it can go on', async () => {
    const bench = createBench(
      testNodes({
        a: ({ context }) =>
          new Promise((_, reject) =>
            context.signal.addEventListener('abort', () => reject(context.signal.reason as Error)),
          ),
      }),
    );
    const run = await bench.start(chain, { inputs: { value: 1 } });
    await run.settle();
    run.handle.hold('fire drill');
    expect((await run.finish()).status).toBe('held');
    expect((await bench.records()).slice(-1)).toMatchObject([{ type: 'run-held', reason: 'fire drill' }]);
    const resumed = await createBench(testNodes(), { journal: bench.journal }).resume(
      'run-1',
      planOf(chain, testNodes()),
    );
    expect((await resumed.finish()).status).toBe('done');
    expect(kinds(await bench.records())).toContain('run-resume');
  });

  it('D3: recovery of a run that never began, was cancelled, or failed', async () => {
    const plan = planOf(chain, testNodes());
    expect((await (await (await afterCrash(chain, {}, [])).resume('run-1', plan)).finish()).status).toBe('done');
    expect(
      (
        await (
          await (
            await afterCrash(chain, {}, [
              { type: 'run-start', time: 1 },
              { type: 'cancel-request', time: 2 },
            ])
          ).resume('run-1', plan)
        ).finish()
      ).status,
    ).toBe('cancelled');
    const failed = await afterCrash(chain, {}, [
      { type: 'run-start', time: 1 },
      ended('s', 1, 'value'),
      {
        type: 'node-error',
        ...at,
        path: 'a',
        started: 1,
        isCarried: false,
        error: { code: 'json_invalid', message: 'Bad.', retryable: false },
      },
    ]);
    expect(await (await failed.resume('run-1', plan)).finish()).toMatchObject({
      status: 'failed',
      error: { code: 'json_invalid', path: 'a' },
    });
  });

  it('J3: an answer that comes while the last record is being committed is refused, and the run ends as it should', async () => {
    const journal = slowJournal();
    const bench = createBench(
      testNodes({
        a: async ({ context }) => {
          await context.ask('ok', { title: '?', schema: {} });
          return { out: 1 };
        },
        b: async () => {
          await turns(1);
          throw new Error('broken');
        },
      }),
      { journal },
    );
    const run = await bench.start({
      nodes: { a: { type: 'do', config: { inputs: [] } }, b: { type: 'do', config: { inputs: [] } } },
    });
    for (let round = 0; round < 10; round += 1) {
      await turns(2);
      if (run.events.some((event) => event.type === 'node-error')) break;
      for (const commit of journal.commits.splice(0)) commit();
    }
    const [ask] = await bench.journal.asks();
    await expect(run.handle.answer(ask!.askId, { value: 1 })).rejects.toMatchObject({ code: 'run_terminal' });
    for (const commit of journal.commits.splice(0)) commit();
    expect((await run.handle.done).status).toBe('failed');
  });

  it('waits for a journal that cannot be written for now, and stops where it is when it never can', async () => {
    const inner = createMemoryJournal(createFakeClock());
    let failures = 2;
    let code: 'storage_full' | 'storage_corrupt' = 'storage_full';
    const journal: Journal = {
      ...inner,
      append: (runId, records) => {
        if (records.some((record) => record.type === 'node-end') && failures > 0) {
          failures -= 1;
          return Promise.reject(new HeddleError(code, 'No.'));
        }
        return inner.append(runId, records);
      },
    };
    expect((await createBench(testNodes(), { journal }).run(chain, { inputs: { value: 1 } })).status).toBe('done');
    failures = 1;
    code = 'storage_corrupt';
    const lost = await createBench(testNodes(), { journal }).run(chain, { inputs: { value: 1 }, runId: 'run-2' });
    expect(lost).toMatchObject({ status: 'held', error: { code: 'storage_corrupt' } });
    expect((await inner.unfinished()).map((summary) => summary.runId)).toEqual(['run-2']);
  });
});
