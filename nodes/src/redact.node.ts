import { defineNode, isPlainObject, Json, LabelLevel, stream, Text, type NodeContext } from '@heddle/core';
import { z } from 'zod';
import { patternDetectors } from './redaction/detect.js';
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
        EMAIL: 'E-mail addresses',
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
  effects: [],
  headline: 'kinds',
  help: `
Each finding becomes a placeholder such as \`<EMAIL_1>\`; the same value has the same placeholder. Connect **redactions** to a **restore** node to put the values back into an answer, on this machine.

**text** gets the lower label and may go to a remote model; **redactions** keeps the label of what came in. The run records that the label was lowered, by which node and how much was taken out.

Text streams: only the last words are held back. Names, places and organisations have no form: list them under *Word lists*.
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
  check: ({ kinds, words, masks }) =>
    kinds.length + words.length + masks.length === 0
      ? [{ field: 'kinds', message: 'Nothing is taken out.', fix: 'Choose at least one kind, word list or form.' }]
      : [],
  async *run({ config, inputs, context }) {
    const detectors = detectorsOf(config);
    lower(config, context);
    const placeholders = createPlaceholders();
    const redaction = createRedactStream(detectors, placeholders, longestPhrase(config));
    let text = '';
    const give = function* (part: string) {
      text += part;
      if (part !== '') yield { port: 'text', delta: part };
    };
    for await (const delta of inputs.text) yield* give(redaction.push(delta));
    yield* give(redaction.end());
    const { counts, values } = placeholders.redactions;
    const report = Object.fromEntries(Object.entries(counts).filter(([kind]) => kind !== literalKind));
    context.decide({ kind: 'redact', summary: sentence(report), details: report });
    return { text, redactions: { values, counts }, report };
  },
});

function detectorsOf({ kinds, words, masks }: Config): readonly Detector[] {
  return [
    ...words.map(({ kind, list }) => wordList(kind, list)),
    ...masks.map(({ kind, form }) => mask(kind, form)),
    ...kinds.map((kind) => patternDetectors[kind]),
  ];
}

/** Said before the first word goes out, so that the deltas carry the lower label too. */
function lower({ kinds, words, masks, from, to }: Config, context: NodeContext): void {
  const names = [...kinds, ...words.map(({ kind }) => kind), ...masks.map(({ kind }) => kind)];
  const reason = `Taken out: ${[...new Set(names)].join(', ')}.`;
  for (const port of ['text', 'report']) context.lower({ port, from, to, reason });
}

/** Numbers in groups have 42 characters at most; phrases of the lists may have more. */
function longestPhrase({ words, masks }: Config): number {
  const phrases = [...words.flatMap(({ list }) => list), ...masks.map(({ form }) => form)];
  return Math.max(80, ...phrases.map(({ length }) => length + 8));
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
