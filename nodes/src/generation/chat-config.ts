import { z } from 'zod';
import { templateText } from '../fields/template-field.js';

/** What differs between the presets of a model call. */
export interface ChatDefaults {
  readonly model: string;
  /** Left out for models that choose it themselves. */
  readonly temperature?: number;
  readonly maxTokens: number;
  readonly layout: string;
  readonly order: 'best-last' | 'best-first';
  readonly reasoning?: 'none' | 'low' | 'medium' | 'high';
}

/** A function that a model may ask for. */
const FunctionTool = z.object({
  name: z
    .string()
    .regex(/^[a-zA-Z0-9_-]{1,64}$/, 'Use letters, digits, _ and -, at most 64.')
    .meta({ title: 'Name' }),
  description: z.string().max(10_000).default('').meta({ title: 'What it does', widget: 'text' }),
  parameters: z
    .record(z.string(), z.unknown())
    .default({ type: 'object', properties: {} })
    .meta({ title: 'Arguments', description: 'As a JSON schema of an object.', widget: 'schema' }),
});

/** The settings of a node that asks a language model. */
export const chatConfig = (defaults: ChatDefaults) =>
  z.object({
    model: z.string().min(1).max(256).default(defaults.model).meta({
      title: 'Model',
      description:
        'One of this machine, or connection/model of a connection. A model that comes in through the port counts instead.',
      widget: 'model',
      modelKind: 'generate',
    }),
    system: z.string().max(100_000).default('').meta({
      title: 'System prompt',
      description: 'Who the model is and how it answers. Small models do better without one.',
      widget: 'text',
    }),
    temperature: temperatureField(defaults.temperature),
    maxTokens: z
      .int()
      .min(1)
      .max(131_072)
      .default(defaults.maxTokens)
      .meta({ title: 'Max tokens', description: 'Longest answer.' }),
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
      description: 'The answer becomes JSON of this shape, on the output json. Without fields it is text.',
      widget: 'schema',
    }),
    tools: z.array(FunctionTool).max(64).optional().meta({
      title: 'Functions',
      description: 'What the model may ask for. Its calls come out as calls, and nobody makes them: an agent would.',
    }),
    toolChoice: z
      .enum(['auto', 'required'])
      .optional()
      .meta({
        title: 'Calls',
        description: 'When it asks for one of the functions.',
        labels: { auto: 'Where the model thinks fit', required: 'Always' },
      }),
    parallelToolCalls: z.boolean().default(true).meta({ title: 'Several calls at once' }),
    reasoning: reasoningField(defaults.reasoning),
    adapters: z
      .array(
        z.object({
          id: z.string().min(1).meta({ title: 'Adapter', widget: 'model', modelKind: 'lora' }),
          scale: z.number().min(0).max(4).optional().meta({ title: 'Strength' }),
        }),
      )
      .max(8)
      .optional()
      .meta({ title: 'LoRA adapters', description: 'Trained additions to a local model.' }),
    layout: templateText
      .default(defaults.layout)
      .meta({ title: 'Passages and question', description: 'How both stand in the prompt.', widget: 'template' }),
    order: z
      .enum(['best-last', 'best-first'])
      .default(defaults.order)
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
export type ChatConfig = z.infer<ReturnType<typeof chatConfig>>;

const Reasoning = z.enum(['none', 'low', 'medium', 'high']);

function reasoningField(preset: ChatDefaults['reasoning']) {
  const field = preset === undefined ? Reasoning.optional() : Reasoning.optional().default(preset);
  return field.meta({
    title: 'Reasoning',
    description: 'How long a reasoning model thinks before it answers. Other models ignore it.',
    labels: { none: 'As little as possible', low: 'A little', medium: 'Some', high: 'Long' },
  });
}

function temperatureField(preset: number | undefined) {
  const field = z.number().min(0).max(2);
  return (preset === undefined ? field.optional() : field.optional().default(preset)).meta({
    title: 'Temperature',
    description: '0 is the likeliest answer each time, higher is freer.',
  });
}
