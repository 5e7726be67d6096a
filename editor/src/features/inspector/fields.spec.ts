import { describe, expect, it } from '@jest/globals';
import { evaluateExpression, isTrue, parseExpression, type PortDescription } from '@heddle/core';
import { isInQuotes } from '../../ui/code/is-in-quotes.js';
import { readCondition } from './code/read-condition.js';
import { isField, readValue, readValues, valuesText, scalarText, writeCondition } from './code/write-condition.js';
import { innerPaths } from './code/inner-paths.js';
import { emptyShape, readShape, writeShape } from './code/schema-rows.js';
import { templateCursor } from './code/template-cursor.js';
import { expressionProblem, templateProblem } from './code/template-problem.js';
import { inputValues, upstreamValues } from './code/upstream-values.js';

describe('a condition as lines', () => {
  const shown = [
    'value == true',
    'value.score >= 0.7 && contains(lower(value.text), "refund")',
    'value.kind in ["a, b", "c", 3] || isEmpty(value.items)',
    '!contains(value.tags, "spam") && exists(value.a["two words"][-1])',
    'length(value) > 3',
    'value.temperature < -5',
    'value.flag && !value.done && !isEmpty(value.x) && !exists(value.y)',
    'startsWith(value, "a\\"b\\\\c\\n") && endsWith(value, "z") && matches(value, "^a+$")',
    'value != null',
  ];

  it.each(shown)('shows %s and writes it again', (text) => {
    const condition = readCondition(text);
    expect(condition).toBeDefined();
    if (condition === undefined) return;
    const again = writeCondition(condition);
    expect(readCondition(again)).toEqual(condition);
    for (const value of [
      true,
      {
        score: 0.8,
        text: 'A REFUND',
        kind: 'c',
        items: [],
        tags: [],
        flag: true,
        temperature: -6,
        a: { 'two words': [1] },
      },
      null,
    ]) {
      const holds = (expression: string): unknown => {
        try {
          return isTrue(evaluateExpression(parseExpression(expression), { value }));
        } catch {
          return 'refused';
        }
      };
      expect(holds(again)).toBe(holds(text));
    }
  });

  it.each([
    '(value.a == 1 || value.b == 2) && value.c == 3',
    'value.a == value.b',
    'value.a + 1 > 2',
    'true',
    'value ==',
    '"x" in value.tags',
    '',
    '!(value == 1)',
  ])('leaves %s as text', (text) => {
    expect(readCondition(text)).toBeUndefined();
  });

  it('reads typed text as a number, a boolean, null or a text', () => {
    expect(['5', '-2.5', '1e3', 'true', 'null', '"5"', 'five', '', '" a "', '"half'].map(readValue)).toEqual([
      5,
      -2.5,
      1000,
      true,
      null,
      '5',
      'five',
      '',
      ' a ',
      '"half',
    ]);
    for (const value of ['5', 'plain', ' spaced ', 'true', '', 'a "quoted" word', 5, false, null])
      expect(readValue(scalarText(value))).toBe(value);
    const values = ['a, b', 'c', 3, 'say "x"'];
    expect(readValues(valuesText(values))).toEqual(values);
  });

  it('distinguishes a field from other text', () => {
    expect(['value.a', 'length(value)', 'value[0]', 'value.', '', 'a b'].map(isField)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('a JSON schema as rows', () => {
  const schema = {
    type: 'object',
    properties: {
      name: { type: 'string', description: 'Full name' },
      age: { type: 'integer' },
      kind: { type: 'string', enum: ['person', 'firm'] },
      tags: { type: 'array', items: { type: 'string' } },
      address: {
        type: 'object',
        properties: { city: { type: 'string' } },
        required: ['city'],
        additionalProperties: false,
      },
      lines: { type: 'array', items: { type: 'object', properties: { price: { type: 'number' } } } },
    },
    required: ['name', 'kind'],
  };

  it('reads and writes nested objects, lists and choices without a change', () => {
    const shape = readShape(schema);
    expect(
      shape?.fields.map(({ name, isRequired, shape: { type } }) => `${name} ${type}${isRequired ? ' required' : ''}`),
    ).toEqual([
      'name text required',
      'age integer',
      'kind choice required',
      'tags list',
      'address object',
      'lines list',
    ]);
    expect(shape === undefined ? undefined : writeShape(shape)).toEqual(schema);
  });

  it.each([
    { type: 'string', pattern: '^a' },
    { anyOf: [] },
    { type: ['string', 'null'] },
    { type: 'object', properties: { a: { $ref: '#/x' } } },
    { type: 'object', required: ['gone'] },
    'text',
    { type: 'number', minimum: 0 },
  ])('leaves %j as JSON, so that nothing of it is lost', (other) => expect(readShape(other)).toBeUndefined());

  it('writes no row without a name', () => {
    expect(
      writeShape({ ...emptyShape('object'), fields: [{ name: '', isRequired: true, shape: emptyShape('text') }] }),
    ).toEqual({ type: 'object', properties: {} });
  });
});

describe('values that a template can take', () => {
  const port = (name: string, type: PortDescription['type'] = 'Text'): PortDescription => ({
    name,
    type,
    isOptional: false,
    mode: 'one',
  });
  const node = (type: string, title?: string) => ({
    type,
    version: 1,
    config: {},
    ...(title === undefined ? {} : { title }),
  });
  const graph = {
    document: {
      nodes: {
        question: node('input', 'Question'),
        search: node('retrieve'),
        prompt: node('prompt'),
        answer: node('generate'),
        other: node('input'),
      },
      edges: [
        { from: 'question.question', to: 'prompt.topic' },
        { from: 'question.question', to: 'search.query' },
        { from: 'search.passages', to: 'prompt.passages' },
        { from: 'prompt.text', to: 'answer.prompt' },
      ],
    },
    ports: {
      question: { outputs: [port('question'), port('topic')] },
      search: { outputs: [port('passages', 'Passages')] },
      answer: { outputs: [port('text')] },
      other: { outputs: [port('topic')] },
    },
    byType: new Map(),
  };

  it('are the connected ones first, then those of earlier nodes, then the rest, without those of later nodes', () => {
    const values = upstreamValues(graph, 'prompt');
    expect(values.map(({ name, from, isConnected }) => `${name} ${from} ${isConnected}`)).toEqual([
      'topic question.question true',
      'passages search.passages true',
      'question_topic question.topic false',
      'other_topic other.topic false',
    ]);
    expect(values[0]?.title).toBe('Question › question');
  });

  it('are the inputs of a node with ports of its own, connected or not', () => {
    const values = inputValues(upstreamValues(graph, 'answer'), [port('prompt'), port('passages', 'Passages')]);
    expect(values.map(({ name, from }) => `${name} ${from}`)).toEqual(['prompt prompt.text', 'passages ']);
  });

  it('have inner paths by their type and by an earlier value', () => {
    expect(innerPaths('Passages', undefined).map(({ text }) => text)).toContain('[0].title');
    expect(innerPaths('Json', { order: { items: [{ price: 3 }] }, 'two words': 1 })).toEqual(
      expect.arrayContaining([
        { text: '.order.items[0].price', note: '3' },
        { text: '["two words"]', note: '1' },
      ]),
    );
  });

  it('finds the braces around the cursor', () => {
    expect(templateCursor('Hello {{ na', 11)).toEqual({ from: 9, written: 'na', isClosed: false });
    expect(templateCursor('{{  }} x', 3)).toEqual({ from: 3, written: '', isClosed: true });
    expect(templateCursor('{{ a }} b', 9)).toBeUndefined();
    expect(templateCursor('\\{{ a', 5)).toBeUndefined();
    expect(templateCursor('plain', 3)).toBeUndefined();
    expect(templateCursor('{{ a } {{ b', 11)).toEqual({ from: 10, written: 'b', isClosed: false });
  });

  it('finds out whether a JSON text ends inside quotes', () => {
    expect(['{"a": "', '{"a": ', '{"a\\"', '{"a\\\\"', ''].map(isInQuotes)).toEqual([true, false, true, false, false]);
  });

  it('marks the faulty braces of a template, and the faulty character of an expression', () => {
    expect(templateProblem('a {{ b')).toMatchObject({ from: 2, to: 6 });
    expect(templateProblem('a {{ 1x }} c')).toMatchObject({ from: 2, to: 10 });
    expect(templateProblem('a {{ b }}')).toBeUndefined();
    expect(expressionProblem('value = 3')).toMatchObject({ from: 6 });
    expect(expressionProblem('value == 3')).toBeUndefined();
  });
});
