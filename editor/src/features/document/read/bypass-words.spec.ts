import { describe, expect, it } from '@jest/globals';
import type { PortDescription, PortTypeName } from '@heddle/core';
import { bypassWords } from './bypass-words.js';

const port = (name: string, type: PortTypeName): PortDescription => ({ name, type, isOptional: false, mode: 'one' });
const wordsOf = (input: PortTypeName, output: PortTypeName, name = 'out'): string =>
  bypassWords({ inputs: [port('in', input)], outputs: [port(name, output)] });

describe('what a bypassed card says', () => {
  it('tells what passes by the types of its ports', () => {
    expect(wordsOf('Text', 'Messages')).toBe('Bypassed: values pass through');
    expect(wordsOf('Passages', 'Json')).toBe('Bypassed: values pass through');
    expect(wordsOf('Text', 'Passages')).toBe('Bypassed: no value can pass through');
    expect(wordsOf('Json', 'Json', 'error')).toBe('Bypassed: no value can pass through');
    expect(bypassWords({ inputs: [], outputs: [port('out', 'Text')] })).toBe('Bypassed: no value can pass through');
  });

  it('leaves it to the value where an input takes everything, as the variables of a prompt do', () => {
    expect(wordsOf('Json', 'Text')).toBe('Bypassed: matching values pass through');
  });
});
