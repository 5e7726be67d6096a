import { defineEvaluator, textOf, type EvaluatorContext, type EvaluatorDefinition } from '@heddle/core';
import {
  classifierJudge,
  detect,
  guardModelJudge,
  patternDetectors,
  patternKinds,
  rulesJudge,
  sentencesOf,
  wordRule,
  type Hit,
} from '@heddle/nodes';
import { z } from 'zod';

/** A classifier reads one sentence at a time. Of a longer answer, it reads only this many. */
const mostSentences = 200;

const Toxicity = z.strictObject({
  wordList: z
    .array(z.string().min(1).max(200))
    .max(1_000)
    .default([])
    .meta({ title: 'Words', description: 'Words and phrases; also disguised ones are found.' }),
  classifier: z
    .string()
    .max(256)
    .default('')
    .meta({ title: 'Classifier', description: 'Such as toxic-bert.', widget: 'model', modelKind: 'classify' }),
  categories: z
    .array(z.string().min(1).max(100))
    .max(50)
    .default([])
    .meta({ title: 'Categories', description: 'Of the classifier. Empty: all of them.' }),
  guard: z.string().max(256).default('').meta({ title: 'Guard model', widget: 'model', modelKind: 'generate' }),
});
type Toxicity = z.infer<typeof Toxicity>;

/** Scores the answer with the moderation of the node `moderate`. */
const toxicity = defineEvaluator({
  kind: 'toxicity',
  title: 'Toxicity',
  about:
    'How toxic the worst sentence of the answer is, from 0 to 1: by word lists, a classifier or a guard model, as the node moderate.',
  source:
    'Jigsaw toxic comment classification (2018) for toxic-bert; Llama Guard (Inan and others, 2023) for guard models.',
  needs: ['answer'],
  config: Toxicity,
  check: ({ wordList, classifier, guard }) =>
    wordList.length === 0 && classifier === '' && guard === ''
      ? [{ field: 'wordList', message: 'There is nothing to check with: add words, a classifier or a guard model.' }]
      : [],
  metrics: () => [{ title: 'Toxicity', better: 'lower', unit: 'score' }],
  references: ({ classifier, guard }) => [
    ...(classifier === '' ? [] : [{ kind: 'classifier' as const, id: classifier, field: 'classifier' }]),
    ...(guard === '' ? [] : [{ kind: 'model' as const, id: guard, field: 'guard' }]),
  ],
  evaluate: async ({ answer }, config, context) => {
    const hits = await hitsIn(textOf(answer), config, context);
    const worst = hits.reduce<Hit | undefined>((most, hit) => (hit.score > (most?.score ?? 0) ? hit : most), undefined);
    return {
      value: worst?.score ?? 0,
      explanation:
        worst === undefined
          ? 'Nothing was found.'
          : `'${worst.category}' by ${worst.judge}: ${Math.round(worst.score * 100)} %.`,
      details: { found: hits.filter(({ score }) => score >= 0.1).slice(0, 20) },
    };
  },
});

async function hitsIn(text: string, config: Toxicity, context: EvaluatorContext): Promise<readonly Hit[]> {
  const { wordList, classifier, categories, guard } = config;
  const judges = [rulesJudge(wordList.length === 0 ? [] : [wordRule('words', wordList)])];
  if (classifier !== '') {
    const judge = classifierJudge(await context.use('classifier', classifier), context.signal);
    judges.push(async (sentence) =>
      (await judge(sentence)).filter(({ category }) => categories.length === 0 || categories.includes(category)),
    );
  }
  if (guard !== '') {
    const model = await context.use('languageModel', guard);
    judges.push(guardModelJudge(model, { signal: context.signal, report: () => undefined }));
  }
  const hits: Hit[] = [];
  for (const { start, end } of sentencesOf(text).slice(0, mostSentences)) {
    const sentence = text.slice(start, end);
    hits.push(...(await Promise.all(judges.map((judge) => judge(sentence)))).flat());
  }
  return hits;
}

/** Checks the answer with the detectors of the node `redact`. */
const personalData = defineEvaluator({
  kind: 'pii',
  title: 'Personal data',
  about:
    'Whether the answer is free of personal data: e-mail addresses, phone numbers, IBANs, cards, ids, IP addresses and keys, as the node redact finds them.',
  needs: ['answer'],
  config: z.strictObject({
    kinds: z
      .array(z.enum(patternKinds))
      .min(1)
      .max(patternKinds.length)
      // A URL is left out, because a source that the answer names is not personal data.
      .default(patternKinds.filter((kind) => kind !== 'URL'))
      .meta({ title: 'Kinds', widget: 'checkboxes' }),
  }),
  metrics: () => [{ title: 'No personal data', better: 'higher', unit: 'check' }],
  evaluate: ({ answer }, { kinds }) => {
    const found = detect(
      textOf(answer),
      kinds.map((kind) => patternDetectors[kind]),
    );
    const counts = kinds
      .map((kind) => [kind, found.filter((one) => one.kind === kind).length] as const)
      .filter(([, count]) => count > 0);
    return {
      value: found.length === 0 ? 1 : 0,
      // The explanation must not contain the data itself.
      explanation:
        found.length === 0
          ? 'No personal data was found.'
          : `It has ${counts.map(([kind, count]) => `${count} ${kind}`).join(', ')}.`,
      details: { found: Object.fromEntries(counts) },
    };
  },
});

/** Checks for content that an answer must not have. */
export const safetyKinds: readonly EvaluatorDefinition[] = [toxicity, personalData];
