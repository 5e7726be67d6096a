import { expect, it } from '@jest/globals';
import { markedText } from './marked-text.js';

const of = (number: number, ...sentences: string[]) => ({ number, sentences });

it('puts the marks of all sources after their sentences', () => {
  const text = 'It is 48 euros a day. No receipt is needed.\n\nHello.';
  expect(
    markedText(text, [of(2, 'No receipt is needed.'), of(1, 'It is 48 euros a day.', 'No receipt is needed.')]),
  ).toBe('It is 48 euros a day. [1] No receipt is needed. [1, 2]\n\nHello.');
});

it('does not change sentences that name their source, or texts without cited sentences', () => {
  expect(markedText('It is 48 [1].', [of(1, 'It is 48 [1].')])).toBe('It is 48 [1].');
  expect(markedText('It is 48 [1].', [of(1, 'It is 48 [1].'), of(2, 'It is 48 [1].')])).toBe('It is 48 [1]. [2]');
  expect(markedText('Another answer.', [of(1, 'It is 48.', ''), { number: 2 }])).toBe('Another answer.');
});
