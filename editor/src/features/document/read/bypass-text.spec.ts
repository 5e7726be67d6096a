import { describe, expect, it } from '@jest/globals';
import type { PortDescription, PortTypeName } from '@heddle/core';
import { bypassText } from './bypass-text.js';

const port = (name: string, type: PortTypeName): PortDescription => ({ name, type, isOptional: false, mode: 'one' });
const textOf = (input: PortTypeName, output: PortTypeName, name = 'out'): string =>
  bypassText({ inputs: [port('in', input)], outputs: [port(name, output)] });

describe('the text of a bypassed card', () => {
  it('says by the types of its ports whether values pass through', () => {
    expect(textOf('Text', 'Messages')).toBe('Bypassed: values pass through');
    expect(textOf('Passages', 'Json')).toBe('Bypassed: values pass through');
    expect(textOf('Text', 'Passages')).toBe('Bypassed: no value can pass through');
    expect(textOf('Json', 'Json', 'error')).toBe('Bypassed: no value can pass through');
    expect(bypassText({ inputs: [], outputs: [port('out', 'Text')] })).toBe('Bypassed: no value can pass through');
  });

  it('says that matching values pass through when an input takes every type', () => {
    expect(textOf('Json', 'Text')).toBe('Bypassed: matching values pass through');
  });
});
