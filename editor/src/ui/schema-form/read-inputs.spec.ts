import { describe, expect, it } from '@jest/globals';
import type { PortDescription } from '@heddle/core';
import { readInputs } from './read-inputs.js';

const port = (name: string, type: PortDescription['type'], more: Partial<PortDescription> = {}): PortDescription => ({
  name,
  type,
  isOptional: false,
  mode: 'one',
  ...more,
});

describe('readInputs', () => {
  it('reads each type from typed text', () => {
    const ports = [
      port('q', 'Text'),
      port('n', 'Number'),
      port('b', 'Boolean'),
      port('m', 'Messages'),
      port('j', 'Json'),
      port('l', 'Text[]'),
    ];
    expect(readInputs(ports, { q: ' why ', n: '0.5', b: 'false', m: 'hi', j: '{"a":1}', l: '["x"]' })).toEqual({
      ok: true,
      values: { q: ' why ', n: 0.5, b: false, m: [{ role: 'user', content: 'hi' }], j: { a: 1 }, l: ['x'] },
    });
  });

  it('names every wrong field, and what it requires', () => {
    const ports = [
      port('q', 'Text', { title: 'Your question' }),
      port('n', 'Number'),
      port('j', 'Json'),
      port('l', 'Text[]'),
    ];
    expect(readInputs(ports, { q: '  ', n: 'many', j: '{', l: '[1]' })).toEqual({
      ok: false,
      errors: {
        q: 'Your question is required.',
        n: 'Enter a number, such as 3 or 0.5.',
        j: 'This is not valid JSON. Texts need quotes, such as ["one", "two"].',
        l: expect.stringContaining('Not of type Text[]'),
      },
    });
  });

  it('leaves out empty fields that are optional or have a default', () => {
    expect(readInputs([port('a', 'Text', { isOptional: true }), port('b', 'Number', { default: 3 })], {})).toEqual({
      ok: true,
      values: {},
    });
  });
});
