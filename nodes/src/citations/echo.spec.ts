import { describe, expect, it } from '@jest/globals';
import type { Passage } from '@heddle/core';
import { cite } from './cite.js';
import { isEcho } from './echo.js';
import { groundAnswer } from './ground-answer.js';

const question = 'How much is the meal allowance on business trips?';
const passages: readonly Passage[] = [
  {
    id: 'a',
    document: 'a.md',
    text: 'The meal allowance on business trips is 48 euros a day. It is paid without receipts.',
  },
];
const citeIn = (answer: string, asked = question) => cite({ answer, question: asked, passages });

describe('a sentence that only repeats the question', () => {
  it('is distinguished from one that adds information', () => {
    for (const echo of [
      'The meal allowance on business trips.',
      'How much is the meal allowance on business trips?',
      'According to the text, the meal allowances on a business trip are much.',
    ])
      expect([echo, isEcho(echo, question)]).toEqual([echo, true]);
    for (const said of [
      'It is 48 euros.',
      'The meal allowance is 48 euros.',
      'The meal allowance is paid.',
      '',
      'Yes.',
    ])
      expect([said, isEcho(said, question)]).toEqual([said, false]);
    expect(isEcho('Yes, dogs may come on Tuesdays.', 'May dogs come on Tuesdays?')).toBe(false);
    expect(isEcho('Dogs may come on Tuesdays.', 'May dogs come on Tuesdays?')).toBe(true);
    expect(isEcho('The meal allowance.', '')).toBe(false);
  });

  it('is not cited, even if it has a mark, unlike the other sentences', () => {
    expect(citeIn('The meal allowance on business trips.')).toEqual([]);
    expect(citeIn('How much is the meal allowance on business trips? [1]')).toEqual([]);
    const [only, ...others] = citeIn('The meal allowance on business trips. The meal allowance is 48 euros a day.');
    expect(others).toEqual([]);
    expect(only).toMatchObject({ number: 1, sentences: ['The meal allowance is 48 euros a day.'] });
  });

  it('counts as unsupported', async () => {
    const answer = 'The meal allowance on business trips. It is 48 euros a day.';
    const given = { enough: 0.5, question };
    expect((await groundAnswer(answer, passages, given)).map(({ isSupported }) => isSupported)).toEqual([false, true]);
    expect((await groundAnswer(answer, passages, { enough: 0.5 })).map((one) => one.isSupported)).toEqual([true, true]);
  });
});

it('lists with each citation the sentences that it supports', () => {
  const citations = citeIn('The allowance is 48 euros a day. It is paid without any receipts. The moon is far.');
  expect(citations.map(({ quote, sentences }) => [quote, sentences])).toEqual([
    ['The meal allowance on business trips is 48 euros a day.', ['The allowance is 48 euros a day.']],
    ['It is paid without receipts.', ['It is paid without any receipts.']],
  ]);
});
