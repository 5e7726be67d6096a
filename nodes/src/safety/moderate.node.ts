import { defineNode, HeddleError, Json, stream, Text, type Delta, type NodeContext } from '@heddle/core';
import { z } from 'zod';
import { classifierJudge, guardModelJudge, rulesJudge, type Hit, type Judge } from '../moderation/judge.js';
import { createSentenceStream } from '../moderation/sentence-stream.js';
import { patternLabels } from '../redaction/finding.js';
import { needsNames, personalJudge, personalJudgeId, personalKinds } from '../moderation/personal-judge.js';
import { wordRule } from '../moderation/word-rules.js';
import { listOf } from '../fields/list-of.js';

const actions = ['block', 'redact', 'flag', 'ask', 'route'] as const;
const Action = z.enum(actions);
type Action = z.infer<typeof Action>;
const actionField = Action.default('block').meta({
  title: 'Action',
  labels: {
    block: 'Stop the text',
    redact: 'Remove the sentence',
    flag: 'Pass and record',
    ask: 'Ask a person',
    route: 'Stop and continue at the port blocked',
  },
});
const personalLabels: Readonly<Record<(typeof personalKinds)[number], string>> = {
  ...patternLabels,
  PERSON: 'People',
  PLACE: 'Locations',
  ORGANISATION: 'Organisations',
};
const model = z.string().max(256).default('');

const Config = z.object({
  words: z
    .array(
      z.object({
        category: z.string().min(1).max(64).default('words').meta({ title: 'Category' }),
        list: z.array(z.string().min(2).max(200)).max(10_000).meta({ title: 'Words or phrases' }),
        action: actionField,
      }),
    )
    .max(64)
    .default([])
    .meta({
      basic: true,
      title: 'Word lists',
      description:
        'Found regardless of spaces, accents and digits for letters. A * at the end matches every word with this beginning.',
    }),
  personal: z
    .array(
      z.object({
        kind: z.enum(personalKinds).meta({ title: 'Kind', labels: personalLabels }),
        action: actionField,
      }),
    )
    .max(personalKinds.length)
    .default([])
    .meta({
      basic: true,
      title: 'Personal data',
      description: 'Found as the node Redact finds it. People, locations and organisations need a model for names.',
    }),
  names: model.meta({
    title: 'Model for names',
    description: 'A local model that labels names, such as spacy-en-core-web-sm.',
    widget: 'model',
    modelKind: 'classify',
  }),
  namesFrom: z.number().min(0).max(1).default(0.5).meta({ title: 'Min probability of names' }),
  classifier: model.meta({
    basic: true,
    title: 'Classifier',
    description: 'A local model or a model of a connection, such as openai/omni-moderation-latest.',
    widget: 'model',
    modelKind: 'classify',
  }),
  guard: model.meta({
    basic: true,
    title: 'Guard model',
    description: 'A language model that answers safe or unsafe, such as Llama Guard.',
    widget: 'model',
    modelKind: 'generate',
  }),
  categories: z
    .array(
      z.object({
        category: z.string().min(1).max(64).meta({ title: 'Category' }),
        threshold: z.number().min(0).max(1).default(0.5).meta({ title: 'Min score' }),
        action: actionField,
      }),
    )
    .max(64)
    .default([])
    .meta({
      basic: true,
      title: 'Categories of the models',
      description: 'The categories of the classifier that count. For a guard model, every category counts.',
    }),
  message: z
    .string()
    .max(2000)
    .default('')
    .meta({ title: 'Replacement text', description: 'Replaces the rest of a stopped text.' }),
  fails: z.boolean().default(false).meta({ title: 'Fail if the text is stopped' }),
});
type Config = z.infer<typeof Config>;

/** From least to most strict. */
const strictness: readonly Action[] = ['flag', 'redact', 'ask', 'route', 'block'];

export const moderate = defineNode({
  type: 'moderate',
  version: 1,
  category: 'safety',
  title: 'Moderate',
  summary: 'Checks streamed text sentence by sentence before it passes.',
  icon: 'shield-check',
  keywords: listOf(`
      moderation, content filter, content moderation, toxicity, toxic, profanity, swear, bad words, word list,
      blocklist, blacklist, hate, nsfw, safety, guardrail, guardrails, llama guard, censor
    `),
  role: 'step',
  effects: ['model'],
  help: `
Text streams: each sentence passes after every check, so at most one sentence is held back. If the text is stopped, the model that generates it is stopped, too, and no part of the sentence leaves the run.

**Word lists** and **personal data** with a pattern need no model; people, locations and organisations need a **model for names**. A **classifier** gives each category a score; the categories in the settings count from their minimum score. A **guard model** answers safe or unsafe.

The action of each category: stop, remove the sentence, record it, ask a person (the rest waits for the answer), or stop and continue at **blocked**. The strictest action counts. **verdict** says what was found and done, and the highest score of each category, without the sentence itself.
`.trim(),
  config: Config,
  inputs: { text: stream(Text).with({ title: 'Text' }) },
  outputs: {
    text: Text,
    verdict: Json.with({ title: 'Verdict' }),
    blocked: Json.with({ title: 'Blocked', help: 'Carries the verdict if a category is routed here.' }),
  },
  example: { config: { words: [{ category: 'secret', list: ['blue falcon'] }] }, inputs: { text: 'The loom hums.' } },
  references: ({ classifier, names, guard }) => [
    ...(classifier === '' ? [] : [{ kind: 'classifier' as const, id: classifier, field: 'classifier' }]),
    ...(names === '' ? [] : [{ kind: 'classifier' as const, id: names, field: 'names' }]),
    ...(guard === '' ? [] : [{ kind: 'model' as const, id: guard, field: 'guard' }]),
  ],
  check: (config) => [
    ...(config.words.length + config.personal.length === 0 && config.classifier === '' && config.guard === ''
      ? [
          {
            field: 'words',
            message: 'There is nothing to check the text with.',
            fix: 'Add a word list, a kind of personal data, a classifier or a guard model.',
          },
        ]
      : []),
    ...(config.names === '' && config.personal.some(({ kind }) => needsNames(kind))
      ? [
          {
            field: 'names',
            message: 'People, locations and organisations have no pattern.',
            fix: 'Choose a model for names, such as spacy-en-core-web-sm.',
          },
        ]
      : []),
    ...(config.classifier !== '' && config.categories.length === 0
      ? [{ field: 'categories', message: 'The classifier has no category.', fix: 'Add at least one category.' }]
      : []),
  ],
  async *run({ config, inputs, context }) {
    const judge = await judgeOf(config, context);
    const sentences = createSentenceStream();
    const state: State = { text: '', found: [], scores: {}, isHeld: false, withheld: [] };
    for await (const delta of inputs.text) {
      for (const sentence of sentences.push(delta)) yield* moderateSentence(sentence, state, judge, config, context);
      if (state.stopped !== undefined) break;
    }
    if (state.stopped === undefined)
      for (const sentence of sentences.end()) yield* moderateSentence(sentence, state, judge, config, context);
    if (state.isHeld && state.stopped === undefined) yield* requestPerson(state, config, context);
    return yield* finish(state, config, context);
  },
});

interface State {
  text: string;
  readonly found: (Hit & { readonly action: Action })[];
  /** The highest score of each category, even if it is too low to count. */
  readonly scores: Record<string, number>;
  stopped?: Action;
  /** Whether the text is held back until it has ended, for a person to decide. */
  isHeld: boolean;
  readonly withheld: string[];
}

async function judgeOf(config: Config, context: NodeContext): Promise<Judge> {
  const judges: Judge[] = [rulesJudge(config.words.map(({ category, list }) => wordRule(category, list)))];
  if (config.personal.length > 0) judges.push(await personalJudgeOf(config, context));
  if (config.classifier !== '')
    judges.push(classifierJudge(await context.use('classifier', config.classifier), context.signal));
  if (config.guard !== '') judges.push(guardModelJudge(await context.use('languageModel', config.guard), context));
  return async (sentence) => (await Promise.all(judges.map((judge) => judge(sentence)))).flat();
}

/** Errors: `model_wrong_kind` if the model for names labels whole texts. */
async function personalJudgeOf({ personal, names, namesFrom }: Config, context: NodeContext): Promise<Judge> {
  const kinds = personal.map(({ kind }) => kind);
  if (!kinds.some(needsNames)) return personalJudge(kinds, undefined, context.signal);
  const tagger = await context.use('classifier', names);
  if (tagger.tag === undefined)
    throw new HeddleError(
      'model_wrong_kind',
      `'${names}' labels whole texts, not names: choose a model that labels each token.`,
    );
  return personalJudge(kinds, { model: tagger, least: namesFrom }, context.signal);
}

async function* moderateSentence(
  sentence: string,
  state: State,
  judge: Judge,
  config: Config,
  context: NodeContext,
): AsyncGenerator<Delta, void, void> {
  if (state.stopped !== undefined) return;
  const judged = sentence.trim() === '' ? [] : await judge(sentence);
  for (const { category, score } of judged) state.scores[category] = Math.max(state.scores[category] ?? 0, score);
  const hits = judged.flatMap((hit) => withAction(hit, config));
  state.found.push(...hits);
  const action = strictness.findLast((candidate) => hits.some((hit) => hit.action === candidate));
  if (action === 'block' || action === 'route') state.stopped = action;
  else if (action === 'ask') state.isHeld = true;
  if (state.stopped !== undefined || action === 'redact') return;
  if (state.isHeld) state.withheld.push(sentence);
  else yield* emit(sentence, state);
  if (action === 'flag')
    context.log.info('A sentence was flagged', { categories: hits.map(({ category }) => category) });
}

/** Adds the action to a hit; undefined if the hit does not count. */
function withAction(hit: Hit, { words, personal, categories, guard }: Config): readonly (Hit & { action: Action })[] {
  if (hit.judge === 'rules')
    return words
      .filter(({ category }) => category === hit.category)
      .slice(0, 1)
      .map(({ action }) => ({ ...hit, action }));
  if (hit.judge === personalJudgeId)
    return personal
      .filter(({ kind }) => kind === hit.category)
      .slice(0, 1)
      .map(({ action }) => ({ ...hit, action }));
  const rule = categories.find(({ category }) => category === hit.category);
  if (rule === undefined) return hit.judge === guard ? [{ ...hit, action: 'block' }] : [];
  return hit.score >= rule.threshold ? [{ ...hit, action: rule.action }] : [];
}

async function* requestPerson(state: State, config: Config, context: NodeContext): AsyncGenerator<Delta, void, void> {
  const answer = await context.requestInput('moderate', {
    title: 'May this text go on?',
    body: state.withheld.join(''),
    details: { label: { level: context.label.level, marks: context.label.marks } },
    schema: { type: 'object', properties: { pass: { type: 'boolean', title: 'Let it pass' } }, required: ['pass'] },
  });
  const value: unknown = answer.type === 'answered' ? answer.value : undefined;
  if (typeof value === 'object' && value !== null && 'pass' in value && value.pass === true)
    yield* emit(state.withheld.join(''), state);
  else state.stopped = 'block';
}

function* emit(text: string, state: State): Generator<Delta, void, void> {
  if (text === '') return;
  state.text += text;
  yield { port: 'text', delta: text };
}

function* finish(state: State, { message, fails }: Config, context: NodeContext) {
  const categories = [...new Set(state.found.map(({ category }) => category))];
  const isStopped = state.stopped !== undefined;
  const verdict = { isStopped, action: state.stopped ?? null, found: state.found, scores: { ...state.scores } };
  const done = isStopped ? 'Stopped' : categories.length === 0 ? 'Passed' : 'Passed with changes or records';
  context.decide({
    kind: 'moderate',
    summary: categories.length === 0 ? `${done}.` : `${done}: ${categories.join(', ')}.`,
    details: { isStopped, found: state.found.map((hit) => ({ ...hit })) },
  });
  if (isStopped && fails)
    throw new HeddleError('moderation_blocked', `The text was blocked: ${categories.join(', ')}.`, {
      details: { categories },
    });
  if (isStopped) yield* emit(message, state);
  const isRouted = state.stopped === 'route';
  return {
    ...(isRouted && state.text === '' ? {} : { text: state.text }),
    verdict,
    ...(isRouted ? { blocked: verdict } : {}),
  };
}
