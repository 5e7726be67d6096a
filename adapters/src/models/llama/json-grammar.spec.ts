import { describe, expect, it } from '@jest/globals';
import { jsonGrammar } from './json-grammar.js';
import { decimalGrammar, integerGrammar } from './number-grammar.js';

/** Converts the part of GBNF that number rules use into a regular expression. */
const matcher = (rule: string): RegExp =>
  new RegExp(`^${rule.replace(/"([^"]*)"/g, (_all, text: string) => text.replace('.', '\\.')).replaceAll(' ', '')}$`);

describe('numbers within bounds', () => {
  const bounds: readonly (readonly [number | undefined, number | undefined])[] = [
    [0, 9],
    [1, 100],
    [0, 255],
    [37, 1234],
    [-5, 5],
    [-120, -7],
    [7, 7],
    [0, 0],
    [99, 101],
    [-1, undefined],
    [3, undefined],
    [undefined, 12],
    [undefined, -3],
  ];
  it.each(bounds)('accepts the integers from %s to %s and no others', (least, most) => {
    const pattern = matcher(integerGrammar(least, most));
    for (let value = -1300; value <= 1300; value += 1) {
      const isInside = value >= (least ?? -Infinity) && value <= (most ?? Infinity);
      expect([value, pattern.test(String(value))]).toEqual([value, isInside]);
    }
    expect(pattern.test('1e5')).toBe(false);
    expect(pattern.test('007')).toBe(false);
  });

  it.each([
    [0, 1],
    [-2, 3],
    [5, 10],
    [-9, -4],
  ] as const)('accepts the decimals from %d to %d and no others', (least, most) => {
    const pattern = matcher(decimalGrammar(least, most));
    for (let hundredths = -1200; hundredths <= 1200; hundredths += 1) {
      const value = hundredths / 100;
      if (Object.is(value, -0)) continue;
      expect([value, pattern.test(String(value))]).toEqual([value, value >= least && value <= most]);
    }
  });

  it('limits the digits when nothing else does', () => {
    expect(matcher(integerGrammar(undefined, undefined)).test('9'.repeat(16))).toBe(false);
    expect(matcher(integerGrammar(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)).test('-123456789')).toBe(true);
  });
});

describe('jsonGrammar', () => {
  it.each([
    ['a pattern', { type: 'string', pattern: '^a' }, /'pattern'/],
    ['a multiple', { type: 'integer', multipleOf: 5 }, /'multipleOf'/],
    ['all of several', { allOf: [{ type: 'string' }] }, /'allOf'/],
    ['not', { not: { type: 'string' } }, /'not'/],
    ['an unknown format', { type: 'string', format: 'email' }, /'email'/],
    ['an unknown type', { type: 'date' }, /'date'/],
    ['a bound with a fraction', { type: 'number', minimum: 0.5 }, /whole number/],
    ['a missing reference', { $ref: '#/$defs/nope' }, /nope/],
    ['another document', { $ref: 'https://example.com/s' }, /another document/],
    ['a required property that is not described', { type: 'object', properties: {}, required: ['a'] }, /'a'/],
    ['no value at all', { type: 'object', properties: { a: false }, required: ['a'] }, /nothing at all/],
  ])('refuses %s, with its location', (_name, schema, reason) => {
    expect(() => jsonGrammar(schema)).toThrow(
      expect.objectContaining({ code: 'schema_unsupported', message: expect.stringMatching(reason) as unknown }),
    );
  });

  it('writes properties in the order of `required` when all are required, because documents sort the keys of objects', () => {
    const properties = { a: { type: 'boolean' }, b: { type: 'null' } };
    const first = (required: string[]): string | undefined =>
      /^r0 ::= "\\"(\w)/m.exec(jsonGrammar({ type: 'object', properties, required }))?.[1];
    expect(first(['b', 'a'])).toBe('b');
    expect(first(['a', 'b'])).toBe('a');
    expect(first(['b'])).toBe('a');
  });

  it('names the location in a deep schema', () => {
    const schema = { type: 'object', properties: { list: { type: 'array', items: { type: 'string', pattern: 'x' } } } };
    expect(() => jsonGrammar(schema)).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ place: '#/properties/list/items' }) as unknown }),
    );
  });
});
