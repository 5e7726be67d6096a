import { defineNode, HeddleError, Json, NumberPort, Text, type NodeContext } from '@heddle/core';
import { z } from 'zod';
import { readJson } from '../generation/read-json.js';
import { streamText } from '../generation/stream-text.js';
import { listOf } from '../fields/list-of.js';

const Category = z.object({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,39}$/, { error: 'Lower-case letters, digits, - and _' })
    .meta({ title: 'Name' }),
  description: z.string().max(1000).default('').meta({ title: 'Description', description: 'For a language model.' }),
  examples: z.array(z.string().min(1).max(2000)).max(100).default([]).meta({ title: 'Examples' }),
  words: z
    .array(z.string().min(1).max(200))
    .max(500)
    .default([])
    .meta({ title: 'Keywords', description: 'For sorting by keywords.' }),
});

const Config = z.object({
  by: z
    .enum(['examples', 'model', 'rules', 'classifier'])
    .default('examples')
    .meta({
      basic: true,
      title: 'By',
      labels: { examples: 'Examples', model: 'A language model', rules: 'Keywords', classifier: 'A classifier' },
    }),
  categories: z
    .array(Category)
    .min(1)
    .max(32)
    .default([{ name: 'question', description: '', examples: ['How does it work?'], words: ['how'] }])
    .meta({ basic: true, title: 'Categories' }),
  threshold: z.number().min(0).max(1).default(0.5).meta({
    title: 'Min similarity',
    description:
      'Cosine similarity for examples, or probability for a classifier. A text below it for every category takes the output none.',
  }),
  embedder: z.string().min(1).max(256).default('all-minilm-l6-v2').meta({
    basic: true,
    title: 'Embedding model',
    description: 'For sorting by examples.',
    widget: 'model',
    modelKind: 'embed',
  }),
  model: z
    .string()
    .min(1)
    .max(256)
    .default('smollm2-135m')
    .meta({ basic: true, title: 'Language model', widget: 'model', modelKind: 'generate' }),
  classifier: z.string().max(256).default('').meta({
    basic: true,
    title: 'Classifier',
    description: 'Its labels are the categories. It is trained here, from the catalogue, or of a connection.',
    widget: 'model',
    modelKind: 'classify',
  }),
});
type Config = z.infer<typeof Config>;

interface Found {
  /** Undefined if no category fits. */
  readonly name: string | undefined;
  readonly score: number;
  readonly scores: Readonly<Record<string, number>>;
}

export const classify = defineNode({
  type: 'classify',
  version: 1,
  category: 'logic',
  title: 'Classify',
  summary: 'Sorts a text into categories by examples, by a model or by keywords.',
  icon: 'tags',
  keywords: listOf(`
      classifier, classification, categorise, categorize, category, categories, intent, intent detection, question
      classifier, sentiment, topic, triage, label, labels, tag, tagging, sort, sorting
    `),
  role: 'step',
  effects: ['model'],
  headline: 'by',
  help: `
Each category is a port that carries the text; **none** carries it if no category fits. **category** is the name of the category, for the category of a **route** node.

*Examples* compares the text with the examples of each category by an embedding model: quick, and good enough for most routing. *A language model* reads the descriptions and answers only with a name. *Keywords* takes the category with the most matching keywords. *A classifier* gives a probability for each of its labels; the label with the name of a category counts for it.
`.trim(),
  config: Config,
  inputs: { text: Text },
  outputs: { category: Text, score: NumberPort, scores: Json },
  example: { config: { by: 'rules' }, inputs: { text: 'How do I begin?' } },
  ports: ({ categories }) => ({
    outputs: Object.fromEntries([...categories.map(({ name }) => name), 'none'].map((name) => [name, Text])),
  }),
  references: ({ by, embedder, model, classifier }) =>
    by === 'examples'
      ? [{ kind: 'embedder', id: embedder, field: 'embedder' }]
      : by === 'model'
        ? [{ kind: 'model', id: model, field: 'model' }]
        : by === 'classifier' && classifier !== ''
          ? [{ kind: 'classifier', id: classifier, field: 'classifier' }]
          : [],
  check: ({ categories, by, classifier }) => [
    ...(by === 'classifier' && classifier === ''
      ? [{ field: 'classifier', message: 'No classifier is chosen.', fix: 'Choose one, or sort by examples.' }]
      : []),
    ...categories.flatMap(({ name }, index) =>
      ['none', 'category', 'score', 'scores', 'error'].includes(name) ||
      categories.findIndex((other) => other.name === name) < index
        ? [
            {
              field: `categories.${index}.name`,
              message: `The name '${name}' is used twice.`,
              fix: 'Choose another name.',
            },
          ]
        : [],
    ),
    ...categories.flatMap(({ name, examples }, index) =>
      by === 'examples' && examples.length === 0
        ? [{ field: `categories.${index}.examples`, message: `'${name}' has no examples.`, fix: 'Give a few.' }]
        : [],
    ),
  ],
  async run({ config, inputs, context }) {
    const found = await methods[config.by](inputs.text, config, context);
    const { name, score, scores } = found;
    const sure = `${Math.round(score * 100)} %`;
    context.decide({
      kind: 'classify',
      summary: name === undefined ? `No category fits; the best has ${sure}.` : `It is '${name}' (${sure}).`,
      details: { by: config.by, scores: { ...scores }, category: name ?? null },
    });
    return { [name ?? 'none']: inputs.text, category: name ?? 'none', score, scores };
  },
});

const methods: Readonly<
  Record<Config['by'], (text: string, config: Config, context: NodeContext) => Found | Promise<Found>>
> = { examples: byExamples, model: byModel, rules: byRules, classifier: byClassifier };

async function byExamples(
  text: string,
  { categories, embedder: id, threshold }: Config,
  context: NodeContext,
): Promise<Found> {
  const embedder = await context.use('embedder', id);
  const all = categories.flatMap(({ name, examples }) => examples.map((example) => ({ name, example })));
  const vectors = await embedder.embed([text, ...all.map(({ example }) => example)], {
    kind: 'query',
    signal: context.signal,
  });
  const [query = new Float32Array(), ...known] = vectors;
  const scores: Record<string, number> = {};
  all.forEach(({ name }, index) => {
    // Embedders return vectors of length 1, so the dot product is the cosine similarity.
    const similarity = (known[index] ?? new Float32Array()).reduce(
      (sum, value, at) => sum + value * (query[at] ?? 0),
      0,
    );
    scores[name] = Math.max(scores[name] ?? 0, similarity);
  });
  return best(scores, threshold);
}

function byRules(text: string, { categories }: Config): Found {
  const said = ` ${text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ' ')} `;
  const scores = Object.fromEntries(
    categories.map(({ name, words }) => {
      const hits = words.filter((word) => said.includes(` ${word.toLowerCase()} `)).length;
      return [name, words.length === 0 ? 0 : hits / words.length];
    }),
  );
  return best(scores, anyWord);
}

async function byModel(text: string, { categories, model: id }: Config, context: NodeContext): Promise<Found> {
  const model = await context.use('languageModel', id);
  const names = [...categories.map(({ name }) => name), 'none'];
  const schema = {
    type: 'object',
    properties: { category: { enum: names } },
    required: ['category'],
    additionalProperties: false,
  };
  const listed = categories.map(({ name, description }) => `- ${name}: ${description}`).join('\n');
  const content = `Sort the text into one of these categories, or none.\n${listed}\n\nText:\n${text}\n\nAnswer as JSON: {"category": "…"}`;
  const request = { messages: [{ role: 'user' as const, content }], maxTokens: 60, temperature: 0, schema };
  const stream = streamText(model, request, 'category', context, { mayWait: true });
  for (;;) {
    const next = await stream.next();
    if (next.done !== true) continue;
    const answer = z.object({ category: z.string() }).safeParse(readJson(next.value.text, schema, false));
    if (!answer.success)
      throw new HeddleError('schema_mismatch', 'The answer of the model has no category.', { retryable: true });
    const { category } = answer.data;
    return {
      name: category === 'none' ? undefined : category,
      score: category === 'none' ? 0 : 1,
      scores: { [category]: 1 },
    };
  }
}

/**
 * Classifies by the labels of a classifier that are names of categories, ignoring case and punctuation. Errors: `schema_mismatch` if it has no
 * such labels.
 */
async function byClassifier(
  text: string,
  { categories, classifier: id, threshold }: Config,
  context: NodeContext,
): Promise<Found> {
  const classifier = await context.use('classifier', id);
  const [given = {}] = await classifier.classify([text], { signal: context.signal });
  const byName = new Map(Object.entries(given).map(([label, score]) => [nameOf(label), score]));
  const known = categories.filter(({ name }) => byName.has(name));
  if (known.length === 0)
    throw new HeddleError(
      'schema_mismatch',
      `No category has the name of a label of '${classifier.id}'. Its labels: ${Object.keys(given).map(nameOf).slice(0, 32).join(', ')}.`,
    );
  return best(Object.fromEntries(known.map(({ name }) => [name, byName.get(name) ?? 0])), threshold);
}

const nameOf = (label: string): string => label.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');

/** A score below that of a single matching keyword. */
const anyWord = 1e-9;

function best(scores: Readonly<Record<string, number>>, least: number): Found {
  let name: string | undefined;
  let score = 0;
  for (const [category, value] of Object.entries(scores)) if (value > score) [name, score] = [category, value];
  return { name: score >= least ? name : undefined, score, scores };
}
