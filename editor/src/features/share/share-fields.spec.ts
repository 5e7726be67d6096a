import { describe, expect, it } from '@jest/globals';
import { createFormFiles } from '../../ui/schema-form/form-files.js';
import { readFields } from '../../ui/schema-form/read-fields.js';
import { lightness, textColourOn } from './colours.js';
import { questionOf, shareField } from './share-fields.js';

const inputOf = (type: string, more: object = {}) => ({ name: 'x', type, isRequired: true, schema: {}, ...more });
const field = (type: string, more: object = {}) => shareField(inputOf(type, more), 1_000);
const typed = (type: string, text: string | undefined, more: object = {}) =>
  readFields([field(type, more)], text === undefined ? {} : { x: text });

describe('a field of a shared form', () => {
  it.each([
    ['Text', 'a', 'a'],
    ['Number', '1,5', 1.5],
    ['Text[]', ' a \n\nb', ['a', 'b']],
    ['Number[]', '1\n2', [1, 2]],
    ['Json', '{"a":[1]}', { a: [1] }],
    ['Messages', 'hi', [{ role: 'user', content: 'hi' }]],
  ])('reads %s', (type, text, value) => {
    const read = typed(type, text);
    expect(read.ok && questionOf([inputOf(type)], read.values, createFormFiles()).inputs).toEqual({ x: value });
  });

  it.each([
    ['Text', '', 'x is required.', { type: 'string' }],
    ['Text', 'long', 'At most 3 characters; this has 4.', { type: 'string', maxLength: 3 }],
    ['Number', 'many', 'A number, such as 3 or 0.5.', { type: 'number' }],
    ['Number[]', '1\nx', 'Entry 2: A number, such as 3 or 0.5.', { type: 'array', items: { type: 'number' } }],
    ['Json', '{', 'This is not valid JSON', {}],
  ])('says what is wrong with %s %s', (type, text, message, schema) => {
    expect(typed(type, text, { schema })).toEqual({ ok: false, errors: { x: expect.stringContaining(message) } });
  });

  it('offers choices, checkboxes and defaults, and leaves out empty optional fields', () => {
    const more = { schema: { enum: ['a', 'b'] }, default: 'b', title: 'Which', help: 'One of two.' };
    expect(field('Text', more)).toMatchObject({
      kind: 'choice',
      choices: ['a', 'b'],
      title: 'Which',
      help: 'One of two.',
    });
    expect(typed('Text', undefined, more)).toEqual({ ok: true, values: { x: 'b' } });
    expect(typed('Boolean', undefined, { default: true })).toEqual({ ok: true, values: { x: true } });
    expect(typed('Boolean', undefined)).toEqual({ ok: true, values: { x: false } });
    expect(typed('Json', undefined, { default: { a: 1 } })).toEqual({ ok: true, values: { x: { a: 1 } } });
    expect(typed('Text', undefined, { isRequired: false })).toEqual({ ok: true, values: {} });
  });

  it('adds the selected files to the request in their order, and refuses a large one', async () => {
    const held = createFormFiles(1);
    const a = new File(['a'], 'a.txt');
    const b = new File(['b'], 'b.txt');
    const refs = await Promise.all([held.store(a), held.store(b)]);
    expect(questionOf([inputOf('File[]')], { x: refs.toReversed() }, held)).toEqual({
      inputs: {},
      files: { x: [b, a] },
    });
    await expect(held.store(new File(['cc'], 'c.txt'))).rejects.toThrow("'c.txt' is larger than 1 B.");
    expect(field('File[]').help).toBe('At most 1.0 kB each.');
  });
});

it('text on a colour is readable, whatever the colour', () => {
  for (const colour of ['#000000', '#ffffff', '#ffd166', '#4338ca', '#777777', '#ff0000', '#00ff00']) {
    const light = lightness(colour);
    const text = lightness(textColourOn(colour));
    expect((Math.max(light, text) + 0.05) / (Math.min(light, text) + 0.05)).toBeGreaterThanOrEqual(4.5);
  }
});
