import { describe, expect, it } from '@jest/globals';
import type { Question } from '@heddle/core';
import { createBench, plain, planOf, type Sketch } from '../testing/harness.js';
import { testNodes, type Behaviours } from '../testing/test-nodes.js';

const start = 1_700_000_000_000;
const minute = 60_000;
const single: Sketch = { nodes: { a: { type: 'do', config: { inputs: [] } }, e: 'out' }, edges: ['a.out -> e.value'] };
const question: Question = {
  title: 'May I?',
  schema: { type: 'object' },
  assignee: 'ada',
  remindAt: start + 10 * minute,
  escalateTo: 'bo',
  escalateAt: start + 20 * minute,
  dueAt: start + 30 * minute,
};
const asking = (asked: Question): Behaviours => ({
  a: async ({ context }) => ({ out: (await context.requestInput('ok', asked)).type }),
});

/** Suspends a run at a request. `comeBack` resumes it at a later minute from the journal, as a new process does. */
async function suspendedOn(asked: Question) {
  const bench = createBench(testNodes(asking(asked)));
  const outcome = await (await bench.start(single)).handle.done;
  const comeBack = async (after: number) => {
    bench.clock.jump(start + after * minute);
    return bench.resume('run-1', planOf(single, testNodes(asking(asked))));
  };
  const reminders = async () =>
    (await bench.records()).flatMap((event) =>
      event.type === 'human-input-remind'
        ? [{ stage: event.stage, to: event.to, after: (event.time - start) / minute }]
        : [],
    );
  return { bench, outcome, comeBack, reminders };
}

describe('reminders and escalation', () => {
  it('come once each at their times, after a restart too, and leave the question open', async () => {
    const { bench, outcome, comeBack, reminders } = await suspendedOn(question);
    expect(outcome).toMatchObject({ status: 'suspended', until: start + 10 * minute });
    const requestId = outcome.requests?.[0] ?? '';

    const early = await (await comeBack(5)).handle.done;
    expect([early.until, await reminders()]).toEqual([start + 10 * minute, []]);

    const reminded = await (await comeBack(10)).handle.done;
    expect(reminded).toMatchObject({ status: 'suspended', requests: [requestId], until: start + 20 * minute });
    const escalated = await (await comeBack(20)).handle.done;
    expect(escalated).toMatchObject({ status: 'suspended', requests: [requestId], until: start + 30 * minute });
    expect(await reminders()).toEqual([
      { stage: 'reminder', to: 'ada', after: 10 },
      { stage: 'escalation', to: 'bo', after: 20 },
    ]);
    const types = (await bench.records()).map(({ type }) => type);
    expect(types.slice(types.indexOf('human-input-remind') - 1)).toEqual([
      'run-resume',
      'human-input-remind',
      'run-suspend',
      'run-resume',
      'human-input-remind',
      'run-suspend',
    ]);

    const last = await comeBack(25);
    await last.handle.answer(requestId, { value: {}, by: 'bo' });
    expect(plain((await last.finish()).outputs)).toEqual({ value: 'answered' });
    expect(await reminders()).toHaveLength(2);
  });

  it('are sent together after a long stop', async () => {
    const { comeBack, reminders } = await suspendedOn(question);
    await (
      await comeBack(25)
    ).handle.done;
    expect(await reminders()).toEqual([
      { stage: 'reminder', to: 'ada', after: 25 },
      { stage: 'escalation', to: 'bo', after: 25 },
    ]);
  });

  it('are not sent if the question has expired', async () => {
    const { comeBack, reminders } = await suspendedOn(question);
    expect(plain((await (await comeBack(31)).finish()).outputs)).toEqual({ value: 'expired' });
    expect(await reminders()).toEqual([]);
  });

  it('come together if the escalation has no time of its own, and never without a reminder', async () => {
    const { escalateAt: _at, ...together } = question;
    const first = await suspendedOn(together);
    await (
      await first.comeBack(10)
    ).handle.done;
    expect((await first.reminders()).map(({ stage }) => stage)).toEqual(['reminder', 'escalation']);
    const { remindAt: _remind, dueAt: _due, ...never } = together;
    expect((await suspendedOn(never)).outcome.until).toBeUndefined();
  });

  it('come while other nodes of the run go on', async () => {
    const both: Sketch = {
      nodes: { ...single.nodes, b: { type: 'do', config: { inputs: [] } } },
      edges: ['a.out -> e.value'],
    };
    let release = (): void => undefined;
    const bench = createBench(
      testNodes({
        ...asking(question),
        b: async () => {
          await new Promise<void>((resolve) => (release = resolve));
          return { out: 1 };
        },
      }),
    );
    const run = await bench.start(both);
    for (let tries = 0; tries < 50 && !(await bench.records()).some(({ type }) => type === 'node-suspend'); tries += 1)
      await new Promise((resolve) => setImmediate(resolve));
    await bench.clock.advance(21 * minute);
    for (let tries = 0; tries < 50; tries += 1) await new Promise((resolve) => setImmediate(resolve));
    expect((await bench.records()).filter(({ type }) => type === 'human-input-remind')).toHaveLength(2);
    release();
    expect((await run.handle.done).until).toBe(start + 30 * minute);
  });
});
