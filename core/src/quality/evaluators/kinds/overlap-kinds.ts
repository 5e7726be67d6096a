import { z } from 'zod';
import { rouge as rougeOf, sentenceBleu, sentenceChrf, textSimilarity, type FMeasure } from '../../metrics/index.js';
import { defineEvaluator, type EvaluatorDefinition, type EvaluatorMetric } from '../define-evaluator.js';
import { bestOf, findingOf, scoreText, textOf } from '../judged-values.js';
import { lazyStrictObject } from '../../../values/lazy-object.js';

const score = (title: string): readonly EvaluatorMetric[] => [{ title, better: 'higher', unit: 'score' }];

const editDistance = defineEvaluator({
  kind: 'edit-distance',
  title: 'Edit distance',
  about: 'How similar the characters are: from 0 (all have to change) to 1 (none has to).',
  source: 'Levenshtein, 1966; normalised by the longer text, like rapidfuzz.',
  needs: ['answer', 'expected'],
  config: z.strictObject({}),
  metrics: () => score('Similarity of characters'),
  evaluate: async (judged, _config, context) =>
    findingOf(
      await bestOf(judged, context, (right) => {
        const value = textSimilarity(textOf(judged.answer), textOf(right));
        return { score: value, explanation: `${scoreText(value * 100)} % of the characters stay.` };
      }),
    ),
});

const rouge = defineEvaluator({
  kind: 'rouge',
  title: 'ROUGE',
  about: 'How many words the answer shares with a right answer: the F-measure.',
  source: 'Lin, 2004; like the Python package rouge-score.',
  needs: ['answer', 'expected'],
  config: lazyStrictObject(() => ({
    variant: z.enum(['rouge1', 'rouge2', 'rougeL']).default('rougeL').meta({
      title: 'Variant',
      description: 'Shared words, shared pairs of words, or the longest common subsequence.',
    }),
    stem: z
      .boolean()
      .default(true)
      .meta({ title: 'Stem', description: 'Compares English words without their endings.' }),
  })),
  metrics: ({ variant }) => score({ rouge1: 'ROUGE-1', rouge2: 'ROUGE-2', rougeL: 'ROUGE-L' }[variant]),
  evaluate: async (judged, { variant, stem }, context) => {
    const best = await bestOf(judged, context, (right) => {
      const measures = rougeOf(textOf(judged.answer), textOf(right), { stem })[variant];
      return { score: measures.f1, measures, explanation: sentenceOf(measures) };
    });
    return findingOf(best, { ...best.measures });
  },
});

const sentenceOf = ({ precision, recall }: FMeasure): string =>
  `Precision ${scoreText(precision)}, recall ${scoreText(recall)}.`;

const bleu = defineEvaluator({
  kind: 'bleu',
  title: 'BLEU',
  about: 'How many n-grams of the answer are in the right answers, from 0 to 1.',
  source: 'Papineni and others, 2002; like sacrebleu.sentence_bleu, divided by 100.',
  needs: ['answer', 'expected'],
  config: z.strictObject({}),
  metrics: () => score('BLEU'),
  evaluate: ({ answer, expected }) => {
    const value = sentenceBleu(textOf(answer), expected.map(textOf)) / 100;
    return { value: Math.min(1, value), explanation: `BLEU ${scoreText(value * 100)} of 100.` };
  },
});

const chrf = defineEvaluator({
  kind: 'chrf',
  title: 'chrF',
  about: 'The F-measure of shared character n-grams, from 0 to 1.',
  source: 'Popović, 2015 and 2017; like sacrebleu.sentence_chrf, divided by 100.',
  needs: ['answer', 'expected'],
  config: z.strictObject({
    plus: z.boolean().default(false).meta({ title: 'chrF++', description: 'Counts words and pairs of words too.' }),
  }),
  metrics: ({ plus }) => score(plus ? 'chrF++' : 'chrF'),
  evaluate: ({ answer, expected }, { plus }) => {
    const value = sentenceChrf(textOf(answer), expected.map(textOf), { wordOrder: plus ? 2 : 0 }) / 100;
    return { value: Math.min(1, value), explanation: `chrF ${scoreText(value * 100)} of 100.` };
  },
});

/** Evaluators that compare the characters and words of the answer with correct answers. */
export const overlapKinds: readonly EvaluatorDefinition[] = [editDistance, rouge, bleu, chrf];
