import { describe, expect, it } from '@jest/globals';
import { createRandom } from '../statistics/index.js';
import { fewestLearntFrom, learnSearch } from './learn-search.js';

const index = { embedding: 'mini', splitter: { kind: 'markdown', maxTokens: 200, overlapTokens: 20 } } as const;
const search = { mode: 'hybrid', diversity: 0 } as const;
const configurations = [1, 2, 3].map((number) => ({ number, index, search }));
const questionsOf = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `Question ${at}?`);
const scoresOf = (count: number, value: (number: number, at: number) => number) =>
  new Map(configurations.map(({ number }) => [number, Array.from({ length: count }, (_, at) => value(number, at))]));

describe('learnSearch', () => {
  it('chooses the best search, proved by questions that took no part in the choice', () => {
    const random = createRandom(3).uniform;
    const noise = Array.from({ length: 200 }, () => random());
    const scores = scoresOf(200, (number, at) => (noise[at] ?? 0) * 0.5 + (number === 3 ? 0.2 : 0));
    const learnt = learnSearch({ configurations, scores, questions: questionsOf(200) }, 1);
    expect(learnt).toMatchObject({ number: 3, questions: 200, verdict: 'better' });
    expect(learnt?.difference).toBeCloseTo(0.2);
  });

  it('learns nothing from few questions, from one repeated question, or without another search of the same index', () => {
    const better = (count: number) => scoresOf(count, (number) => (number === 2 ? 1 : 0));
    const few = fewestLearntFrom - 1;
    expect(learnSearch({ configurations, scores: better(few), questions: questionsOf(few) }, 1)).toBeUndefined();
    const repeated = Array.from({ length: 2_000 }, (_, at) => (at % 2 === 0 ? 'Where is it?' : ' where IS it '));
    expect(learnSearch({ configurations, scores: better(2_000), questions: repeated }, 1)).toBeUndefined();
    const others = configurations.map((one) =>
      one.number === 1 ? one : { ...one, index: { ...index, embedding: 'x' } },
    );
    expect(learnSearch({ configurations: others, scores: better(90), questions: questionsOf(90) }, 1)).toBeUndefined();
    expect(learnSearch({ configurations, scores: new Map([[2, [1]]]), questions: ['a'] }, 1)).toBeUndefined();
  });

  it('does not choose a search with rewriting, which a collection cannot store', () => {
    const rewrite = { kind: 'hyde', model: 'mini' } as const;
    const rewritten = configurations.map((one) =>
      one.number === 3 ? { ...one, search: { ...search, rewrite } } : one,
    );
    const scores = scoresOf(90, (number) => number / 10);
    expect(learnSearch({ configurations, scores, questions: questionsOf(90) }, 1)?.number).toBe(3);
    expect(learnSearch({ configurations: rewritten, scores, questions: questionsOf(90) }, 1)?.number).toBe(2);
  });

  it('counts a repeated question once, so that its copies do not outvote the others', () => {
    const questions = [...questionsOf(60), ...Array.from({ length: 3_000 }, () => 'Copied?')];
    const scores = scoresOf(3_060, (number, at) => (at < 60 ? (number === 1 ? 0.6 : 0.5) : number === 2 ? 1 : 0));
    expect(learnSearch({ configurations, scores, questions }, 1)).toMatchObject({
      number: 1,
      questions: 61,
      verdict: 'undecided',
    });
  });

  it('calls a search better in at most 5 of 60 sets of pure noise', () => {
    const many = Array.from({ length: 30 }, (_, at) => ({ number: at + 1, index, search }));
    let proved = 0;
    for (let set = 0; set < 60; set += 1) {
      const random = createRandom(set + 1).uniform;
      const scores = new Map(many.map(({ number }) => [number, Array.from({ length: 60 }, () => random())]));
      const learnt = learnSearch({ configurations: many, scores, questions: questionsOf(60) }, 1);
      if (learnt?.verdict === 'better') proved += 1;
    }
    expect(proved).toBeLessThanOrEqual(5);
  });
});
