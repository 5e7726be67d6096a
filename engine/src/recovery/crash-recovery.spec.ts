import { describe, expect, it } from '@jest/globals';
import type { Journal } from '@heddle/core';
import { afterCrash, at, ended } from '../testing/after-crash.js';
import { kinds } from '../testing/events-in-short.js';
import { createBench, plain, planOf } from '../testing/harness.js';
import { chain, single } from '../testing/sketches.js';
import { testNodes, type Behaviours } from '../testing/test-nodes.js';

describe('recovery after a crash', () => {
  it('continues after a crash without repeating nodes that ended', async () => {
    const calls: string[] = [];
    const behaviours: Behaviours = {
      a: () => {
        calls.push('a');
        return { out: 0 };
      },
      b: ({ inputs, context }) => {
        calls.push(`b ${context.attempt}`);
        return { out: inputs['in'] };
      },
    };
    const bench = await afterCrash(chain, behaviours, [
      { type: 'run-start', time: 1 },
      ended('s', 1, 'value'),
      ended('a', 'kept'),
      { type: 'node-start', ...at, path: 'b' },
    ]);
    const outcome = await (await bench.resume('run-1', planOf(chain, testNodes(behaviours)))).finish();
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

  it.each([
    ['was running', [{ type: 'run-start', time: 1 }] as const],
    ['waited for its slot', [{ type: 'run-queue', time: 1, position: 0 }] as const],
  ])('records the start of a node before it calls the node, in a run that %s', async (_what, past) => {
    const written: string[] = [];
    const whenCalled: string[][] = [];
    const behaviours: Behaviours = {
      a: () => {
        whenCalled.push([...written]);
        return { out: 1 };
      },
    };
    const { journal } = await afterCrash(single, behaviours, past, {});
    const append: Journal['append'] = (runId, records, options) => {
      for (const record of records) written.push(record.type);
      return journal.append(runId, records, options);
    };
    const bench = createBench(testNodes(behaviours), { journal: { ...journal, append } });
    const run = await bench.resume('run-1', planOf(single, testNodes(behaviours)));
    expect((await run.finish()).status).toBe('done');
    expect(whenCalled).toHaveLength(1);
    expect(whenCalled[0]?.at(-1)).toBe('node-start');
  });

  it('keeps the idempotency key of a step over a crash and in a resumed run, and does not repeat a recorded step', async () => {
    const keys: string[] = [];
    const behaviours: Behaviours = {
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
    const plan = planOf(chain, testNodes(behaviours));
    const whole = createBench(testNodes(behaviours));
    await whole.run(chain, { inputs: { value: 1 } });
    const [one, two] = keys.splice(0);
    const crashed = await afterCrash(chain, behaviours, [
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

  it('keeps the time of a retry over a crash', async () => {
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

  it('recovers a run that never began, was cancelled, or failed', async () => {
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

  it('a terminal run never changes', async () => {
    const bench = createBench(testNodes());
    const plan = planOf(chain, testNodes());
    const outcome = await bench.run(chain, { inputs: { value: 1 } });
    const before = await bench.records();
    const again = await (await bench.resume('run-1', plan)).finish();
    expect([again.status, plain(again.outputs)]).toEqual([outcome.status, plain(outcome.outputs)]);
    expect(await bench.records()).toEqual(before);
  });
});
