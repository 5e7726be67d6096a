import { expect, it } from '@jest/globals';
import { answerLines } from './answer.js';

const source = { number: 1, passage: 'p', document: 'vera.md', quote: 'VERA was born.', quoteStart: 0, quoteEnd: 14 };

it('names the entities by which a source was found', () => {
  const linked = { ...source, title: 'Vera', place: { page: 2 }, linkedBy: ['VERA', 'LOWTOWN'] };
  expect(answerLines({ answer: 'In Lowtown [1].', sources: [linked, source] })).toEqual([
    'In Lowtown [1].',
    '',
    'Sources:',
    '  [1] Vera (vera.md), page 2, found through VERA, LOWTOWN: "VERA was born."',
    '  [1] vera.md: "VERA was born."',
  ]);
});
