import { describe, expect, it } from '@jest/globals';
import fixture from '../__fixtures__/metrics.json' with { type: 'json' };
import { sentenceBleu } from './bleu.js';
import { numberWithin } from './checks.js';
import { sentenceChrf } from './chrf.js';
import { editDistance, textSimilarity } from './edit-distance.js';
import { stemWord } from './porter-stemmer.js';
import { confusionAt, ndcgAt, recallAt, reciprocalRank } from './retrieval.js';
import { rouge, type Rouge } from './rouge.js';

const { pairs, closeness, stems } = fixture;
const rankings: readonly Ranking[] = fixture.rankings;

/** What `make-metrics.py` writes for a ranking. */
interface Ranking {
  readonly ranked: string[];
  readonly relevance: Readonly<Record<string, number | undefined>>;
  readonly measures: number[];
}

const flat = ({ rouge1, rouge2, rougeL }: Rouge): readonly number[] =>
  [rouge1, rouge2, rougeL].flatMap(({ precision, recall, f1 }) => [precision, recall, f1]);

/** Asserts that all numbers of all cases agree within 1e-6, and names a case that differs. */
function expectEqual<Case>(cases: readonly Case[], of: (one: Case) => readonly (readonly number[])[]): void {
  expect(cases.length).toBeGreaterThanOrEqual(200);
  for (const one of cases) {
    const [found = [], wanted = []] = of(one);
    const isEqual =
      found.length === wanted.length &&
      wanted.every((value, at) => Math.abs(value - (found[at] ?? Number.NaN)) <= 1e-6);
    expect({ isEqual, ...(isEqual ? {} : { one, found }) }).toEqual({ isEqual: true });
  }
}

describe('the metrics of texts, against the Python packages on 200 pairs', () => {
  it('give ROUGE as rouge-score, with and without stems', () => {
    expectEqual(pairs, (pair) => [flat(rouge(pair.answer, pair.references[0] ?? '')), pair.rouge]);
    expectEqual(pairs, (pair) => [flat(rouge(pair.answer, pair.references[0] ?? '', { stem: true })), pair.rougeStem]);
    expect(pairs.filter((pair) => pair.rouge[0] !== pair.rougeStem[0]).length).toBeGreaterThan(5);
  });

  it('give stems as the Porter stemmer of nltk', () => {
    expect(stems.length).toBeGreaterThan(2_000);
    const wrong = stems.filter((line) => {
      const [word = '', stem] = line.split(' ');
      return stemWord(word) !== stem;
    });
    expect(wrong).toEqual([]);
  });

  it('give BLEU as sacrebleu', () => {
    expectEqual(pairs, ({ answer, references, bleu }) => [[sentenceBleu(answer, references)], [bleu]]);
  });

  it('give chrF and chrF++ as sacrebleu', () => {
    expectEqual(pairs, ({ answer, references, chrf, chrfPlus }) => [
      [sentenceChrf(answer, references), sentenceChrf(answer, references, { wordOrder: 2 })],
      [chrf, chrfPlus],
    ]);
  });

  it('give the edit distance and similarity as rapidfuzz', () => {
    expectEqual(pairs, ({ answer, references: [reference = ''], distance, similarity }) => [
      [editDistance(answer, reference), textSimilarity(answer, reference)],
      [distance, similarity],
    ]);
  });
});

describe('the metrics of retrieval, against trec_eval on 200 rankings', () => {
  it('give recall, reciprocal rank and nDCG', () => {
    expectEqual(rankings, ({ ranked, relevance: grades, measures }) => {
      const relevance = new Map(Object.entries(grades).map(([id, grade]) => [id, grade ?? 0]));
      return [
        [
          recallAt(5, ranked, relevance),
          recallAt(10, ranked, relevance),
          reciprocalRank(ranked, relevance),
          ndcgAt(5, ranked, relevance),
          ndcgAt(10, ranked, relevance),
        ],
        measures,
      ];
    });
  });

  it('count a repeated document once, and give zero if nothing is relevant', () => {
    const relevance = new Map([['a', 2]]);
    expect(ndcgAt(2, ['a', 'a', 'b'], relevance)).toBe(1);
    expect(recallAt(5, ['b'], new Map())).toBe(0);
    expect(ndcgAt(5, [], relevance)).toBe(0);
    expect(ndcgAt(5, ['a'], new Map([['a', -1]]))).toBe(0);
    expect(reciprocalRank([], relevance)).toBe(0);
  });
});

describe('confusionAt', () => {
  const judged = new Map([
    ['right', 2],
    ['wrong', 0],
    ['spam', -2],
  ]);
  it.each([
    ['is above the relevant one', ['other', 'wrong', 'right'], 10, 1],
    ['has a negative grade', ['spam', 'right'], 10, 1],
    ['is below the relevant one', ['right', 'wrong', 'spam'], 10, 0],
    ['is found without a relevant one', ['other', 'wrong'], 10, 1],
    ['is not among the first k', ['other', 'wrong', 'right'], 1, 0],
    ['is not found', ['other', 'right'], 10, 0],
    ['is not found, like all others', [], 10, 0],
    ['is among the first k, unlike the relevant one', ['wrong', 'right'], 1, 1],
    ['comes after another, repeated document', ['other', 'other', 'wrong'], 2, 1],
  ])('measures a ranking in which the document judged not relevant %s', (_what, ranked, k, wanted) => {
    expect(confusionAt(k, ranked, judged)).toBe(wanted);
  });

  it('is undefined for questions without a document judged not relevant', () => {
    expect(confusionAt(10, ['a', 'b'], new Map([['b', 1]]))).toBeUndefined();
    expect(confusionAt(10, ['a'], new Map([['a', 0]]))).toBe(1);
  });

  it('does not change the other measures', () => {
    const relevant = new Map([['right', 2]]);
    for (const ranked of [['wrong', 'right'], ['right', 'spam'], ['spam']]) {
      expect(ndcgAt(5, ranked, judged)).toBe(ndcgAt(5, ranked, relevant));
      expect(recallAt(5, ranked, judged)).toBe(recallAt(5, ranked, relevant));
      expect(reciprocalRank(ranked, judged)).toBe(reciprocalRank(ranked, relevant));
    }
  });
});

describe('numberWithin', () => {
  it('compares as math.isclose', () => {
    expect(closeness.length).toBeGreaterThan(50);
    for (const [answer = 0, expected = 0, absolute = 0, relative = 0, isNear = 0] of closeness) {
      const { score } = numberWithin(answer, expected, { absolute, relative });
      expect({ answer, expected, absolute, relative, score }).toEqual({
        answer,
        expected,
        absolute,
        relative,
        score: isNear,
      });
    }
  });
});
