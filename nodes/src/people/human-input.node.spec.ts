import { describe, expect, it } from '@jest/globals';
import { fitJsonSchema, labelOf, type Answer, type LabelLevel } from '@heddle/core';
import { runNode } from '@heddle/core/testing';
import { humanInput } from './human-input.node.js';

const answer =
  (value: unknown): (() => Answer) =>
  () => ({ type: 'answered', value, by: 'ada', reason: 'I read it' });
const form = { type: 'object', properties: { amount: { type: 'number' } }, required: ['amount'] };

describe('human-input', () => {
  it('returns the value at the output of the chosen button, with the form and the name of the person', async () => {
    const { outputs, decisions } = await runNode(humanInput, {
      config: { form },
      inputs: { value: { to: 'bo' } },
      answers: answer({ choice: 'refuse', amount: 3 }),
    });
    expect(outputs).toEqual({ refuse: { to: 'bo' }, answer: { amount: 3 }, by: 'ada' });
    expect(decisions).toMatchObject([{ kind: 'approval', details: { reason: 'I read it' } }]);
  });

  it('asks with a form, its times, its assignee, and the value with its hash and label', async () => {
    const now = 1_000;
    const { requests, outputs } = await runNode(humanInput, {
      config: { form, assignee: 'ada', due: 2, remindAfter: 1, unit: 'hours', escalateTo: 'bo', escalateAfter: 1.5 },
      inputs: { value: 'Dear Ada' },
      now,
      label: labelOf('confidential'),
    });
    const question = requests[0]?.question;
    expect(question).toMatchObject({
      assignee: 'ada',
      escalateTo: 'bo',
      dueAt: now + 7_200_000,
      remindAt: now + 3_600_000,
      escalateAt: now + 5_400_000,
      details: { value: 'Dear Ada', hash: expect.stringMatching(/^sha256:/), label: { level: 'confidential' } },
    });
    expect(outputs).toEqual({ overdue: 'Dear Ada' });
    const schema = question?.schema ?? {};
    expect(fitJsonSchema(schema, { choice: 'approve', amount: 1 })).toBeUndefined();
    expect(fitJsonSchema(schema, { choice: 'approve' })).toContain('amount');
    expect(fitJsonSchema(schema, { choice: 'other', amount: 1 })).toContain('choice');
  });

  it('asks a new question for another value', async () => {
    const keys = await Promise.all(
      ['a', 'b'].map(async (value) => (await runNode(humanInput, { inputs: { value } })).requests[0]?.key),
    );
    expect(new Set(keys).size).toBe(2);
  });

  it('declassifies only the output of the first button, and only if configured', async () => {
    const declassified = async (choice: string, config: Record<string, unknown>) =>
      (await runNode(humanInput, { config, inputs: { value: 1 }, answers: answer({ choice }) })).declassifications;
    const config = { declassifyFrom: 'confidential', declassifyTo: 'internal' };
    expect(await declassified('approve', config)).toMatchObject([
      { port: 'approve', from: 'confidential', to: 'internal', by: 'ada', reason: 'I read it' },
    ]);
    expect(await declassified('refuse', config)).toEqual([]);
    expect(await declassified('approve', {})).toEqual([]);
  });

  it('shows the declassification of an approval in advance, and nothing if there is none', async () => {
    const details = async (level: LabelLevel, marks: readonly string[], config: Record<string, unknown>) =>
      (await runNode(humanInput, { config, inputs: { value: 1 }, label: labelOf(level, marks) })).requests[0]?.question
        .details;
    const config = { declassifyFrom: 'confidential', declassifyTo: 'internal' };
    expect(await details('confidential', ['untrusted'], config)).toMatchObject({
      declassifies: { button: 'Approve', to: { level: 'internal', marks: [] } },
    });
    expect(await details('internal', ['untrusted'], config)).toMatchObject({ declassifies: { to: { marks: [] } } });
    for (const [level, how] of [
      ['confidential', {}],
      ['restricted', config],
      ['internal', config],
      ['public', config],
    ] as const)
      expect([level, await details(level, [], how)]).toEqual([
        level,
        expect.not.objectContaining({ declassifies: expect.anything() }),
      ]);
  });

  it('refuses buttons that are named like its own outputs, or twice', async () => {
    const named = (...names: string[]) => runNode(humanInput, { config: { buttons: names.map((name) => ({ name })) } });
    await expect(named('overdue')).rejects.toMatchObject({ code: 'workflow_invalid' });
    await expect(named('yes', 'yes')).rejects.toMatchObject({ code: 'workflow_invalid' });
  });

  it.each([
    ['a reminder after the end', { due: 2, remindAfter: 2 }, 'remindAfter'],
    ['an escalation after the end', { due: 2, escalateTo: 'bo', escalateAfter: 3 }, 'escalateAfter'],
    ['an escalation without a time', { escalateTo: 'bo' }, 'escalateAfter'],
  ])('refuses %s', async (_what, config, field) => {
    await expect(runNode(humanInput, { config })).rejects.toMatchObject({
      code: 'workflow_invalid',
      message: expect.stringContaining(field),
    });
  });
});
