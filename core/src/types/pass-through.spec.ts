import { describe, expect, it } from '@jest/globals';
import { mayPassThrough, passThrough } from './pass-through.js';
import { portTypeNames } from './port-type.js';
import { isAssignable } from './is-assignable.js';

describe('a bypassed node', () => {
  it('converts a value from a typed input like an edge, in both steps', () => {
    expect(passThrough('hi', 'Text', 'Text', 'Text')).toBe('hi');
    expect(passThrough('hi', 'Text', 'Text', 'Messages')).toEqual([{ role: 'user', content: 'hi' }]);
    expect(passThrough(5, 'Number', 'Text', 'Messages')).toEqual([{ role: 'user', content: '5' }]);
    expect(passThrough('hi', 'Text', 'Text', 'Number')).toBeUndefined();
  });

  it('passes through an input of type Json by the type the value had before it', () => {
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

  it('may pass what an edge would carry, and anything through Json', () => {
    for (const input of portTypeNames)
      for (const output of portTypeNames)
        expect(mayPassThrough(input, output)).toBe(input === 'Json' || isAssignable(input, output));
  });
});
