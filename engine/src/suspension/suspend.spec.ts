import { describe, expect, it } from '@jest/globals';
import { HeddleError } from '@heddle/core';
import { createBench, plain, planOf, ticks, type Sketch } from '../testing/harness.js';
import { inner, nested, question, single } from '../testing/sketches.js';
import { flaky, testNodes, type Behaviours } from '../testing/test-nodes.js';

const codeOf = (error: unknown): unknown => (error instanceof HeddleError ? error.code : error);

describe('steps, human input and sleeps', () => {
  it('refuses a key that an execution used already', async () => {
    const outcome = await createBench(
      testNodes({
        a: async ({ context }) => {
          await context.step('k', async () => 1);
          await context.step('k', async () => 2);
          return { out: 1 };
        },
      }),
    ).run(single);
    expect(outcome.error?.code).toBe('duplicate_key');
  });

  it('runs the function from its top on re-entry; recorded steps and nested runs return at once', async () => {
    const calls: string[] = [];
    let tries = 0;
    const bench = createBench(
      testNodes({
        a: async ({ context }) => {
          calls.push(`enter ${context.attempt}`);
          const step = await context.step('s', async ({ idempotencyKey }) => {
            calls.push(idempotencyKey.slice(0, 7));
            return 's';
          });
          const run = await context.run('n', '#inner', { value: 'n' });
          tries += 1;
          if (tries < 3) throw flaky();
          return { out: [step, run.outputs['value']] };
        },
        x: ({ inputs }) => {
          calls.push('x');
          return { out: inputs['in'] };
        },
      }),
    );
    const outcome = await bench.run({
      ...nested,
      nodes: {
        ...nested.nodes,
        a: { type: 'do', config: { inputs: [], workflow: '#inner' }, run: { retry: { attempts: 3, backoffMs: 1 } } },
      },
    });
    expect(plain(outcome.outputs)).toEqual({ value: ['s', 'n'] });
    expect(calls).toEqual(['enter 1', 'heddle-', 'x', 'enter 2', 'enter 3']);
  });

  it('stores a question with the titles of the nodes on its path, even in a nested run, or of their types', async () => {
    const bench = createBench(
      testNodes({
        a: async ({ context }) => ({ out: (await context.run('0', '#inner', { value: 1 })).outputs }),
        x: async ({ context }) => ({ out: await context.requestInput('ok', question) }),
      }),
    );
    const titled = { ...inner, nodes: { ...inner.nodes, x: { type: 'do', title: 'Approve' } } };
    await (await bench.start({ ...nested, workflows: { inner: titled } })).finish();
    const [request] = await bench.journal.requests();
    expect([request?.path, request?.titles]).toEqual(['a#0/x', ['Do', 'Approve']]);
  });

  it('suspends for a person and continues with the answer, which is checked and taken once', async () => {
    const bench = createBench(
      testNodes({ a: async ({ context }) => ({ out: await context.requestInput('ok', question) }) }),
    );
    const run = await bench.start(single);
    const outcome = await run.finish();
    expect(outcome).toMatchObject({ status: 'suspended', requests: [expect.stringMatching(/^ask-/)] });
    expect((await bench.records()).map((event) => event.type)).toEqual([
      'run-start',
      'node-start',
      'human-input-start',
      'node-suspend',
      'run-suspend',
    ]);
    const [requestId = ''] = outcome.requests ?? [];
    await expect(run.handle.answer(requestId, { value: { yes: true } })).rejects.toMatchObject({ code: 'conflict' });

    const resumed = await bench.resume(
      'run-1',
      planOf(single, testNodes({ a: async ({ context }) => ({ out: await context.requestInput('ok', question) }) })),
    );
    const wrong = [
      resumed.handle.answer('none', { value: 1 }),
      resumed.handle.answer(requestId, { value: { yes: 'perhaps' } }),
    ].map((promise) => promise.catch(codeOf));
    const right = resumed.handle.answer(requestId, { value: { yes: true }, by: 'ada', reason: 'looks fine' });
    const again = resumed.handle.answer(requestId, { value: { yes: false } }).catch(codeOf);
    await right;
    expect([await Promise.all(wrong), await again]).toEqual([
      ['human_input_not_found', 'human_input_invalid'],
      'human_input_decided',
    ]);
    expect(plain((await resumed.finish()).outputs)).toEqual({
      value: { type: 'answered', value: { yes: true }, by: 'ada', reason: 'looks fine' },
    });
    expect((await bench.records()).slice(5).map((event) => event.type)).toEqual([
      'run-resume',
      'human-input-end',
      'node-start',
      'node-end',
      'node-start',
      'node-end',
      'run-end',
    ]);
  });

  it('suspends a run only when nothing is ready or running; an answer in memory wakes its node at once', async () => {
    const gates: (() => void)[] = [];
    const bench = createBench(
      testNodes({
        a: async ({ context }) => ({ out: await context.requestInput('ok', question) }),
        b: () => new Promise((resolve) => gates.push(() => resolve({ out: 1 }))),
      }),
    );
    const run = await bench.start({ ...single, nodes: { ...single.nodes, b: { type: 'do', config: { inputs: [] } } } });
    await run.settle();
    expect(run.events.map((event) => event.type)).not.toContain('run-suspend');
    const [request] = await bench.journal.requests();
    await run.handle.answer(request!.requestId, { value: { yes: true } });
    await run.settle();
    expect(run.events.flatMap((event) => (event.type === 'node-end' ? [event.path] : []))).toEqual(['a', 'e']);
    gates[0]!();
    expect((await run.finish()).status).toBe('done');
  });

  it('sleeps without memory and wakes at its time, which the journal lists as due', async () => {
    const behaviours: Behaviours = {
      a: async ({ context }) => {
        const before = context.now();
        await context.sleep(before + 60_000);
        await context.sleep(before + 90_000);
        return { out: 'awake' };
      },
    };
    const bench = createBench(testNodes(behaviours));
    const first = await (await bench.start(single)).handle.done;
    expect(first).toMatchObject({ status: 'suspended', until: bench.clock.now() + 60_000 });
    expect(await bench.journal.due()).toEqual([{ runId: 'run-1', until: first.until }]);
    const plan = planOf(single, testNodes(behaviours));
    const early = await bench.resume('run-1', plan);
    expect(await early.handle.done).toMatchObject({ status: 'suspended', until: first.until });
    expect((await bench.records()).map((event) => event.type)).toEqual([
      'run-start',
      'node-start',
      'node-suspend',
      'run-suspend',
    ]);
    bench.clock.jump(first.until!);
    const second = await (await bench.resume('run-1', plan)).handle.done;
    expect(second.status).toBe('suspended');
    bench.clock.jump(second.until!);
    const last = await (await bench.resume('run-1', plan)).handle.done;
    expect([last.status, plain(last.outputs)]).toEqual(['done', { value: 'awake' }]);
  });

  it('ends a question as expired if nobody answers in time', async () => {
    const behaviours: Behaviours = {
      a: async ({ context }) => ({
        out: (await context.requestInput('ok', { ...question, dueAt: 1_700_000_005_000 })).type,
      }),
    };
    const bench = createBench(testNodes(behaviours));
    const suspended = await (await bench.start(single)).handle.done;
    expect(suspended.until).toBe(1_700_000_005_000);
    bench.clock.jump(1_700_000_005_001);
    const outcome = await (await bench.resume('run-1', planOf(single, testNodes(behaviours)))).finish();
    expect(plain(outcome.outputs)).toEqual({ value: 'expired' });
  });

  it('holds no slot while a node waits for its nested run', async () => {
    const behaviours: Behaviours = {
      a: async ({ context }) => ({ out: (await context.run('n', '#inner', { value: 1 })).outputs['value'] }),
      x: async ({ inputs }) => {
        await ticks(2);
        return { out: inputs['in'] };
      },
    };
    const slots = { inputs: [], limits: ['one'], workflow: '#inner' };
    const sketch: Sketch = {
      nodes: { a: { type: 'do', config: slots }, e: 'out' },
      edges: nested.edges!,
      workflows: { inner: { ...inner, nodes: { ...inner.nodes, x: { type: 'do', config: { limits: ['one'] } } } } },
    };
    const outcome = await createBench(testNodes(behaviours), { limits: { one: 1 } }).run(sketch);
    expect(plain(outcome.outputs)).toEqual({ value: 1 });
    expect(outcome.events.filter((event) => event.type === 'node-queue')).toEqual([]);
  });

  it('starts the time limits of a node with its slot, and stops them while it waits in another queue', async () => {
    const behaviours: Behaviours = {
      first: async ({ context }) => {
        await new Promise<void>((resolve) => bench.clock.at(context.now() + 5_000, resolve));
        return { out: 1 };
      },
      a: async ({ context }) => {
        context.waiting({ limit: 'model:m', position: 2 });
        await new Promise<void>((resolve) => bench.clock.at(context.now() + 5_000, resolve));
        context.waiting(undefined);
        return { out: 'in time' };
      },
    };
    const bench = createBench(testNodes(behaviours), { limits: { one: 1 } });
    const outcome = await bench.run({
      nodes: {
        first: { type: 'do', config: { inputs: [], limits: ['one'] } },
        a: { type: 'do', config: { inputs: [], limits: ['one'] }, run: { wallMs: 1_000, idleMs: 500 } },
        e: 'out',
      },
      edges: ['a.out -> e.value'],
    });
    expect(plain(outcome.outputs)).toEqual({ value: 'in time' });
    expect(outcome.events.filter((event) => event.type === 'node-queue')).toMatchObject([
      { path: 'a', limit: 'one', position: 1 },
      { path: 'a', limit: 'one', position: 0 },
      { limit: 'model:m', position: 2 },
      { position: 0 },
    ]);
  });
});
