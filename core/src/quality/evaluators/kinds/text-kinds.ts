import { z } from 'zod';
import { HeddleError } from '../../../errors/heddle-error.js';
import { containsParts, exactMatch, matchesPattern, numberWithin } from '../../metrics/index.js';
import { defineEvaluator, type EvaluatorDefinition, type EvaluatorMetric } from '../define-evaluator.js';
import { bestOf, findingOf, textOf } from '../judged-values.js';
import { lazyStrictObject } from '../../../values/lazy-object.js';

const check = (title: string): readonly EvaluatorMetric[] => [{ title, better: 'higher', unit: 'check' }];

const ignoreCase = z.boolean().default(false).meta({ title: 'Ignore case' });
const ignoreSpace = z
  .boolean()
  .default(true)
  .meta({ title: 'Ignore space', description: 'White space at the ends is ignored; inside, it counts as one space.' });

const exact = defineEvaluator({
  kind: 'exact',
  title: 'Exact match',
  about: 'Whether the answer equals a right answer.',
  source: 'Exact match of SQuAD (Rajpurkar and others, 2016), without its removal of articles and punctuation.',
  needs: ['answer', 'expected'],
  config: lazyStrictObject(() => ({ ignoreCase, ignoreSpace })),
  metrics: () => check('Exact match'),
  evaluate: async (judged, options, context) =>
    findingOf(await bestOf(judged, context, (expected) => exactMatch(judged.answer, expected, options))),
});

const contains = defineEvaluator({
  kind: 'contains',
  title: 'Contains',
  about: 'The share of the given texts that the answer contains; without any, whether it contains a right answer.',
  needs: ['answer'],
  config: lazyStrictObject(() => ({
    parts: z
      .array(z.string().min(1).max(10_000))
      .max(100)
      .default([])
      .meta({ title: 'Texts', description: 'Empty: the expected answer of the row.' }),
    ignoreCase: z.boolean().default(true).meta({ title: 'Ignore case' }),
    ignoreSpace,
  })),
  metrics: () => [{ title: 'Contains', better: 'higher', unit: 'score' }],
  evaluate: async (judged, { parts, ...options }, context) => {
    const text = textOf(judged.answer);
    if (parts.length > 0) return findingOf(containsParts(text, parts, options));
    return findingOf(await bestOf(judged, context, (right) => containsParts(text, [textOf(right)], options)));
  },
});

const regex = defineEvaluator({
  kind: 'regex',
  title: 'Regular expression',
  about: 'Whether the answer matches a regular expression.',
  needs: ['answer'],
  config: lazyStrictObject(() => ({
    pattern: z
      .string()
      .min(1)
      .max(2_000)
      .meta({ title: 'Pattern', description: 'A JavaScript regular expression, without slashes, with the flag u.' }),
    shouldMatch: z.boolean().default(true).meta({ title: 'Has to match', description: 'Off: it must not match.' }),
  })),
  check: ({ pattern }) => {
    const message = problemOfPattern(pattern);
    return message === undefined ? [] : [{ field: 'pattern', message }];
  },
  metrics: () => check('Matches'),
  evaluate: ({ answer }, { pattern, shouldMatch }, { match }) => {
    const { score, explanation } = matchesPattern(textOf(answer), pattern, match);
    return { value: shouldMatch ? score : 1 - score, explanation };
  },
});

function problemOfPattern(pattern: string): string | undefined {
  try {
    RegExp(pattern, 'u');
    return undefined;
  } catch (error) {
    return `It cannot be read: ${error instanceof Error ? error.message : 'unknown'}.`;
  }
}

const number = defineEvaluator({
  kind: 'number',
  title: 'Number',
  about: 'Whether the only number in the answer is near a right one.',
  source: 'Comparison like math.isclose of Python.',
  needs: ['answer', 'expected'],
  config: lazyStrictObject(() => ({
    absolute: z
      .number()
      .min(0)
      .max(1e15)
      .default(0)
      .meta({ title: 'Distance', description: 'It may be off by this much.' }),
    relative: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .meta({ title: 'Share', description: 'Or by this share: 0.01 is 1 %.' }),
  })),
  metrics: () => check('Number'),
  evaluate: async (judged, tolerance, context) =>
    findingOf(await bestOf(judged, context, (right) => numberWithin(judged.answer, numberOf(right), tolerance))),
});

function numberOf(expected: unknown): number {
  const given =
    typeof expected === 'string' && expected.trim() !== '' ? Number(expected.replaceAll(',', '')) : expected;
  if (typeof given === 'number' && Number.isFinite(given)) return given;
  throw new HeddleError('evaluation_unfit', 'The expected answer is not a number.');
}

/** Evaluators that compare texts and numbers. */
export const textKinds: readonly EvaluatorDefinition[] = [exact, contains, regex, number];
