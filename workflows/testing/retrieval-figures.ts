import { expect } from '@jest/globals';
import { compareHits, drawRows, isFirst, seeded, similarities, type QuestionSet } from './compare-retrieval.js';
import { openTestHeddle } from './open-test-heddle.js';
import { rememberVectors } from './remember-vectors.js';

/** The number of rows, seeds and simulations. */
export interface FiguresSize {
  readonly rows: number;
  readonly seeds: number;
  readonly simulations: number;
  /**
   * The width of the random noise on similarities. It must be so large that two equal variants differ in many rows; fewer passages need
   * more.
   */
  readonly noise: number;
}

const model = 'all-minilm-l6-v2';

/**
 * The maximum number of simulations, of `count`, that may call equal variants different, if 5 % do so by chance: the mean plus three
 * standard deviations of the binomial distribution.
 */
const mostFalse = (count: number): number => count * 0.05 + 3 * Math.sqrt(count * 0.05 * 0.95);

/**
 * Checks the comparison of variants with vectors of the starter model. A search that reads only the first two words of a question must lose
 * against the whole question, with every seed. Two variants that differ only by chance must not be called different more often than the
 * significance level allows.
 */
export async function checkRetrievalFigures(
  { questions, passages }: QuestionSet,
  { rows, seeds, simulations, noise }: FiguresSize,
): Promise<{ readonly largestP: number; readonly calledDifferent: number }> {
  const heddle = await openTestHeddle();
  try {
    const embedder = rememberVectors(await heddle.models.embedder(model), process.env['HEDDLE_TEST_VECTORS']);
    const vectors = await embedder.embed(passages, { kind: 'passage', tooLong: 'cut' });
    const whole = await similarities(embedder, questions, vectors);
    const cut = questions.map((question) => question.split(' ').slice(0, 2).join(' '));
    const worse = await similarities(embedder, cut, vectors);
    let largestP = 0;
    for (let seed = 1; seed <= seeds; seed += 1) {
      const random = seeded(seed);
      const drawn = drawRows(rows, questions.length, random);
      const first = drawn.map((row) => isFirst(whole, row, 0, random));
      const second = drawn.map((row) => isFirst(worse, row, 0, random));
      const found = compareHits(drawn, { first, second }, 1_000);
      expect([seed, found.verdict]).toEqual([seed, 'worse']);
      expect(found.p).toBeLessThan(0.01);
      largestP = Math.max(largestP, found.p);
    }
    let calledDifferent = 0;
    let differing = 0;
    for (let simulation = 1; simulation <= simulations; simulation += 1) {
      const random = seeded(10_000 + simulation);
      const drawn = drawRows(rows, questions.length, random);
      const first = drawn.map((row) => isFirst(whole, row, noise, random));
      const second = drawn.map((row) => isFirst(whole, row, noise, random));
      differing += first.filter((hit, at) => hit !== second[at]).length;
      if (compareHits(drawn, { first, second }, 200).verdict !== 'undecided') calledDifferent += 1;
    }
    // The test would be meaningless with equal outputs, so the two must differ in many rows.
    expect(differing / (rows * simulations)).toBeGreaterThan(0.1);
    expect(calledDifferent).toBeLessThanOrEqual(mostFalse(simulations));
    return { largestP, calledDifferent };
  } finally {
    await heddle.close();
  }
}
