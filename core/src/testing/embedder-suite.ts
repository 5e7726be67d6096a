import type { Embedder } from '../ports/models/embedding.js';
import { check, checkEqual, checkRejects, type SuiteCase } from './suite.js';

/** What the suite tests: an embedder that is ready. */
export interface EmbedderSubject {
  readonly embedder: Embedder;
}

/** Returns the cosine similarity of two normalised vectors. */
export function cosine(left: Float32Array, right: Float32Array): number {
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
}

/** The conformance suite of embedders. */
export const embedderSuite: readonly SuiteCase<EmbedderSubject>[] = [
  {
    name: 'gives one normalised vector of the promised length for each text',
    async run({ embedder }) {
      const vectors = await embedder.embed(['a cat sat on the mat', 'quarterly revenue of the company', ''], {
        kind: 'passage',
      });
      checkEqual(vectors.length, 3, 'a vector a text');
      for (const vector of vectors) {
        checkEqual(vector.length, embedder.dimensions, 'the length differs');
        check(Math.abs(Math.hypot(...vector) - 1) < 1e-3, `the norm is ${Math.hypot(...vector)}`);
      }
    },
  },
  {
    name: 'gives nothing for no texts',
    async run({ embedder }) {
      checkEqual((await embedder.embed([], { kind: 'passage' })).length, 0, 'vectors came');
    },
  },
  {
    name: 'keeps the order of texts of mixed lengths',
    async run({ embedder }) {
      const texts = [
        'short',
        'a much longer text about the weather in the mountains in winter',
        'two words',
        'bread and butter for breakfast',
      ];
      const together = await embedder.embed(texts, { kind: 'passage' });
      for (const [index, text] of texts.entries()) {
        const [alone] = await embedder.embed([text], { kind: 'passage' });
        check(cosine(together[index]!, alone!) > 0.99, `the vector of '${text}' is another`);
      }
    },
  },
  {
    name: 'puts like texts nearer than unlike ones',
    async run({ embedder }) {
      const [one, like, unlike] = await embedder.embed(
        ['the cat sleeps on the sofa', 'a cat is asleep on the sofa', 'interest rates of central banks'],
        { kind: 'passage' },
      );
      check(cosine(one!, like!) > cosine(one!, unlike!) + 0.1, 'the unlike text is as near');
    },
  },
  {
    name: 'cuts a text that is too long',
    async run({ embedder }) {
      const [vector] = await embedder.embed(['word '.repeat(embedder.maxTokens * 3)], { kind: 'passage' });
      check(Math.abs(Math.hypot(...vector!) - 1) < 1e-3, 'not normalised');
    },
  },
  {
    name: 'counts the tokens that it was given',
    async run({ embedder }) {
      const tokensOf = async (...texts: readonly string[]): Promise<number> => {
        const used: number[] = [];
        await embedder.embed(texts, { kind: 'passage', onUsage: ({ inputTokens }) => used.push(inputTokens) });
        checkEqual(used.length, 1, 'it must be reported once');
        return used[0]!;
      };
      const one = await tokensOf('a cat sat on the mat');
      check(one >= 6 && one <= 16, `six words are ${one} tokens`);
      const many = await tokensOf(...Array.from({ length: 130 }, () => 'a cat sat on the mat'));
      checkEqual(many, one * 130, 'the same text many times');
    },
  },
  {
    name: 'refuses a text that is too long where it is asked to',
    async run({ embedder }) {
      const long = 'word '.repeat(embedder.maxTokens * 3);
      const texts = ['short', long];
      await checkRejects(embedder.embed(texts, { kind: 'passage', tooLong: 'refuse' }), 'context_too_long');
      checkEqual((await embedder.embed(['short'], { kind: 'passage', tooLong: 'refuse' })).length, 1, 'a short one');
    },
  },
  {
    name: 'reports progress up to the last text',
    async run({ embedder }) {
      const reports: number[] = [];
      await embedder.embed(
        Array.from({ length: 20 }, (_, index) => `text ${index}`),
        { kind: 'passage', onProgress: (done) => reports.push(done) },
      );
      checkEqual(reports.at(-1), 20, 'the last report must be all texts');
      checkEqual(
        reports,
        [...reports].sort((a, b) => a - b),
        'reports must grow',
      );
    },
  },
  {
    name: 'ends at the abort',
    async run({ embedder }) {
      const texts = Array.from({ length: 400 }, (_, index) => `passage ${index} ${'about many things '.repeat(20)}`);
      await checkRejects(
        embedder.embed(texts, { kind: 'passage', signal: AbortSignal.timeout(0) }).then(async (vectors) => {
          // A fake may finish before the timer, so the test continues with an already aborted signal.
          await embedder.embed(texts, { kind: 'passage', signal: AbortSignal.abort() });
          return vectors;
        }),
        'aborted',
      );
    },
  },
];
