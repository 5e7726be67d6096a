import { describe, expect, it } from '@jest/globals';
import { mayPassThrough, passThrough } from './pass-through.js';
import { portTypeNames } from './port-type.js';
import { isAssignable } from './is-assignable.js';

describe('a bypassed node', () => {
  it('converts a value like two edges: to the type of its input, then to the type of its output', () => {
    expect(passThrough('hi', 'Text', 'Text', 'Text')).toBe('hi');
    expect(passThrough('hi', 'Text', 'Text', 'Messages')).toEqual([{ role: 'user', content: 'hi' }]);
    expect(passThrough(5, 'Number', 'Text', 'Messages')).toEqual([{ role: 'user', content: '5' }]);
    expect(passThrough('hi', 'Text', 'Text', 'Number')).toBeUndefined();
  });

  it('converts a value at a Json input from the type that it had before', () => {
    expect(passThrough('hi', 'Text', 'Json', 'Text')).toBe('hi');
    expect(passThrough(5, 'Number', 'Json', 'Text')).toBe('5');
    expect(passThrough([], 'Passages', 'Json', 'Messages')).toBeUndefined();
    expect(passThrough('hi', 'Text', 'Json', 'Number')).toBeUndefined();
  });

  it('decides by the value if nothing declares its type', () => {
    expect(passThrough('hi', 'Json', 'Json', 'Text')).toBe('hi');
    expect(passThrough('hi', 'Json', 'Json', 'Text[]')).toEqual(['hi']);
    expect(passThrough(true, 'Json', 'Json', 'Text')).toBe('true');
    expect(passThrough({ a: 1 }, 'Json', 'Json', 'Text')).toBeUndefined();
    expect(passThrough(null, 'Json', 'Json', 'Text')).toBeUndefined();
    expect(passThrough({ a: 1 }, 'Json', 'Json', 'Json')).toEqual({ a: 1 });
    expect(passThrough([{ role: 'user', content: 'hi' }], 'Json', 'Json', 'Messages')).toHaveLength(1);
    expect(passThrough([{ role: 1 }], 'Json', 'Json', 'Messages')).toBeUndefined();
  });

  it('may pass all types that an edge allows, and every type through a Json input', () => {
    for (const input of portTypeNames)
      for (const output of portTypeNames)
        expect(mayPassThrough(input, output)).toBe(input === 'Json' || isAssignable(input, output));
  });
});
