import { expect, it } from '@jest/globals';
import { jsonSchemaOf } from '@heddle/core';
import { z } from 'zod';
import { plainSchema } from './plain-schema.js';

it('keeps the keywords of JSON Schema at every depth, and a property of any name', () => {
  expect(
    plainSchema({
      type: 'object',
      widget: 'model',
      required: ['widget'],
      properties: { widget: { $ref: '#/components/schemas/A', modelKind: 'generate', default: { widget: 1 } } },
      additionalProperties: false,
    }),
  ).toEqual({
    type: 'object',
    required: ['widget'],
    additionalProperties: false,
    properties: { widget: { $ref: '#/components/schemas/A', default: { widget: 1 } } },
  });
});

it('writes an exclusive bound as a number, from the form of either version', () => {
  expect(plainSchema({ minimum: 0, exclusiveMinimum: true, maximum: 5, exclusiveMaximum: false })).toEqual({
    exclusiveMinimum: 0,
    maximum: 5,
  });
  expect(plainSchema({ exclusiveMinimum: 0 })).toEqual({ exclusiveMinimum: 0 });
});

it('states the number of items of a tuple', () => {
  expect(plainSchema(jsonSchemaOf(z.tuple([z.string(), z.number()])))).toMatchObject({
    prefixItems: [{ type: 'string' }, { type: 'number' }],
    items: {},
    minItems: 2,
    maxItems: 2,
  });
});

it('replaces allOf with one schema by that schema', () => {
  expect(plainSchema({ allOf: [{ $ref: '#/components/schemas/A' }] })).toEqual({ $ref: '#/components/schemas/A' });
});

it('writes character classes as ranges, which every language reads', () => {
  const { pattern } = plainSchema({ pattern: String.raw`^[^\p{Cc}\p{Zl}]*$` }) as { readonly pattern: string };
  expect(pattern).toBe(String.raw`^[^\u0000-\u001f\u007f-\u009f\u2028]*$`);
  expect([new RegExp(pattern, 'u').test('Handbook'), new RegExp(pattern, 'u').test('a\u2028b')]).toEqual([true, false]);
});

it.each(['Cc', 'Cf', 'Zl', 'Zp'])('writes the class %s with all of its characters and no other', (name) => {
  const { pattern } = plainSchema({ pattern: `^[\\p{${name}}]$` }) as { readonly pattern: string };
  expect(pattern).not.toContain('\\p{');
  // Spectral compiles patterns without the flag `u`.
  expect(() => new RegExp(pattern, '')).not.toThrow();
  const ours = new RegExp(pattern, 'u');
  const real = new RegExp(`^\\p{${name}}$`, 'u');
  const others: string[] = [];
  for (let point = 0; point <= 0x10ffff; point += 1) {
    const character = String.fromCodePoint(point);
    if (ours.test(character) !== real.test(character)) others.push(point.toString(16));
  }
  expect(others).toEqual([]);
});

it('leaves out surrogates, which UTF-8 cannot contain and validators refuse', () => {
  const { pattern } = plainSchema({ pattern: String.raw`^[^\p{Cc}\p{Cs}]*$` }) as { readonly pattern: string };
  expect(pattern).toBe(String.raw`^[^\u0000-\u001f\u007f-\u009f]*$`);
  // Also without the flag `u`, where an emoji is two surrogates.
  expect([new RegExp(pattern, 'u').test('🧵'), new RegExp(pattern, '').test('🧵')]).toEqual([true, true]);
});
