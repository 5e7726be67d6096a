import { describe, expect, it } from '@jest/globals';
import { Citation, type Passage } from '@heddle/core';
import fc from 'fast-check';
import { cite } from './cite.js';

const passages: readonly Passage[] = [
  {
    id: 'leave#0',
    document: 'people/leave.md',
    title: 'Leave',
    text: 'Everyone who works full time has 27 days of paid leave a year. Five days may be carried over until 31 March.\n\nLeave is booked in the calendar.',
    place: { headings: ['Leave', 'Holidays'] },
    collection: 'handbook',
  },
  {
    id: 'travel#0',
    document: 'people/travel-policy.pdf',
    title: 'Travel policy',
    text: 'Trains come before planes.\nA hotel may cost up to 140 euros a night; in London up to 1,200 kronor more.',
    place: { page: 2 },
  },
  {
    id: 'sites#0',
    document: 'sites/ghent.html',
    title: 'Ghent',
    text: '| Site | Opened |\n|---|---|\n| Ghent | 1998 |\n| Tilburg | 2004 |',
  },
];
const citeIn = (answer: string, question = '') => cite({ answer, question, passages });
const short = (answer: string, question = '') => citeIn(answer, question).map(({ number, quote }) => [number, quote]);

describe('cite', () => {
  it('finds the sentence that supports an answer without marks', () => {
    expect(
      short('Full-time employees get 27 days of paid leave per year.', 'How many days of leave do I get?'),
    ).toEqual([[1, 'Everyone who works full time has 27 days of paid leave a year.']]);
  });

  it('keeps the location, document, title and collection of the passage', () => {
    expect(citeIn('27 days of paid leave.')[0]).toMatchObject({
      passage: 'leave#0',
      document: 'people/leave.md',
      title: 'Leave',
      collection: 'handbook',
      place: { headings: ['Leave', 'Holidays'] },
      quoteStart: 0,
    });
    expect(citeIn('A hotel may cost up to 140 euros.')[0]).toMatchObject({ number: 2, place: { page: 2 } });
  });

  it('names the entities by which a search found the passage, and none for other passages', () => {
    const [first, second] = passages;
    const linked = [{ ...first!, linkedBy: ['Ghent', 'Ada'] }, second!];
    const found = cite({ answer: '27 days of paid leave [1]. Trains first [2].', question: '', passages: linked });
    expect(found.map(({ linkedBy }) => linkedBy)).toEqual([['Ghent', 'Ada'], undefined]);
    expect(found[1]).not.toHaveProperty('linkedBy');
    // Citations that older versions stored have no links.
    expect(found.map((one) => Citation.safeParse(one).success)).toEqual([true, true]);
  });

  it('cites each statement from its own passage, by number', () => {
    expect(
      short(
        'A hotel may cost 140 euros a night. You may carry over five days until 31 March. Ghent opened in 1998.',
      ).map(([number]) => number),
    ).toEqual([1, 2, 3]);
  });

  it('follows marks, even after the full stop and several in one', () => {
    expect(short('You have 27 days of paid leave [1].')).toEqual([
      [1, 'Everyone who works full time has 27 days of paid leave a year.'],
    ]);
    expect(short('You have 27 days. [1] Trains come first. [2]').map(([number]) => number)).toEqual([1, 2]);
    expect(short('Leave and travel are in the handbook [1, 2].').map(([number]) => number)).toEqual([1, 2]);
  });

  it('follows the mark of a statement in another language, and quotes what the question asks for', () => {
    expect(short('Siebenundzwanzig Urlaubstage [1].', 'When must leave be carried over?')).toEqual([
      [1, expect.stringContaining('carried over')],
    ]);
  });

  it('ignores marks of passages that do not exist', () => {
    expect(citeIn('Nothing of the kind is written [7][0][99].')).toEqual([]);
  });

  it('cites nothing without support in the passages', () => {
    expect(citeIn('The moon is made of green cheese.')).toEqual([]);
    expect(citeIn('I do not know.')).toEqual([]);
    expect(citeIn('Yes.')).toEqual([]);
    expect(citeIn('')).toEqual([]);
    expect(cite({ answer: 'Something', question: '', passages: [] })).toEqual([]);
  });

  it('does not cite a sentence with another number', () => {
    expect(citeIn('A cat has 9 lives a year.')).toEqual([]);
    const answer = citeIn('The fee is 140 euros.');
    expect(answer.map(({ number }) => number)).toEqual([2]);
  });

  it('matches numbers in another notation, and rows of tables', () => {
    expect(short('It costs 1200 kronor more in London.')).toEqual([[2, expect.stringContaining('1,200 kronor')]]);
    expect(short('1998', 'When did Ghent open?')).toEqual([[3, '| Ghent | 1998 |']]);
    expect(short('5 days may be carried over.')).toEqual([[1, 'Five days may be carried over until 31 March.']]);
  });

  it('finds a number in a row of a table, whole and with decimals', () => {
    const table: readonly Passage[] = [
      { id: 't', document: 't', text: 'W-25,Wren loom,149,3 days\nW-26,Osprey loom,2400.00,5 days' },
    ];
    const quotes = (answer: string) => cite({ answer, question: '', passages: table }).map(({ quote }) => quote);
    expect(quotes('149')).toEqual(['W-25,Wren loom,149,3 days']);
    expect(quotes('The Osprey loom costs 2,400 euros.')).toEqual(['W-26,Osprey loom,2400.00,5 days']);
  });

  it('takes the passage about the question if a short answer is in several', () => {
    const two: readonly Passage[] = [
      { id: 'a', document: 'a', text: 'Lunch is at noon in Ghent.' },
      { id: 'b', document: 'b', text: 'The head office is in Ghent.' },
    ];
    expect(
      cite({ answer: 'Ghent.', question: 'Where is the head office?', passages: two }).map(({ passage }) => passage),
    ).toEqual(['b']);
  });

  it('finds words in scripts without spaces', () => {
    const chinese: readonly Passage[] = [
      { id: 'zh', document: 'zh', text: '员工每年有二十七天带薪休假。酒店费用每晚最多一百四十欧元。' },
    ];
    expect(
      cite({ answer: '酒店费用每晚最多一百四十欧元。', question: '', passages: chinese }).map(({ quote }) => quote),
    ).toEqual(['酒店费用每晚最多一百四十欧元。']);
  });

  it('quotes the passages literally, whatever they and the answer contain', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '27',
        'days',
        'leave',
        '. ',
        '\n',
        ' ',
        '[1]',
        '[2, 1]',
        '|',
        '。',
        'İ',
        '👩‍👩‍👧',
        'ß',
        '1,200',
        "it's",
      ),
      fc.string({ maxLength: 6, unit: 'grapheme' }),
    );
    const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, text, fc.array(text, { maxLength: 4 }), (answer, question, texts) => {
        const given = texts.map((each, index): Passage => ({ id: `p${index}`, document: 'd', text: each }));
        const citations = cite({ answer, question, passages: given });
        for (const citation of citations) {
          const passage = given[citation.number - 1];
          // A passage without words has nothing to quote; only a mark can cite it.
          if (passage?.text.trim() === '') continue;
          expect(citation).toMatchObject({ passage: passage?.id, quote: expect.stringMatching(/./s) });
          expect(passage?.text.slice(citation.quoteStart, citation.quoteEnd)).toBe(citation.quote);
        }
        expect(citations.map(({ number }) => number)).toEqual(
          citations.map(({ number }) => number).sort((a, b) => a - b),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('stays quick with a long answer and many passages', () => {
    const many = Array.from({ length: 50 }, (_, index): Passage => ({
      id: `p${index}`,
      document: 'd',
      text: `Rule ${index} says that item ${index} costs ${index * 7} euros. `.repeat(20),
    }));
    const answer = Array.from({ length: 100 }, (_, index) => `Item ${index} costs ${index * 7} euros.`).join(' ');
    const started = performance.now();
    expect(cite({ answer, question: 'What does it cost?', passages: many }).length).toBeGreaterThan(0);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
