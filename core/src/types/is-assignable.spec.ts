import { describe, expect, it } from '@jest/globals';
import { convertValue, isAssignable } from './is-assignable.js';
import { portTypeNames } from './port-type.js';

describe('isAssignable', () => {
  it('accepts exactly the same type, Json, one item for a list, Text for Messages, Number and Boolean for Text', () => {
    const allowed = new Set<string>();
    for (const from of portTypeNames)
      for (const to of portTypeNames) if (isAssignable(from, to)) allowed.add(`${from} ${to}`);
    const expected = new Set<string>();
    for (const type of portTypeNames) {
      expected.add(`${type} ${type}`);
      expected.add(`${type} Json`);
      if (!type.endsWith('[]')) expected.add(`${type} ${type}[]`);
    }
    for (const pair of ['Text Messages', 'Number Text', 'Boolean Text']) expected.add(pair);
    expect(allowed).toEqual(expected);
  });

  it('converts values between assignable types', () => {
    expect(convertValue('hi', 'Text', 'Messages')).toEqual([{ role: 'user', content: 'hi' }]);
    expect(convertValue(3, 'Number', 'Text')).toBe('3');
    expect(convertValue('hi', 'Text', 'Text[]')).toEqual(['hi']);
    const value = { a: 1 };
    expect(convertValue(value, 'Passages', 'Json')).toBe(value);
  });
});
