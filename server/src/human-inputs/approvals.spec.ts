import { afterEach, describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@heddle/core/testing';
import { localPrincipal, type Principal, type WorkflowDocument } from '@heddle/core';
import { resumeRun, startRun } from '@heddle/engine';
import { createTestHeddle } from '../testing/test-heddle.js';

const user = (name: string): Principal => ({ kind: 'user', id: `user:${name}`, name, roles: new Map() });
const document: WorkflowDocument = {
  heddle: 2,
  name: 'Approved',
  nodes: {
    letter: { type: 'input', version: 1, config: { fields: [{ name: 'letter', type: 'Text' }] } },
    ask: {
      type: 'human-input',
      version: 1,
      config: { assignee: 'ada', due: 2, remindAfter: 0.5, escalateTo: 'bo', escalateAfter: 1, unit: 'hours' },
    },
    reply: {
      type: 'output',
      version: 1,
      config: {
        fields: [
          { name: 'sent', type: 'Json' },
          { name: 'by', type: 'Text' },
          { name: 'late', type: 'Json' },
        ],
      },
    },
  },
  edges: [
    { from: 'letter.letter', to: 'ask.value' },
    { from: 'ask.approve', to: 'reply.sent' },
    { from: 'ask.by', to: 'reply.by' },
    { from: 'ask.overdue', to: 'reply.late' },
  ],
};
const hour = 3_600_000;
const open: ReturnType<typeof createTestHeddle>[] = [];

function heddleAt() {
  const clock = createFakeClock();
  const heddle = createTestHeddle({ clock, withStandardNodes: true, engine: { startRun, resumeRun } });
  open.push(heddle);
  /** Runs until the question is asked. */
  const ask = async (letter: string) => {
    const { runId } = await heddle.runs.start({ document, request: { inputs: { letter } }, trigger: 'test' });
    for (let tries = 0; tries < 2_000; tries += 1) {
      const [asked] = await heddle.runs.requests(runId);
      const isSuspended = (await heddle.runs.summary(runId)).status === 'suspended';
      if (asked !== undefined && isSuspended) return { runId, requestId: asked.requestId, question: asked.question };
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error('nobody was asked');
  };
  return { clock, heddle, ask };
}
const yes = { value: { choice: 'approve' } };

describe('an approval', () => {
  afterEach(async () => {
    for (const heddle of open.splice(0)) {
      await heddle.stop();
      await heddle.close();
    }
  });

  it('is given by the assignee, recorded with that person, and decided once, even by two answers at the same moment', async () => {
    const { heddle, ask } = heddleAt();
    const { runId, requestId } = await ask('Dear Ada');
    await expect(heddle.runs.answer(runId, requestId, yes, user('eve'))).rejects.toMatchObject({ code: 'forbidden' });
    await expect(heddle.runs.answer(runId, requestId, yes, user('bo'))).rejects.toMatchObject({ code: 'forbidden' });
    const both = await Promise.allSettled([
      heddle.runs.answer(runId, requestId, { ...yes, by: 'somebody else' }, user('ada')),
      heddle.runs.answer(runId, requestId, { value: { choice: 'refuse' } }, localPrincipal),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'human_input_decided' } });
    const reply = await heddle.runs.wait(runId);
    expect(reply.status).toBe('done');
    if (both[0]?.status === 'fulfilled') expect(reply.outputs).toEqual({ sent: 'Dear Ada', by: 'user:ada' });
    await expect(heddle.runs.answer(runId, requestId, yes, user('ada'))).rejects.toMatchObject({
      code: 'human_input_decided',
    });
  });

  it('does not count for another run or another value: a repeated answer finds no question', async () => {
    const { heddle, ask } = heddleAt();
    const first = await ask('Pay 10');
    const second = await ask('Pay 10,000');
    const same = await ask('Pay 10');
    expect(first.question.details?.['hash']).not.toBe(second.question.details?.['hash']);
    expect(first.question.details?.['hash']).toBe(same.question.details?.['hash']);
    await heddle.runs.answer(first.runId, first.requestId, yes, user('ada'));
    for (const other of [second, same]) {
      const replayed = heddle.runs.answer(other.runId, first.requestId, yes, user('ada'));
      await expect(replayed).rejects.toMatchObject({ code: 'human_input_not_found' });
      expect((await heddle.runs.summary(other.runId)).status).toBe('suspended');
    }
  });

  it('must fit the question', async () => {
    const { heddle, ask } = heddleAt();
    const { runId, requestId } = await ask('Dear Ada');
    for (const value of [true, {}, { choice: 'other' }])
      await expect(heddle.runs.answer(runId, requestId, { value }, user('ada'))).rejects.toMatchObject({
        code: 'human_input_invalid',
      });
    expect(await heddle.runs.requests(runId)).toHaveLength(1);
  });

  it('is escalated at its time, and refused after its end, when the run goes on without it', async () => {
    const { clock, heddle, ask } = heddleAt();
    const early = await ask('Dear Bo');
    await clock.advance(1.2 * hour);
    await heddle.runs.answer(early.runId, early.requestId, yes, user('bo'));
    expect((await heddle.runs.wait(early.runId)).outputs).toEqual({ sent: 'Dear Bo', by: 'user:bo' });

    const late = await ask('Dear Ada');
    await clock.advance(2 * hour + 1);
    const refused = heddle.runs.answer(late.runId, late.requestId, yes, user('ada'));
    await expect(refused).rejects.toMatchObject({ code: 'human_input_decided' });
    expect((await heddle.runs.wait(late.runId)).outputs).toEqual({ late: 'Dear Ada' });
    const after = heddle.runs.answer(late.runId, late.requestId, yes, user('ada'));
    await expect(after).rejects.toMatchObject({
      code: 'human_input_decided',
      message: expect.stringContaining('in time'),
    });
  });

  it('is for the user whose address the workflow names, and an unknown name is reported in the editor', async () => {
    const { heddle, ask } = heddleAt();
    const ada = await heddle.parts.identity.users.create({ email: 'ada@example.org', name: 'ada' });
    const mine: Principal = { ...user('ada'), id: `user:${ada.id}` };
    const doubts = (await heddle.compile.report(document)).issues.filter(({ field }) => field !== undefined);
    expect(doubts).toMatchObject([
      { code: 'reference-missing', severity: 'warning', node: 'ask', field: 'escalateTo' },
    ]);
    const { runId, requestId } = await ask('Dear Ada');
    const key: Principal = { ...user('ada'), kind: 'key', id: 'key:k1' };
    await expect(heddle.runs.answer(runId, requestId, yes, key)).rejects.toMatchObject({ code: 'forbidden' });
    await heddle.runs.answer(runId, requestId, yes, mine);
    expect((await heddle.runs.wait(runId)).outputs).toEqual({ sent: 'Dear Ada', by: mine.id });
  });
});
