/** @jest-environment jsdom */
import { describe, expect, it } from '@jest/globals';
import { lightness, wordsOn } from './colours.js';
import { createField } from './form-field.js';

const field = (type: string, more: object = {}) =>
  createField({ name: 'x', type, isRequired: true, schema: {}, ...more }, 1_000);
const typed = (type: string, value: string, more: object = {}) => {
  const made = field(type, more);
  const control = made.element.querySelector('input, textarea, select');
  if (control !== null) Reflect.set(control, 'value', value);
  return made.read();
};

describe('a field of a shared form', () => {
  it.each([
    ['Text', 'a', 'a'],
    ['Number', '1,5', 1.5],
    ['Text[]', ' a \n\nb', ['a', 'b']],
    ['Number[]', '1\n2', [1, 2]],
    ['Json', '{"a":[1]}', { a: [1] }],
    ['Messages', 'hi', [{ role: 'user', content: 'hi' }]],
  ])('reads %s', (type, text, value) => {
    expect(typed(type, text)).toEqual({ kind: 'value', value });
  });

  it.each([
    ['Text', '', 'x is required.'],
    ['Text', 'long', 'At most 3 characters; this has 4.'],
    ['Number', 'many', 'Enter a number.'],
    ['Number[]', '1\nx', "'x' is not a number."],
    ['Json', '{', 'This is not valid JSON'],
  ])('says what is wrong with %s %s', (type, text, words) => {
    const read = typed(type, text, { schema: { maxLength: 3 } });
    expect(read).toEqual({ kind: 'problem', words: expect.stringContaining(words) });
  });

  it('offers choices, ticks and defaults, and leaves out what is not needed', () => {
    const made = field('Text', { schema: { enum: ['a', 'b'] }, default: 'b', title: 'Which', help: 'One of two.' });
    expect(made.read()).toEqual({ kind: 'value', value: 'b' });
    expect(made.element.querySelector('label')?.textContent).toBe('Which');
    expect(field('Boolean', { default: true }).read()).toEqual({ kind: 'value', value: true });
    expect(field('Json', { default: { a: 1 } }).read()).toEqual({ kind: 'value', value: { a: 1 } });
    expect(field('Text', { isRequired: false }).read()).toEqual({ kind: 'nothing' });
  });

  it('tells a problem to the eye and to the ear', () => {
    const made = field('Text');
    made.say('Wrong.');
    const control = made.element.querySelector('textarea');
    expect(control?.getAttribute('aria-invalid')).toBe('true');
    const about = control?.getAttribute('aria-describedby')?.split(' ') ?? [];
    expect(about.map((id) => made.element.querySelector(`#${id}`)?.textContent)).toContain('Wrong.');
  });
});

it('words on a colour can be read, whatever the colour', () => {
  for (const colour of ['#000000', '#ffffff', '#ffd166', '#4338ca', '#777777', '#ff0000', '#00ff00']) {
    const light = lightness(colour);
    const words = lightness(wordsOn(colour));
    expect((Math.max(light, words) + 0.05) / (Math.min(light, words) + 0.05)).toBeGreaterThanOrEqual(4.5);
  }
});
