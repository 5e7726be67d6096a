import { describe, expect, it } from '@jest/globals';
import { forbiddenNames, parseExpression, parseTemplate } from '@heddle/core';
import fc from 'fast-check';
import { operators, valuesOf, type Condition, type ConditionRow } from './condition.js';
import { readCondition } from './read-condition.js';
import { emptyShape, readShape, writeShape, type RowType, type SchemaShape } from './schema-rows.js';
import { templateCursor } from './template-cursor.js';
import { expressionProblem, templateProblem } from './template-problem.js';
import {
  isField,
  readValue,
  readValues,
  valuesText,
  scalarText,
  writeCondition,
  writePath,
} from './write-condition.js';

const scalar = fc.oneof(
  fc.string(),
  fc.constantFrom('"', '\\', 'a "quoted" word', 'true', 'null', '5', ' 5 ', 'a,b', '', 'x\ny\tz\r'),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }).filter((value) => !Object.is(value, -0)),
  fc.boolean(),
  fc.constant(null),
);
const field = fc.constantFrom('value', 'value.score', 'order.items[0].price', 'value["odd name"]', 'length(value)');
const row: fc.Arbitrary<ConditionRow> = fc
  .tuple(
    field,
    fc.constantFrom(...operators.map(({ operator }) => operator)),
    fc.array(scalar, { minLength: 1, maxLength: 4 }),
  )
  .map(([name, operator, values]) => {
    const count = valuesOf(operator);
    return { field: name, operator, values: count === 'none' ? [] : count === 'one' ? values.slice(0, 1) : values };
  });
const condition: fc.Arbitrary<Condition> = fc.record({
  join: fc.constantFrom('all' as const, 'any' as const),
  rows: fc.array(row, { minLength: 2, maxLength: 5 }),
});

describe('a condition in lines', () => {
  it('is written as an expression that reads back as the same lines', () => {
    fc.assert(
      fc.property(condition, (lines) => {
        expect(readCondition(writeCondition(lines))).toEqual(lines);
      }),
    );
  });

  it('is undefined or lines for any text, and never an error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9 ().&|!<>="[\]-]{0,30}$/)), (text) => {
        const lines = readCondition(text);
        if (lines !== undefined) expect(readCondition(writeCondition(lines))).toEqual(lines);
      }),
    );
  });

  it.each([
    'value.a + 1 > 2',
    'value.a > value.b',
    '(a > 1 || b > 1) && c > 1',
    'a > 1 && b > 1 || c > 1',
    '1 < value',
    '!(a > 1)',
    'a in b',
    '!!value',
    '',
    'value >',
  ])('does not show “%s” as lines, which cannot express it', (text) => {
    expect(readCondition(text)).toBeUndefined();
  });
});

describe('a value in a field of a condition', () => {
  it('reads back unchanged', () => {
    fc.assert(
      fc.property(scalar, (value) => {
        expect(readValue(scalarText(value))).toEqual(value);
      }),
    );
  });

  it('reads back unchanged among others, even with commas and quotes', () => {
    const printable = fc.oneof(
      fc.string({ minLength: 1 }).filter((text) => text.trim() !== ''),
      fc.integer(),
      fc.boolean(),
      fc.constantFrom('a,b', '"', 'a "b", c'),
    );
    fc.assert(
      fc.property(fc.array(printable, { maxLength: 5 }), (values) => {
        expect(readValues(valuesText(values))).toEqual(values);
      }),
    );
  });

  it.each([
    ['12', 12],
    ['-.5', -0.5],
    ['1e3', 1000],
    ['"12"', '12'],
    ['true', true],
    ['True', 'True'],
    ['null', null],
    ['', ''],
    ['"open', '"open'],
    ['0x10', '0x10'],
    ['1.2.3', '1.2.3'],
  ])('typed as %s is %p', (typed, value) => {
    expect(readValue(typed)).toEqual(value);
  });

  it.each([
    ['a, b', ['a', 'b']],
    [' , ,', []],
    ['"a, b", c', ['a, b', 'c']],
    ['1, "1", true', [1, '1', true]],
  ])('typed as %s is the list %j', (typed, values) => {
    expect(readValues(typed)).toEqual(values);
  });
});

describe('a path of a value', () => {
  it('is written so that it is read as the same path', () => {
    const readableName = fc.string({ minLength: 1 }).filter((name) => !forbiddenNames.has(name));
    const path = fc
      .tuple(
        fc.constantFrom('value', 'order', 'a_b'),
        fc.array(fc.oneof(readableName, fc.nat({ max: 99 })), { maxLength: 4 }),
      )
      .map(([first, rest]) => [first, ...rest]);
    fc.assert(
      fc.property(path, (parts) => {
        expect(parseExpression(writePath(parts))).toMatchObject({ type: 'path', path: parts });
      }),
    );
  });

  it.each([
    ['value', true],
    ['value.score', true],
    ['length(value)', true],
    ['5', false],
    ['a + b', false],
    ['', false],
    ['value.', false],
    ['<script>', false],
  ])('“%s” is a field: %p', (text, isOne) => {
    expect(isField(text)).toBe(isOne);
  });
});

describe('a problem of a template or an expression', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[a-z {}.\n\\[\]"]{0,40}$/));

  it('exists exactly when the engine refuses the text, and has a range', () => {
    fc.assert(
      fc.property(text, (template) => {
        const problem = templateProblem(template);
        if (problem === undefined) {
          expect(() => parseTemplate(template)).not.toThrow();
          return;
        }
        expect(() => parseTemplate(template)).toThrow();
        expect(problem.message).not.toBe('');
        expect(problem.from).toBeGreaterThanOrEqual(0);
        expect(problem.to).toBeGreaterThan(problem.from);
      }),
    );
  });

  it('of an expression lies inside the text', () => {
    fc.assert(
      fc.property(text, (expression) => {
        const problem = expressionProblem(expression);
        if (problem === undefined) return;
        expect(problem.from).toBeGreaterThanOrEqual(0);
        expect(problem.to).toBeLessThanOrEqual(expression.length);
      }),
    );
  });

  it('leaves suggestions to positions after opening braces, in any text', () => {
    fc.assert(
      fc.property(text, fc.nat({ max: 40 }), (template, at) => {
        const location = templateCursor(template, Math.min(at, template.length));
        if (location !== undefined) expect(template.slice(0, location.from)).toContain('{{');
      }),
    );
  });
});

describe('a schema in rows', () => {
  const { shape } = fc.letrec<{ shape: SchemaShape }>((tie) => ({
    shape: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc
        .tuple(fc.constantFrom<RowType>('text', 'number', 'integer', 'boolean'), fc.string())
        .map(([type, description]) => ({ ...emptyShape(type), description })),
      fc.array(fc.string(), { maxLength: 3 }).map((options) => ({ ...emptyShape('choice'), options })),
      tie('shape').map((item) => ({ ...emptyShape('list'), item })),
      fc
        .tuple(
          fc.uniqueArray(
            fc.record({
              name: fc.string({ minLength: 1 }).filter((name) => !/^\d+$/.test(name) && !forbiddenNames.has(name)),
              isRequired: fc.boolean(),
              shape: tie('shape'),
            }),
            { selector: ({ name }) => name, maxLength: 3 },
          ),
          fc.boolean(),
        )
        .map(([fields, isClosed]) => ({ ...emptyShape('object'), fields, isClosed })),
    ),
  }));

  it('is written as a JSON schema that reads back as the same rows', () => {
    fc.assert(
      fc.property(shape, (rows) => {
        expect(readShape(writeShape(rows))).toEqual(rows);
      }),
    );
  });

  it.each([
    ['a pattern', { type: 'string', pattern: 'a+' }],
    ['several types', { type: ['string', 'null'] }],
    ['a choice of numbers', { type: 'number', enum: [1, 2] }],
    ['a reference', { $ref: '#/$defs/a' }],
    ['a tuple', { type: 'array', items: [{ type: 'string' }] }],
    ['a required key without a schema', { type: 'object', required: ['a'] }],
    ['typed other keys', { type: 'object', additionalProperties: { type: 'string' } }],
    ['a description that is no text', { type: 'string', description: 5 }],
    ['no type', {}],
    ['a text', 'string'],
    ['nothing', undefined],
  ])('does not show a schema with %s, which rows cannot express', (_what, schema) => {
    expect(readShape(schema)).toBeUndefined();
  });

  it('does not show a schema that nests too deep', () => {
    const nested = (depth: number): unknown =>
      depth === 0 ? { type: 'string' } : { type: 'array', items: nested(depth - 1) };
    expect(readShape(nested(8))).toBeDefined();
    expect(readShape(nested(9))).toBeUndefined();
  });
});
