import { defineNode, HeddleError, isPlainObject, Json, LabelLevel, stream, Text, type NodeContext } from '@heddle/core';
import { z } from 'zod';
import { patternDetectors } from '../redaction/detect.js';
import { createSentenceStream } from '../moderation/sentence-stream.js';
import { createLocalPhones } from '../redaction/find-local-phones.js';
import { createNameFinder, longestName, type NameFinder } from '../redaction/find-names.js';
import { mask, wordList } from '../redaction/find-words.js';
import { patternKinds, patternLabels, type Detector } from '../redaction/finding.js';
import { createPlaceholders, literalKind } from '../redaction/placeholders.js';
import { createRedactStream } from '../redaction/redact-stream.js';
import { listOf } from '../fields/list-of.js';

/** Longer deltas are read in parts, so that the work stays linear and copies stay small. */
const longestPart = 65_536;

const kindName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,31}$/, 'Use capital letters, digits and _, at most 32, starting with a letter.')
  .refine((name) => name !== literalKind, { error: `${literalKind} is reserved: choose another name.` });

const Config = z.object({
  kinds: z
    .array(
      z.enum(patternKinds).meta({
        title: 'Kind',
        labels: patternLabels,
        samples: {
          EMAIL: 'ada@example.org',
          IBAN: 'DE89 3704 0044 0532 0130 00',
          CARD: '4111 1111 1111 1111',
          ID: '078-05-1120',
          PHONE: '+44 20 7946 0958',
          IP: '192.0.2.17',
          KEY: 'password: tr0ub4dor&3',
          URL: 'https://ada.example.org',
        },
      }),
    )
    .default([...patternKinds])
    .meta({ basic: true, title: 'Remove', description: 'Found by pattern and checksum.', widget: 'checkboxes' }),
  countries: z
    .array(z.string().regex(/^[A-Z]{2}$/, 'Two capital letters, such as DE.'))
    .max(40)
    .default([])
    .meta({
      title: 'Countries of local numbers',
      description:
        'Such as DE or ES. Telephone numbers as people write them there are then removed without a word such as "phone" beside them.',
    }),
  words: z
    .array(
      z.object({
        kind: kindName.default('NAME').meta({ title: 'Kind' }),
        list: z.array(z.string().min(2).max(200)).max(10_000).meta({ title: 'Words or phrases' }),
      }),
    )
    .max(32)
    .default([])
    .meta({
      basic: true,
      title: 'Word lists',
      description: 'Names of people, customers or projects. Whole words match, in any case.',
    }),
  masks: z
    .array(
      z.object({
        kind: kindName.default('NUMBER').meta({ title: 'Kind' }),
        form: z.string().min(3).max(64).meta({ title: 'Pattern', description: '# is a digit, @ a letter, * either.' }),
      }),
    )
    .max(32)
    .default([])
    .meta({ title: 'Custom numbers', description: 'Such as KD-####-@@.' }),
  names: z.string().max(256).default('').meta({
    basic: true,
    title: 'Model for names',
    description: 'A local model that labels names, such as spacy-en-core-web-sm. Empty: only listed names.',
    widget: 'model',
    modelKind: 'classify',
  }),
  moreNames: z.string().max(256).default('').meta({
    title: 'Second model for names',
    description: 'Such as rampart. What one of the two models finds is removed.',
    widget: 'model',
    modelKind: 'classify',
  }),
  namesFrom: z.number().min(0).max(1).default(0.5).meta({ title: 'Min probability of names' }),
  to: LabelLevel.default('internal').meta({
    basic: true,
    title: 'Declassify to',
    description: 'The label of the redacted text.',
  }),
  from: LabelLevel.default('confidential').meta({
    title: 'Declassify up to',
    description: 'Text with a higher label keeps its label, because redaction is not enough for it.',
  }),
});
type Config = z.infer<typeof Config>;

export const redact = defineNode({
  type: 'redact',
  version: 1,
  category: 'safety',
  title: 'Redact',
  summary: 'Removes addresses, numbers, keys and names, and declassifies the rest.',
  icon: 'eraser',
  keywords: listOf(`
      pii, personal data, personal information, anonymise, anonymize, anonymisation, pseudonymise, pseudonymize,
      deidentify, mask, masking, privacy, gdpr, dsgvo, hipaa, sensitive, confidential, dlp, scrub, hide, presidio,
      declassify, iban, credit card
    `),
  role: 'step',
  effects: ['model'],
  headline: 'kinds',
  help: `
Each finding becomes a placeholder such as \`<EMAIL_1>\`; the same value always has the same placeholder. Connect **redactions** to a **restore** node to put the values back into an answer, on this machine.

**text** has the lower label and may go to a remote model; **redactions** keeps the label of the input. The run records the declassification, its node and how much was removed.

Text streams: only the last words are held back. Names, locations and organisations have no pattern: list them in *Word lists*, or choose a *Model for names*, which reads sentence by sentence on this machine. After the model finds a name, every later occurrence is removed; a name that it never finds is not removed.
`.trim(),
  config: Config,
  inputs: { text: stream(Text).with({ title: 'Text' }) },
  outputs: {
    text: Text,
    redactions: Json.with({ title: 'Redactions' }),
    report: Json.with({ title: 'Report', help: 'Number of removed values of each kind.' }),
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
  declassifies: 'redaction',
  declassifiesTo: ({ from, to }) => ({ text: { from, to }, report: { from, to } }),
  references: ({ names, moreNames }) =>
    (['names', 'moreNames'] as const).flatMap((field) => {
      const id = field === 'names' ? names : moreNames;
      return id === '' ? [] : [{ kind: 'classifier', id, field }];
    }),
  check: ({ kinds, words, masks, names, moreNames }) =>
    kinds.length + words.length + masks.length === 0 && names + moreNames === ''
      ? [{ field: 'kinds', message: 'Nothing is removed.', fix: 'Choose at least one kind, word list or pattern.' }]
      : [],
  async *run({ config, inputs, context }) {
    const names = await nameFinder(config, context);
    const detectors = [...(await detectorsOf(config)), ...(names === undefined ? [] : [names.detector])];
    declassify(config, context);
    const placeholders = createPlaceholders();
    const redaction = createRedactStream(detectors, placeholders, longestPhrase(config));
    let text = '';
    const emit = function* (part: string) {
      text += part;
      if (part !== '') yield { port: 'text', delta: part };
    };
    const sentences = createSentenceStream();
    for await (const delta of inputs.text) {
      if (names === undefined)
        for (let at = 0; at < delta.length; at += longestPart)
          yield* emit(redaction.push(delta.slice(at, at + longestPart)));
      else
        for (const sentence of sentences.push(delta)) {
          await names.learn(sentence, context.signal);
          yield* emit(redaction.push(sentence));
        }
    }
    for (const rest of sentences.end()) {
      await names?.learn(rest, context.signal);
      yield* emit(redaction.push(rest));
    }
    yield* emit(redaction.end());
    const { counts, values } = placeholders.redactions;
    const report = Object.fromEntries(Object.entries(counts).filter(([kind]) => kind !== literalKind));
    context.decide({ kind: 'redact', summary: sentence(report), details: report });
    return { text, redactions: { values, counts }, report };
  },
});

/** Errors: `model_wrong_kind` if the model labels whole texts. */
async function nameFinder(config: Config, context: NodeContext): Promise<NameFinder | undefined> {
  const models = modelsOf(config);
  if (models.length === 0) return undefined;
  const taggers = models.map(async (id) => {
    const model = await context.use('classifier', id);
    if (model.tag === undefined)
      throw new HeddleError(
        'model_wrong_kind',
        `'${id}' labels whole texts, not names: choose a model that labels each token.`,
      );
    return model;
  });
  return createNameFinder(await Promise.all(taggers), config.namesFrom);
}

const modelsOf = ({ names, moreNames }: Config): readonly string[] =>
  [...new Set([names, moreNames])].filter((id) => id !== '');

async function detectorsOf({ kinds, countries, words, masks }: Config): Promise<readonly Detector[]> {
  const hasLocal = kinds.includes('PHONE') && countries.length > 0;
  return [
    ...words.map(({ kind, list }) => wordList(kind, list)),
    ...masks.map(({ kind, form }) => mask(kind, form)),
    ...kinds.map((kind) => patternDetectors[kind]),
    ...(hasLocal ? [await createLocalPhones(countries)] : []),
  ];
}

/** Called before the first delta, so that the deltas already carry the lower label. */
function declassify(config: Config, context: NodeContext): void {
  const { kinds, words, masks, from, to } = config;
  const names = [...kinds, ...words.map(({ kind }) => kind), ...masks.map(({ kind }) => kind)];
  for (const model of modelsOf(config)) names.push(`names that ${model} finds`);
  const reason = `Removed: ${[...new Set(names)].join(', ')}.`;
  for (const port of ['text', 'report']) context.declassify({ port, from, to, reason });
}

/** Numbers in groups have at most 42 characters; phrases of the lists may be longer. */
function longestPhrase(config: Config): number {
  const { words, masks } = config;
  const phrases = [...words.flatMap(({ list }) => list), ...masks.map(({ form }) => form)];
  return Math.max(modelsOf(config).length === 0 ? 80 : longestName + 8, ...phrases.map(({ length }) => length + 8));
}

function sentence(report: Readonly<Record<string, number>>): string {
  const parts = Object.entries(report).map(([kind, count]) => `${count} ${kind}`);
  return parts.length === 0 ? 'Found nothing to remove.' : `Removed: ${parts.join(', ')}.`;
}

/** The placeholders and their values in `redactions`; undefined if the value is something else. */
export function readRedactions(value: unknown): Readonly<Record<string, string>> | undefined {
  if (!isPlainObject(value) || !isPlainObject(value['values'])) return undefined;
  const entries = Object.entries(value['values']);
  return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')
    ? Object.fromEntries(entries)
    : undefined;
}
