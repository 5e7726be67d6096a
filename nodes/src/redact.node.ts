import { defineNode, HeddleError, isPlainObject, Json, LabelLevel, stream, Text, type NodeContext } from '@heddle/core';
import { z } from 'zod';
import { patternDetectors } from './redaction/detect.js';
import { createSentenceStream } from './moderation/sentence-stream.js';
import { createNameFinder, longestName, type NameFinder } from './redaction/find-names.js';
import { mask, wordList } from './redaction/find-words.js';
import { patternKinds, type Detector } from './redaction/finding.js';
import { createPlaceholders, literalKind } from './redaction/placeholders.js';
import { createRedactStream } from './redaction/redact-stream.js';

const kindName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,31}$/, 'Capital letters, digits and _, at most 32, a letter first.')
  .refine((name) => name !== literalKind, { error: `${literalKind} is taken by Heddle: choose another name.` });

const Config = z.object({
  kinds: z
    .array(z.enum(patternKinds))
    .default([...patternKinds])
    .meta({
      title: 'Take out',
      description: 'Found by form and checksum.',
      labels: {
        EMAIL: 'Email addresses',
        IBAN: 'Bank accounts (IBAN)',
        CARD: 'Payment cards',
        ID: 'National ids',
        PHONE: 'Telephone numbers',
        IP: 'IP addresses',
        KEY: 'Keys, tokens, passwords',
      },
    }),
  words: z
    .array(
      z.object({
        kind: kindName.default('NAME').meta({ title: 'Called' }),
        list: z.array(z.string().min(2).max(200)).max(10_000).meta({ title: 'Words or phrases' }),
      }),
    )
    .max(32)
    .default([])
    .meta({ title: 'Word lists', description: 'Names of people, customers, projects: whole words, in any case.' }),
  masks: z
    .array(
      z.object({
        kind: kindName.default('NUMBER').meta({ title: 'Called' }),
        form: z.string().min(3).max(64).meta({ title: 'Form', description: '# a digit, @ a letter, * either.' }),
      }),
    )
    .max(32)
    .default([])
    .meta({ title: 'Numbers of your own', description: 'Such as KD-####-@@.' }),
  names: z.string().max(256).default('').meta({
    title: 'Names by a model',
    description:
      'A model of this machine that labels names, such as bert-base-ner. Empty: only the names that you list.',
    widget: 'model',
    modelKind: 'classify',
  }),
  namesFrom: z.number().min(0).max(1).default(0.5).meta({ title: 'Names from', description: 'Minimum probability.' }),
  to: LabelLevel.default('internal').meta({
    title: 'The rest is',
    description: 'Label of the text without what was taken out.',
  }),
  from: LabelLevel.default('confidential').meta({
    title: 'Up to',
    description: 'Text with a stricter label than this keeps it: taking out what can be found is not enough there.',
  }),
});
type Config = z.infer<typeof Config>;

export const redact = defineNode({
  type: 'redact',
  version: 1,
  category: 'safety',
  title: 'Redact',
  summary: 'Takes out addresses, numbers, keys and names, and lowers the label of what is left.',
  icon: 'eraser',
  role: 'step',
  effects: ['model'],
  headline: 'kinds',
  help: `
Each finding becomes a placeholder such as \`<EMAIL_1>\`; the same value has the same placeholder. Connect **redactions** to a **restore** node to put the values back into an answer, on this machine.

**text** gets the lower label and may go to a remote model; **redactions** keeps the label of what came in. The run records that the label was lowered, by which node and how much was taken out.

Text streams: only the last words are held back. Names, places and organisations have no form: list them under *Word lists*, or choose a model under *Names by a model*, which reads sentence by sentence on this machine. What it finds once is taken out from there on, also where it would not see it; what it never finds goes out.
`.trim(),
  config: Config,
  inputs: { text: stream(Text).with({ title: 'Text' }) },
  outputs: {
    text: Text,
    redactions: Json.with({ title: 'Redactions' }),
    report: Json.with({ title: 'Report', help: 'How many of each kind were taken out.' }),
  },
  example: {
    config: { kinds: ['EMAIL'] },
    inputs: { text: 'Write to ada@example.org.' },
    outputs: {
      text: 'Write to <EMAIL_1>.',
      redactions: { values: { '<EMAIL_1>': 'ada@example.org' }, counts: { EMAIL: 1 } },
      report: { EMAIL: 1 },
    },
  },
  lowers: 'redaction',
  lowersTo: ({ from, to }) => ({ text: { from, to }, report: { from, to } }),
  references: ({ names }) => (names === '' ? [] : [{ kind: 'classifier', id: names, field: 'names' }]),
  check: ({ kinds, words, masks, names }) =>
    kinds.length + words.length + masks.length === 0 && names === ''
      ? [{ field: 'kinds', message: 'Nothing is taken out.', fix: 'Choose at least one kind, word list or form.' }]
      : [],
  async *run({ config, inputs, context }) {
    const names = await nameFinder(config, context);
    const detectors = [...detectorsOf(config), ...(names === undefined ? [] : [names.detector])];
    lower(config, context);
    const placeholders = createPlaceholders();
    const redaction = createRedactStream(detectors, placeholders, longestPhrase(config));
    let text = '';
    const give = function* (part: string) {
      text += part;
      if (part !== '') yield { port: 'text', delta: part };
    };
    const sentences = createSentenceStream();
    for await (const delta of inputs.text) {
      if (names === undefined) yield* give(redaction.push(delta));
      else
        for (const sentence of sentences.push(delta)) {
          await names.learn(sentence, context.signal);
          yield* give(redaction.push(sentence));
        }
    }
    for (const rest of sentences.end()) {
      await names?.learn(rest, context.signal);
      yield* give(redaction.push(rest));
    }
    yield* give(redaction.end());
    const { counts, values } = placeholders.redactions;
    const report = Object.fromEntries(Object.entries(counts).filter(([kind]) => kind !== literalKind));
    context.decide({ kind: 'redact', summary: sentence(report), details: report });
    return { text, redactions: { values, counts }, report };
  },
});

/** Errors: `model_wrong_kind` where the model labels whole texts. */
async function nameFinder({ names, namesFrom }: Config, context: NodeContext): Promise<NameFinder | undefined> {
  if (names === '') return undefined;
  const model = await context.use('classifier', names);
  if (model.tag === undefined)
    throw new HeddleError(
      'model_wrong_kind',
      `'${names}' sorts whole texts and finds no names in them: choose a model that labels each token.`,
    );
  return createNameFinder(model, namesFrom);
}

function detectorsOf({ kinds, words, masks }: Config): readonly Detector[] {
  return [
    ...words.map(({ kind, list }) => wordList(kind, list)),
    ...masks.map(({ kind, form }) => mask(kind, form)),
    ...kinds.map((kind) => patternDetectors[kind]),
  ];
}

/** Said before the first word goes out, so that the deltas carry the lower label too. */
function lower({ kinds, words, masks, names: model, from, to }: Config, context: NodeContext): void {
  const names = [...kinds, ...words.map(({ kind }) => kind), ...masks.map(({ kind }) => kind)];
  if (model !== '') names.push(`names that ${model} finds`);
  const reason = `Taken out: ${[...new Set(names)].join(', ')}.`;
  for (const port of ['text', 'report']) context.lower({ port, from, to, reason });
}

/** Numbers in groups have 42 characters at most; phrases of the lists may have more. */
function longestPhrase({ words, masks, names }: Config): number {
  const phrases = [...words.flatMap(({ list }) => list), ...masks.map(({ form }) => form)];
  return Math.max(names === '' ? 80 : longestName + 8, ...phrases.map(({ length }) => length + 8));
}

function sentence(report: Readonly<Record<string, number>>): string {
  const parts = Object.entries(report).map(([kind, count]) => `${count} ${kind}`);
  return parts.length === 0 ? 'Nothing was found to take out.' : `Taken out: ${parts.join(', ')}.`;
}

/** What `redactions` carries; undefined where a value is something else. */
export function readRedactions(value: unknown): Readonly<Record<string, string>> | undefined {
  if (!isPlainObject(value) || !isPlainObject(value['values'])) return undefined;
  const entries = Object.entries(value['values']);
  return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')
    ? Object.fromEntries(entries)
    : undefined;
}
