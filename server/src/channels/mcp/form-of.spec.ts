import { describe, expect, it } from '@jest/globals';
import { formOf } from './form-of.js';

const form = (properties: object, required: string[] = []) =>
  formOf({ title: 'T', schema: { type: 'object', properties, required } });

describe('a question as a form of the protocol', () => {
  it('keeps what the protocol supports: kinds, choices, limits, titles and defaults', () => {
    const fields = {
      name: { type: 'string', title: 'Name', minLength: 1, maxLength: 9, format: 'email', default: 'Ada' },
      age: { type: 'integer', minimum: 0, maximum: 150, default: 30 },
      score: { type: 'number', description: 'Of 100', default: 95.5 },
      verified: { type: 'boolean', default: true },
      one: { type: 'string', enum: ['a', 'b'], default: 'a' },
      named: { type: 'string', enum: ['a', 'b'], enumNames: ['A', 'B'] },
      titled: { type: 'string', oneOf: [{ const: 'a', title: 'A' }] },
      many: { type: 'array', items: { type: 'string', enum: ['a', 'b'] }, minItems: 1, maxItems: 2, default: ['a'] },
      several: { type: 'array', items: { anyOf: [{ const: 'a', title: 'A' }] } },
    };
    expect(form(fields, ['name'])).toEqual({ type: 'object', properties: fields, required: ['name'] });
  });

  it('adds the buttons as a choice with their captions', () => {
    const buttons = [{ id: 'approve', title: 'Approve it' }];
    const schema = {
      type: 'object',
      properties: { choice: { type: 'string', enum: ['approve'] } },
      required: ['choice'],
    };
    expect(formOf({ title: 'T', schema, buttons })).toEqual({
      type: 'object',
      required: ['choice'],
      properties: { choice: { type: 'string', title: 'Choice', enum: ['approve'], enumNames: ['Approve it'] } },
    });
  });

  it.each([
    [{ type: 'object' }],
    [{ type: 'array', items: { type: 'number' } }],
    [{ type: 'array' }],
    [{ type: 'string', enum: ['a', 1] }],
    [{ type: 'string', oneOf: [{ const: 1 }] }],
    [{ type: 'string', const: 'a' }],
    [{ $ref: '#/x' }],
    ['text'],
    [{}],
  ])('is not possible when a field needs more: %j', (field) => {
    expect(form({ field })).toBeUndefined();
  });
});
