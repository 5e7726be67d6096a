import { describe, expect, it } from '@jest/globals';
import { parseValue, parseValueSteps } from './parse-value.js';
import { runThrough } from './steps.js';
import { checkValue, checkValueSteps, isSmallValue, valueBounds } from './value-bounds.js';

/** Nested lists. */
function nested(depth: number): unknown {
  let value: unknown = 'end';
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}

/** The code and the message of a refusal; `fine` for an accepted value. */
const outcomeOf = (work: () => unknown): { readonly code: unknown; readonly message: string } | 'fine' => {
  try {
    work();
    return 'fine';
  } catch (error) {
    return error instanceof Error
      ? { code: 'code' in error ? error.code : error.name, message: error.message }
      : { code: 'none', message: String(error) };
  }
};
const check = (value: unknown) => outcomeOf(() => checkValue(value, "The output 'json' of 'fetch'"));
const refused = (message: RegExp) => ({ code: 'value_too_complex', message: expect.stringMatching(message) });

describe('the bounds of a value', () => {
  it('accepts 500 levels, and refuses deeper values and values that contain themselves', () => {
    expect(check(nested(500))).toBe('fine');
    for (const depth of [501, 5_000, 200_000])
      expect(check(nested(depth))).toEqual(
        refused(/^The output 'json' of 'fetch' is nested more than 500 levels deep/),
      );
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(check(loop)).toEqual(refused(/contains itself/));
  });

  it('counts a shared value at each use: twenty levels of doubled lists are a million values', () => {
    let value: unknown = { word: 'x' };
    for (let level = 0; level < 20; level += 1) value = [value, value];
    expect(check(value)).toEqual(refused(/more than 400,000 members and items/));
  });

  it('limits members, the width of an object, names and characters', () => {
    const wide = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, 1]));
    expect(check(Array.from({ length: 400_000 }, () => 1))).toBe('fine');
    expect(check(Array.from({ length: 400_001 }, () => 1))).toEqual(refused(/400,000/));
    expect(check(wide(50_000))).toBe('fine');
    expect(check(wide(50_001))).toEqual(refused(/an object of more than 50,000 members/));
    expect(check({ ['x'.repeat(4_096)]: 1 })).toBe('fine');
    expect(check({ ['x'.repeat(4_097)]: 1 })).toEqual(refused(/a member whose name is longer than 4,096/));
    const half = 'x'.repeat(valueBounds.characters / 2);
    expect(check([half, half])).toBe('fine');
    expect(check([half, `${half}x`])).toEqual(refused(/more than 33,554,432 characters/));
    expect(check(`${half}${half}x`)).toEqual(refused(/characters/));
    expect(check(new Float32Array(400_001))).toEqual(refused(/400,000/));
  });

  it('refuses a BigInt, which could not be written', () => {
    for (const value of [1n, { a: [1n] }])
      expect(check(value)).toEqual({ code: 'node_output_invalid', message: expect.stringMatching(/BigInt/) });
  });

  it('checks texts and small flat lists and objects in one step', () => {
    for (const value of ['text', 1, true, null, undefined, [1, 'a'], { a: 1, b: 'x' }, [], {}])
      expect([value, isSmallValue(value)]).toEqual([value, true]);
    for (const value of [{ a: {} }, [[]], 1n, { a: 1n }, { ['x'.repeat(5_000)]: 1 }, 'x'.repeat(40_000_000)])
      expect(isSmallValue(value)).toBe(false);
  });

  it('pauses while it checks a large value', () => {
    const steps = checkValueSteps(
      Array.from({ length: 1_000 }, () => Array.from({ length: 300 }, () => 'x')),
      'The value',
    );
    let ticks = 0;
    while (steps.next().done !== true) ticks += 1;
    expect(ticks).toBeGreaterThan(10);
  });
});

describe('parseValue', () => {
  it('parses JSON, and refuses a value outside the bounds before it is built', () => {
    expect(parseValue('{"a":[1,{"b":null}]}', 'The reply')).toEqual({ a: [1, { b: null }] });
    for (const parse of [parseValue, (text: string, where: string) => runThrough(parseValueSteps(text, where))]) {
      expect(outcomeOf(() => parse('['.repeat(5_000), 'The reply'))).toEqual(refused(/^The reply cannot be read: /));
      expect(outcomeOf(() => parse(`[${'1,'.repeat(400_001)}1]`, 'The reply'))).toEqual(refused(/400,000/));
      expect(outcomeOf(() => parse('[1e999]', 'The reply'))).toEqual(refused(/too large/));
      expect(outcomeOf(() => parse('[1', 'The reply'))).toMatchObject({ code: 'SyntaxError' });
    }
  });
});
