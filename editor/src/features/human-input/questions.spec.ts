import { describe, expect, it } from '@jest/globals';
import { parseDocument } from '@heddle/core';
import { answerFields, buttonForm, readAnswer } from '../../ui/answer/answer-fields.js';
import { requestFacts } from './request-facts.js';
import { loopMates } from '../run/execution/loop-mates.js';
import { parentTitle, documentAt } from '../run/execution/nested-document.js';
import type { NestedRun } from '../run/fold/side-events.js';

describe('the form of a question', () => {
  const schema = {
    type: 'object',
    required: ['decision', 'amount'],
    properties: {
      decision: { type: 'string', enum: ['approve', 'refuse'], title: 'Decision' },
      amount: { type: 'integer' },
      note: { type: 'string', maxLength: 500 },
    },
  };

  it('has a field for each property, by its type', () => {
    expect(answerFields(schema).map(({ name, kind, isRequired }) => [name, kind, isRequired])).toEqual([
      ['decision', 'choice', true],
      ['amount', 'number', true],
      ['note', 'long-text', false],
    ]);
  });

  it('names missing and wrong values, and leaves out empty optional ones', () => {
    const fields = answerFields(schema);
    expect(readAnswer(fields, { amount: 'many' })).toEqual({
      ok: false,
      errors: { decision: 'Decision is required.', amount: 'A whole number, such as 3.' },
    });
    expect(readAnswer(fields, { decision: 'approve', amount: '7' })).toEqual({
      ok: true,
      value: { decision: 'approve', amount: 7 },
    });
  });

  it('names the problem of every invalid field at once, and accepts valid values', () => {
    const fields = answerFields({
      type: 'object',
      required: ['list'],
      properties: {
        count: { type: 'integer', minimum: 1, maximum: 20 },
        share: { type: 'number', exclusiveMinimum: 0, maximum: 1 },
        step: { enum: [1, 2], type: 'integer' },
        code: { type: 'string', minLength: 3, maxLength: 5 },
        mood: { type: 'string', enum: ['good', 'bad'] },
        sizes: { type: 'array', items: { type: 'integer', minimum: 0 }, maxItems: 2 },
        list: { type: 'array', title: 'The list' },
        more: { type: 'object' },
      },
    });
    const wrong = { count: '2.5', share: '0', step: '3', code: 'ab', mood: 'so', sizes: '[1, -1]', more: '[]' };
    expect(readAnswer(fields, wrong)).toEqual({
      ok: false,
      errors: {
        count: 'A whole number from 1 to 20.',
        share: 'A number, above 0 and at most 1.',
        step: 'One of: 1, 2.',
        code: 'At least 3 characters; this has 2.',
        mood: 'One of: good, bad.',
        sizes: 'Entry 2: A whole number, at least 0.',
        list: 'The list is required.',
        more: 'An object in braces, such as {"a": 1}.',
      },
    });
    const errorOf = (name: string, text: string): unknown => {
      const read = readAnswer(fields, { list: '[]', [name]: text });
      return read.ok ? read.value : read.errors;
    };
    expect(errorOf('count', '21')).toEqual({ count: 'A whole number from 1 to 20.' });
    expect(errorOf('sizes', '[1, 2, 3]')).toEqual({ sizes: 'At most 2 entries; this has 3.' });
    expect(errorOf('sizes', '"one"')).toEqual({ sizes: 'A list in brackets, such as ["a", "b"].' });
    const right = { count: '20', share: '0,5', step: '2', code: 'abc', mood: 'bad', sizes: '[0]', list: '[]' };
    expect(readAnswer(fields, right)).toEqual({
      ok: true,
      value: { count: 20, share: 0.5, step: 2, code: 'abc', mood: 'bad', sizes: [0], list: [] },
    });
  });

  it('gives one plain value for a schema that is no object', () => {
    expect(readAnswer(answerFields({ type: 'boolean' }), { '': 'true' })).toEqual({ ok: true, value: true });
    expect(readAnswer(answerFields({ type: 'string' }), { '': 'yes' })).toEqual({ ok: true, value: 'yes' });
  });
});

describe('a question with buttons', () => {
  it('has fields beside the choice, and binds the answer to a hidden hash', () => {
    const form = buttonForm({
      type: 'object',
      properties: {
        choice: { type: 'string', enum: ['approve', 'refuse'] },
        hash: { type: 'string', default: 'sha256:ab' },
        reason: { type: 'string' },
        amount: { type: 'number' },
      },
      required: ['choice', 'hash'],
    });
    expect(form.fields.map(({ name }) => name)).toEqual(['amount']);
    expect(form.bound).toEqual({ hash: 'sha256:ab' });
    expect(buttonForm({ type: 'object' })).toEqual({ fields: [], bound: {} });
  });

  it('says what it is about: the call, its arguments, the label and the hash', () => {
    const about = requestFacts({
      tool: 'send',
      source: 'mcp',
      effects: ['send'],
      arguments: { to: 'a' },
      hash: 'sha256:ab',
      more: 1,
      label: { level: 'confidential' },
    });
    expect(about).toMatchObject({ tool: 'send', tags: ['mcp', 'send'], args: { to: 'a' }, hash: 'sha256:ab' });
    expect(about.label).toEqual({ level: 'confidential', marks: [] });
    expect([about.hasValue, about.rest]).toEqual([false, { more: 1 }]);
    expect(requestFacts({ value: null }).hasValue).toBe(true);
    const declassifies = { button: 'Approve', to: { level: 'internal', marks: [] } };
    expect(requestFacts({ declassifies })).toMatchObject({ declassifies, rest: {} });
    expect(requestFacts({ declassifies: 'much' }).declassifies).toBeUndefined();
  });
});

describe('loops and nested runs on the canvas', () => {
  const document = parseDocument({
    heddle: 2,
    name: 'Loop',
    nodes: {
      a: { type: 'x', version: 1 },
      b: { type: 'x', version: 1 },
      c: { type: 'x', version: 1 },
      d: { type: 'x', version: 1 },
    },
    edges: [
      { from: 'a.out', to: 'b.in' },
      { from: 'b.out', to: 'c.in' },
      { from: 'c.out', to: 'd.in' },
      { from: 'c.again', to: 'b.in', loop: { max: 3 } },
    ],
    workflows: { shout: { title: 'Shout', nodes: { loud: { type: 'x', version: 1 } }, edges: [] } },
  });

  it('finds the nodes of the same loop', () => {
    expect([...loopMates(document, 'b')].sort()).toEqual(['b', 'c']);
    expect([...loopMates(document, 'd')]).toEqual(['d']);
  });

  it('finds the workflow of a nested run, inside the document or stored beside it', () => {
    const nested = (workflow: string): NestedRun => ({
      scope: 'a#1',
      path: 'a',
      key: '1',
      workflow,
      inputs: {},
      outputs: undefined,
      error: undefined,
      startedAt: 0,
      endedAt: undefined,
    });
    const other = { ...document, name: 'Other' };
    expect(documentAt({ document, workflows: {} }, { nested: () => nested('#shout') }, 'a#1')).toMatchObject({
      name: 'Shout',
      nodes: { loud: {} },
    });
    expect(documentAt({ document, workflows: { other } }, { nested: () => nested('other') }, 'a#1')?.name).toBe(
      'Other',
    );
    expect(documentAt({ document, workflows: {} }, { nested: () => undefined }, 'a#1')).toBeUndefined();
    const loud = { title: 'Loud', type: 'x', version: 1 };
    const titled = parseDocument({
      ...document,
      nodes: { a: { title: 'Each of them', type: 'x', version: 1 } },
      edges: [],
      workflows: { shout: { nodes: { loud }, edges: [] } },
    });
    const titleOf = (scope: string): string =>
      parentTitle({ document: titled, workflows: {} }, { nested: () => nested('#shout') }, new Map(), scope);
    expect([titleOf('a#1'), titleOf('a#1/loud@2#0')]).toEqual(['Each of them', 'Loud']);
  });
});
