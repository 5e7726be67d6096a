import {
  defineNode,
  HeddleError,
  isPlainObject,
  Json,
  Messages,
  Passages,
  templateNames,
  Text,
  type GenerateRequest,
  type JsonObject,
  type LanguageModel,
  type NodeContext,
} from '@heddle/core';
import { z } from 'zod';
import { cite } from './citations/cite.js';
import { templateText } from './fields/template-field.js';
import { buildMessages, defaultLayout, questionOf } from './generation/build-messages.js';
import { fitPassages } from './generation/fit-passages.js';
import { leavesOf, readJson, schemaCheck } from './generation/read-json.js';
import { streamText, type Generation } from './generation/stream-text.js';

const Config = z.object({
  model: z.string().min(1).max(256).default('smollm2-135m').meta({ title: 'Model', widget: 'model' }),
  system: z.string().max(100_000).default('').meta({
    title: 'System text',
    description: 'Who the model is and how it answers. Small models do better without one.',
    widget: 'text',
  }),
  temperature: z
    .number()
    .min(0)
    .max(2)
    .default(0.2)
    .meta({ title: 'Temperature', description: '0 is the likeliest answer each time, higher is freer.' }),
  maxTokens: z.int().min(1).max(131_072).default(512).meta({ title: 'Most tokens', description: 'Longest answer.' }),
  topP: z
    .number()
    .gt(0)
    .max(1)
    .optional()
    .meta({ title: 'Top-p', description: 'Only the likeliest words that share this much probability.' }),
  topK: z.int().min(1).max(1000).optional().meta({ title: 'Top-k', description: 'Only this many likeliest words.' }),
  seed: z
    .int()
    .min(0)
    .optional()
    .meta({ title: 'Seed', description: 'The same seed and prompt give the same answer on the same model.' }),
  stop: z
    .array(z.string().min(1))
    .max(16)
    .optional()
    .meta({ title: 'Stop texts', description: 'The answer ends before the first of them.' }),
  schema: z.record(z.string(), z.unknown()).optional().meta({
    title: 'JSON schema',
    description: 'The answer becomes JSON of this shape, on the output json.',
    widget: 'json',
  }),
  adapters: z
    .array(
      z.object({
        id: z.string().min(1).meta({ title: 'Adapter', widget: 'model' }),
        scale: z.number().min(0).max(4).optional().meta({ title: 'Strength' }),
      }),
    )
    .max(8)
    .optional()
    .meta({ title: 'LoRA adapters', description: 'Trained additions to a local model.' }),
  layout: templateText
    .default(defaultLayout)
    .meta({ title: 'Passages and question', description: 'How both stand in the prompt.', widget: 'template' }),
  order: z
    .enum(['best-last', 'best-first'])
    .default('best-last')
    .meta({
      title: 'Best passage',
      description: 'Small models heed most what stands next to the question.',
      labels: { 'best-last': 'Next to the question', 'best-first': 'First' },
    }),
  nothingFound: z.string().max(2000).default('I found nothing about this in the documents.').meta({
    title: 'Answer when nothing was found',
    description: 'Given without asking the model when passages are connected and none arrive. Empty: ask anyway.',
  }),
});
type Config = z.infer<typeof Config>;

export const generate = defineNode({
  type: 'generate',
  version: 1,
  category: 'model',
  title: 'Generate',
  summary: 'Writes an answer with a language model, from passages where they are connected.',
  icon: 'sparkles',
  role: 'step',
  effects: ['model'],
  headline: 'model',
  help: `
Connect a **prompt**, **messages**, or both (the prompt is then the next thing the user says). Text streams while it is written.

**Passages** are numbered and put before the question, the best one next to it; the layout is a setting. When they do not all fit the model's context, the weakest are left out and the log says how many. When none arrive, the node answers *${Config.parse({}).nothingFound}* without asking the model.

**Citations** are checked: each quotes words that stand literally in a passage, with document and place. A passage that the answer names as \`[2]\` is cited; for a sentence without such a mark the passage that holds its words is found by comparison. What no passage supports gets no citation. Larger models name passages themselves when the system text asks for it: *Name the passage after each statement, as in [1]; say so when the passages do not hold the answer.*

With a **JSON schema**, the model can write only JSON of that shape, and \`json\` carries it parsed and checked.

An answer cut off at **Most tokens** is kept, with a warning in the log. A stream that ends early is \`stream_incomplete\` and worth a retry.
`.trim(),
  config: Config,
  inputs: {
    prompt: Text.optional().with({ title: 'Prompt' }),
    messages: Messages.optional().with({ title: 'Messages' }),
    passages: Passages.optional().with({ title: 'Passages' }),
  },
  outputs: { text: Text, citations: Json, usage: Json },
  example: { config: { model: 'smollm2-135m', temperature: 0 }, inputs: { prompt: 'Name a colour of the rainbow.' } },
  ports: ({ schema }) => (schema === undefined ? {} : { outputs: { json: Json } }),
  references: ({ model, adapters = [] }) => [
    { kind: 'model', id: model, field: 'model' },
    ...adapters.map(({ id }, index) => ({ kind: 'model' as const, id, field: `adapters.${index}.id` })),
  ],
  limits: ({ model }) => [`model:${model}`],
  check: ({ schema, layout }) => {
    const problem = schema === undefined ? undefined : schemaCheck(schema);
    const missing = ['passages', 'prompt'].filter((name) => !templateNames(layout).has(name));
    return [
      ...(typeof problem === 'string'
        ? [
            {
              field: 'schema',
              message: `This is no JSON schema that can be enforced: ${problem}`,
              fix: 'Describe an object with "type", "properties" and "required".',
            },
          ]
        : []),
      ...missing.map((name) => ({
        field: 'layout',
        message: `The layout leaves out {{ ${name} }}.`,
        fix: 'Use {{ passages }} and {{ prompt }}.',
      })),
    ];
  },
  async *run({ config, inputs, context }) {
    const messages = inputs.messages ?? [];
    const question = questionOf({ prompt: inputs.prompt, messages });
    if (inputs.passages?.length === 0 && config.nothingFound !== '' && config.schema === undefined) {
      yield { port: 'text', delta: config.nothingFound };
      return {
        text: config.nothingFound,
        citations: [],
        usage: { inputTokens: 0, outputTokens: 0, finishReason: 'stop' },
      };
    }
    const model = await context.use('languageModel', config.model);
    const prompt = await fitPassages(model, inputs.passages ?? [], config.maxTokens, (passages) =>
      buildMessages({ ...config, prompt: inputs.prompt, messages, passages }),
    );
    const left = (inputs.passages?.length ?? 0) - prompt.passages.length;
    if (left > 0)
      context.log.warn(
        `${left} of ${left + prompt.passages.length} passages do not fit the model's context and were left out`,
        { contextTokens: model.info.contextTokens },
      );

    const generation = yield* streamText(model, requestOf(config, model, prompt.messages), 'text', context);
    warn(generation, config, context);
    const json =
      config.schema === undefined
        ? undefined
        : readJson(generation.text, config.schema, generation.finishReason === 'length');
    const citations = cite({
      answer: json === undefined ? generation.text : leavesOf(json),
      question,
      passages: prompt.passages,
    });
    return {
      text: generation.text,
      citations: [...citations],
      usage: { ...generation.usage, model: generation.model, finishReason: generation.finishReason },
      ...(config.schema === undefined ? {} : { json }),
    };
  },
});

function requestOf(config: Config, model: LanguageModel, messages: GenerateRequest['messages']): GenerateRequest {
  if (config.schema !== undefined && !model.info.supports.schema) {
    throw new HeddleError(
      'schema_unsupported',
      `The model '${config.model}' cannot be held to a JSON schema: choose another model, or ask for JSON in the prompt and read it with a set or code node.`,
    );
  }
  const { temperature, maxTokens, topP, topK, seed, stop, adapters } = config;
  return {
    messages,
    temperature,
    maxTokens,
    ...(topP === undefined ? {} : { topP }),
    ...(topK === undefined ? {} : { topK }),
    ...(seed === undefined ? {} : { seed }),
    ...(stop === undefined ? {} : { stop }),
    ...(config.schema === undefined ? {} : { schema: jsonObject(config.schema) }),
    ...(adapters === undefined
      ? {}
      : { adapters: adapters.map(({ id, scale }) => ({ id, ...(scale === undefined ? {} : { scale }) })) }),
  };
}

function warn({ finishReason, text }: Generation, config: Config, context: NodeContext): void {
  if (finishReason === 'length')
    context.log.warn(`The answer was cut off after ${config.maxTokens} tokens: raise 'Most tokens' for longer ones`);
  if (finishReason === 'content-filter') context.log.warn('The provider held part of the answer back');
  if (text === '') context.log.warn('The model wrote nothing');
}

/** A schema from a document is JSON already: this makes it plain, so that it can cross to a model host. */
function jsonObject(schema: Readonly<Record<string, unknown>>): JsonObject {
  const copy: unknown = JSON.parse(JSON.stringify(schema));
  if (!isPlainObject(copy)) throw new HeddleError('schema_unsupported', 'The JSON schema must be an object.');
  return copy as JsonObject;
}
