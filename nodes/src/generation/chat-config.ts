import { z } from 'zod';
import { templateText } from '../fields/template-field.js';

/** The defaults in which the node types for model calls differ. */
export interface ChatDefaults {
  readonly model: string;
  /** Undefined for models that choose it themselves. */
  readonly temperature?: number;
  readonly maxTokens: number;
  readonly layout: string;
  readonly order: 'best-last' | 'best-first';
  readonly reasoning?: 'none' | 'low' | 'medium' | 'high';
}

/** A function that a model may call. */
const FunctionTool = z.object({
  name: z
    .string()
    .regex(/^[a-zA-Z0-9_-]{1,64}$/, 'Use letters, digits, _ and -, at most 64.')
    .meta({ title: 'Name' }),
  description: z.string().max(10_000).default('').meta({ title: 'Description', widget: 'text' }),
  parameters: z
    .record(z.string(), z.unknown())
    .default({ type: 'object', properties: {} })
    .meta({ title: 'Arguments', description: 'JSON schema of an object.', widget: 'schema' }),
});

/** How the model samples tokens, and where it stops. */
const samplingFields = {
  topP: z
    .number()
    .gt(0)
    .max(1)
    .optional()
    .meta({ title: 'Top-p', description: 'Only the most likely tokens with this total probability.' }),
  topK: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .meta({ title: 'Top-k', description: 'Only this number of the most likely tokens.' }),
  seed: z
    .int()
    .min(0)
    .optional()
    .meta({ title: 'Seed', description: 'With the same seed and prompt, the same model gives the same answer.' }),
  stop: z
    .array(z.string().min(1))
    .max(16)
    .optional()
    .meta({ title: 'Stop sequences', description: 'The answer ends before the first of them.' }),
};

/** The functions that the model may call. */
const functionFields = {
  tools: z.array(FunctionTool).max(64).optional().meta({
    title: 'Functions',
    description:
      'Functions that the model may call. The calls are returned on the output calls and are not made; use an agent to make them.',
  }),
  toolChoice: z
    .enum(['auto', 'required'])
    .optional()
    .meta({
      title: 'Function choice',
      description: 'When the model calls a function.',
      labels: { auto: 'The model decides', required: 'Always' },
    }),
  parallelToolCalls: z.boolean().default(true).meta({ title: 'Parallel calls' }),
};

/** How passages and the question are laid out in the prompt, and the answer if no passages arrive. */
const passageFields = (defaults: ChatDefaults) => ({
  layout: templateText
    .default(defaults.layout)
    .meta({ title: 'Passages and question', description: 'The layout of both in the prompt.', widget: 'template' }),
  order: z
    .enum(['best-last', 'best-first'])
    .default(defaults.order)
    .meta({
      title: 'Best passage',
      description: 'Small models pay most attention to the text next to the question.',
      labels: { 'best-last': 'Next to the question', 'best-first': 'First' },
    }),
  nothingFound: z.string().max(2000).default('I found nothing about this in the documents.').meta({
    title: 'Answer if nothing is found',
    description:
      'The answer, without a model call, if passages are connected but none arrive. Empty: call the model anyway.',
  }),
});

/** The config of a node that calls a language model. */
export const chatConfig = (defaults: ChatDefaults) =>
  z.object({
    model: z.string().min(1).max(256).default(defaults.model).meta({
      basic: true,
      title: 'Model',
      description: 'A local model, or connection/model of a connection. A model from the input replaces it.',
      widget: 'model',
      modelKind: 'generate',
    }),
    system: z.string().max(100_000).default('').meta({
      basic: true,
      title: 'System prompt',
      description: 'The role of the model and how it answers. Small models work better without one.',
      widget: 'text',
    }),
    temperature: temperatureField(defaults.temperature),
    maxTokens: z
      .int()
      .min(1)
      .max(131_072)
      .default(defaults.maxTokens)
      .meta({ basic: true, title: 'Max tokens', description: 'Maximum length of the answer.' }),
    ...samplingFields,
    schema: z.record(z.string(), z.unknown()).optional().meta({
      title: 'JSON schema',
      description: 'The answer is JSON that fits this schema, on the output json. Without fields, it is text.',
      widget: 'schema',
    }),
    atLength: z
      .enum(['fail', 'give'])
      .default('fail')
      .meta({
        title: 'JSON that is cut off',
        description: 'When an answer with a JSON schema reaches its maximum length.',
        labels: { fail: 'Fail', give: 'Give the text as it is, without json' },
      }),
    ...functionFields,
    reasoning: reasoningField(defaults.reasoning),
    givesReasoning: z.boolean().default(false).meta({
      title: 'Reasoning as an output',
      description: 'What the model writes before its answer, if it shows this, is returned on the output reasoning.',
    }),
    adapters: z
      .array(
        z.object({
          id: z.string().min(1).meta({ title: 'Adapter', widget: 'model', modelKind: 'lora' }),
          scale: z.number().min(0).max(4).optional().meta({ title: 'Strength' }),
        }),
      )
      .max(8)
      .optional()
      .meta({ title: 'LoRA adapters', description: 'Trained adapters for a local model.' }),
    ...passageFields(defaults),
  });
export type ChatConfig = z.infer<ReturnType<typeof chatConfig>>;

const Reasoning = z.enum(['none', 'low', 'medium', 'high']);

function reasoningField(preset: ChatDefaults['reasoning']) {
  const field = preset === undefined ? Reasoning.optional() : Reasoning.optional().default(preset);
  return field.meta({
    basic: preset !== undefined,
    title: 'Reasoning',
    description: 'How long a reasoning model reasons before it answers. Other models ignore it.',
    labels: { none: 'None', low: 'Low', medium: 'Medium', high: 'High' },
  });
}

function temperatureField(preset: number | undefined) {
  const field = z.number().min(0).max(2);
  return (preset === undefined ? field.optional() : field.optional().default(preset)).meta({
    basic: true,
    title: 'Temperature',
    description: '0 gives the most likely answer; higher values vary more.',
  });
}
