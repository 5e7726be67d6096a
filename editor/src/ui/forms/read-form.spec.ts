import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { readForm } from './read-form.js';

const Channel = z.object({
  name: z.string().min(1),
  size: z.object({ width: z.number(), height: z.number() }),
  limits: z.record(z.string(), z.number()).refine((limits) => Object.keys(limits).length > 0, 'Set an amount.'),
});
const text = { name: 'Name the channel.', 'size.height': 'The height is a number.', size: 'The size is of numbers.' };
const channel = { name: 'Front', size: { width: 1, height: 2 }, limits: { a: 1 } };

describe('the values of a form', () => {
  it('are read by the schema', () => expect(readForm(Channel, channel, text)).toEqual(channel));

  it.each([
    ['with the text of the form', { name: '' }, 'Name the channel.'],
    ['with the text of an inner field', { size: { width: 1, height: '' } }, 'The height is a number.'],
    ['once when two fields have the same text', { size: { width: '', height: 2 } }, 'The size is of numbers.'],
    ['with the text of the schema, without its name for the field', { limits: {} }, 'Set an amount.'],
    ['all at once', { name: '', limits: {} }, 'Name the channel. Set an amount.'],
    [
      'with the path of a field when the form has no text',
      { limits: { a: 'x' } },
      'Limits › a: Give a number, not a text.',
    ],
  ])('are refused %s', (_how, change, message) =>
    expect(() => readForm(Channel, { ...channel, ...change }, text)).toThrow(
      expect.objectContaining({ code: 'bad_request', message }),
    ),
  );
});
