/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { act } from 'react';
import { all, buttonNamed, choose, one, pressButton, texts, type } from '../../ui/testing/fake-person.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { answerFields, readAnswer } from '../../ui/answer/answer-fields.js';
import { ButtonAnswer } from '../../ui/answer/ButtonAnswer.js';
import { FieldAnswer } from '../../ui/answer/FieldAnswer.js';
import type { DraftInUse } from '../../ui/answer/answer-draft.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let page: FakePage;
let sent: unknown[];
let values: Record<string, string>;
let reason: string;
beforeEach(() => {
  [sent, values, reason] = [[], {}, ''];
  page = openFakePage(() => undefined);
});
afterEach(() => page.leave());

const draft = (redraw: () => void): DraftInUse => ({
  values,
  reason,
  setValue: ({ name }, value) => {
    values = { ...values, [name]: value };
    redraw();
  },
  setReason: (next) => {
    reason = next;
    redraw();
  },
});
function draw(schema: Readonly<Record<string, unknown>>, isSending: boolean): void {
  page.root.render(
    <FieldAnswer
      schema={schema}
      draft={draft(() => draw(schema, isSending))}
      isSending={isSending}
      onSend={(value) => sent.push(value)}
    />,
  );
}
const show = (schema: Readonly<Record<string, unknown>>, isSending = false): Promise<void> =>
  act(async () => draw(schema, isSending));
const submit = (): Promise<void> =>
  act(async () => void one('form').dispatchEvent(new Event('submit', { bubbles: true, cancelable: true })));

describe('a question with one choice', () => {
  it.each([
    ['a few texts', { type: 'string', enum: ['Accept', 'Refuse'] }, ['Accept', 'Refuse'], 'Refuse', 'Refuse'],
    ['yes or no', { type: 'boolean' }, ['Yes', 'No'], 'No', false],
    [
      'yes or no in an object',
      { type: 'object', properties: { ok: { type: 'boolean', title: 'Send it' } }, required: ['ok'] },
      ['Send it', 'No'],
      'Send it',
      { ok: true },
    ],
    [
      'a few texts in an object',
      { type: 'object', properties: { to: { type: 'string', enum: ['a', 'b', 'c', 'd'] } } },
      ['a', 'b', 'c', 'd'],
      'd',
      { to: 'd' },
    ],
  ])('of %s is answered with one press', async (_what, schema, buttons, pressed, answer) => {
    await show(schema);
    expect([texts('button'), all('form')]).toEqual([buttons, []]);
    await pressButton(pressed);
    expect(sent).toEqual([answer]);
  });

  it('of many texts is a list, as many buttons are hard to read', async () => {
    await show({ type: 'object', properties: { to: { type: 'string', enum: ['a', 'b', 'c', 'd', 'e'] } } });
    expect([all('select').length, texts('button')]).toEqual([1, ['Answer']]);
    await choose(one('select'), 'e');
    await submit();
    expect(sent).toEqual([{ to: 'e' }]);
  });

  it('cannot be answered twice while it is sent', async () => {
    await show({ type: 'boolean' }, true);
    expect(all<HTMLButtonElement>('button').map(({ disabled }) => disabled)).toEqual([true, true]);
  });

  it('shows markup in a choice as text', async () => {
    await show({ type: 'string', enum: ['<img src=x>', 'No'] });
    expect([texts('button')[0], all('img')]).toEqual(['<img src=x>', []]);
  });
});

describe('a question with a form', () => {
  const schema = {
    type: 'object',
    properties: {
      name: { type: 'string', title: 'Name', minLength: 2 },
      count: { type: 'integer', title: 'Count', minimum: 1, maximum: 20 },
      note: { type: 'string', title: 'Note' },
    },
    required: ['name', 'count'],
  };

  it('is sent only when every field is valid, and names the problem of each other field', async () => {
    await show(schema);
    await submit();
    expect([sent, texts('.field-error')]).toEqual([[], ['Name is required.', 'Count is required.']]);
    await type(all('input')[0] as HTMLElement, 'A');
    await type(all('input')[1] as HTMLElement, '21');
    await submit();
    expect([sent, texts('.field-error').length]).toEqual([[], 2]);
    expect(texts('.field-error')[1]).toBe('A whole number from 1 to 20.');
    await type(all('input')[0] as HTMLElement, 'Ada');
    await type(all('input')[1] as HTMLElement, '20');
    await submit();
    expect([sent, texts('.field-error')]).toEqual([[{ name: 'Ada', count: 20 }], []]);
  });

  it('says that it is being sent, and is disabled meanwhile', async () => {
    await show(schema, true);
    expect(buttonNamed('Sending')?.disabled).toBe(true);
  });
});

describe('a question with buttons', () => {
  const buttons = [
    { id: 'approve', title: 'Approve' },
    { id: 'refuse', title: 'Refuse' },
  ];
  function drawButtons(schema: Readonly<Record<string, unknown>>): void {
    page.root.render(
      <ButtonAnswer
        schema={schema}
        buttons={buttons}
        draft={draft(() => drawButtons(schema))}
        isSending={false}
        onSend={(value, given) => sent.push([value, given])}
      />,
    );
  }
  const showButtons = (schema: Readonly<Record<string, unknown>>): Promise<void> =>
    act(async () => drawButtons(schema));

  it('sends the pressed button with the reason', async () => {
    await showButtons({ type: 'object' });
    await type(one('input'), 'Too dear');
    await pressButton('Refuse');
    expect(sent).toEqual([[{ choice: 'refuse' }, 'Too dear']]);
  });

  it('sends the hash that binds the answer, without showing it', async () => {
    await showButtons({
      type: 'object',
      properties: {
        choice: { type: 'string', enum: ['approve', 'refuse'] },
        hash: { type: 'string', default: 'abc123' },
        reason: { type: 'string' },
      },
    });
    expect(all('input')).toHaveLength(1);
    await pressButton('Approve');
    expect(sent).toEqual([[{ hash: 'abc123', choice: 'approve' }, '']]);
  });

  it('requires its fields before a button sends an answer', async () => {
    await showButtons({
      type: 'object',
      properties: { amount: { type: 'number', title: 'Amount' } },
      required: ['amount'],
    });
    await pressButton('Approve');
    expect([sent, texts('.field-error')]).toEqual([[], ['Amount is required.']]);
    await type(all('input')[0] as HTMLElement, '0');
    await pressButton('Approve');
    expect(sent).toEqual([[{ amount: 0, choice: 'approve' }, '']]);
  });
});

it('any schema and any input give an answer or errors, and never an exception', () => {
  const property = fc.record(
    {
      type: fc.constantFrom('string', 'number', 'integer', 'boolean', 'array', 'object', 'unknown', 5),
      title: fc.oneof(fc.string(), fc.integer()),
      enum: fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 3 }),
      minimum: fc.oneof(fc.integer(), fc.string()),
      maxLength: fc.integer(),
      default: fc.jsonValue({ maxDepth: 1 }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), property, { maxKeys: 4 }),
      fc.array(fc.string(), { maxLength: 3 }),
      fc.string(),
      (properties, required, text) => {
        const fields = answerFields({ type: 'object', properties, required });
        const answer = readAnswer(fields, Object.fromEntries(fields.map(({ name }) => [name, text])));
        if (!answer.ok)
          for (const [name, problem] of Object.entries(answer.errors)) {
            expect(fields.map((field) => field.name)).toContain(name);
            expect(problem).not.toBe('');
          }
      },
    ),
  );
});
