import { expect, it } from '@jest/globals';
import { citationsAsShown } from './citations-as-shown.js';

const cited = (...numbers: number[]) => numbers.map((number, index) => ({ number, quote: `${index}` }));
const shown = (text: string, ...numbers: number[]): string[] =>
  citationsAsShown(text, cited(...numbers)).map((citation) => `${citation.number}→${citation.shown}`);

it('citations are numbered in the order in which the answer shows them', () => {
  expect(shown('Paid [3], then [1]. Again [3].', 1, 3)).toEqual(['3→1', '1→2']);
  expect(shown('Both [4, 2].', 2, 4)).toEqual(['4→1', '2→2']);
});

it('citations that the answer does not mark follow in their own order', () => {
  expect(shown('Only [5].', 2, 5, 7)).toEqual(['5→1', '2→2', '7→3']);
  expect(shown('None.', 3, 1)).toEqual(['3→1', '1→2']);
  expect(shown('', 9)).toEqual(['9→1']);
});

it('citations of one passage share a number', () => {
  expect(shown('See [2].', 2, 2, 1)).toEqual(['2→1', '2→1', '1→2']);
});

it('numbers in code and unknown numbers are no citations', () => {
  expect(shown('`a[2]` and\n```\nb[2]\n```\n[1] [8] [2]', 1, 2)).toEqual(['1→1', '2→2']);
  expect(shown('[99] [1]', 1)).toEqual(['1→1']);
});
