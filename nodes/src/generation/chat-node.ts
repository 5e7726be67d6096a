import {
  defineNode,
  Image,
  Json,
  Messages,
  Passages,
  templateNames,
  Text,
  type ConfigProblem,
  type NodeDefinition,
} from '@heddle/core';
import { chatConfig, type ChatConfig, type ChatDefaults } from './chat-config.js';
import { converseWithin } from './next-model.js';
import { schemaCheck } from './read-json.js';

/** A node that asks a language model. */
export interface ChatNode {
  readonly type: string;
  readonly title: string;
  readonly summary: string;
  readonly icon: string;
  /** What is said before the help that all of them share. */
  readonly help?: string;
  readonly defaults: ChatDefaults;
}

/** Defines a node that asks a language model: `chat` and its presets differ in what they begin with, nothing else. */
export function chatNode({ type, title, summary, icon, help, defaults }: ChatNode): NodeDefinition {
  const config = chatConfig(defaults);
  return defineNode({
    type,
    version: 1,
    category: 'model',
    title,
    summary,
    icon,
    role: 'step',
    effects: ['model'],
    headline: 'model',
    help: `${help === undefined ? '' : `${help}\n\n`}${sharedHelp(config.parse({}).nothingFound)}`,
    config,
    inputs: {
      prompt: Text.optional().with({ title: 'Prompt' }),
      messages: Messages.optional().with({ title: 'Messages' }),
      passages: Passages.optional().with({ title: 'Passages' }),
      image: Image.optional().with({ title: 'Image' }),
      model: Text.optional().with({ title: 'Model' }),
      order: Json.optional().with({
        title: 'Order',
        help: 'The decision of a route node: where a budget says downgrade, its next candidate is asked.',
      }),
    },
    outputs: { text: Text, citations: Json, usage: Json },
    example: { config: { model: defaults.model, temperature: 0 }, inputs: { prompt: 'Name a colour of the rainbow.' } },
    ports: ({ schema, tools = [] }) => ({
      outputs: {
        ...(schema === undefined ? {} : { json: Json }),
        ...(tools.length === 0
          ? {}
          : { calls: Json.with({ title: 'Calls', help: 'A list of { id, name, arguments }.' }) }),
      },
    }),
    references: ({ model, adapters = [] }) => [
      { kind: 'model', id: model, field: 'model' },
      ...adapters.map(({ id }, index) => ({ kind: 'model' as const, id, field: `adapters.${index}.id` })),
    ],
    limits: ({ model }) => [`model:${model}`],
    check: checkChat,
    run: ({ config: settings, inputs, context }) => converseWithin(settings, inputs, context),
  });
}

const sharedHelp = (nothingFound: string): string =>
  `
Connect a **prompt**, **messages**, or both (the prompt is then the next thing the user says). Text streams while it is written.

**Passages** are numbered and put before the question, the best one next to it; the layout is a setting. When they do not all fit the model's context, the weakest are left out and the log says how many. When none arrive, the node answers *${nothingFound}* without asking the model.

**Citations** are checked: each quotes words that stand literally in a passage, with document and place. A passage that the answer names as \`[2]\` is cited; for a sentence without such a mark the passage that holds its words is found by comparison. What no passage supports gets no citation. Larger models name passages themselves when the system text asks for it: *Name the passage after each statement, as in [1]; say so when the passages do not hold the answer.*

With a **JSON schema**, the model can write only JSON of that shape, and \`json\` carries it parsed and checked.

With **functions**, the model may ask for some of them instead of answering; \`calls\` has what it asks for, and \`messages\` with roles \`assistant\` and \`tool\` bring the results back. An **agent** makes the calls itself.

An answer cut off at **Max tokens** is kept, with a warning in the log. A stream that ends early is \`stream_incomplete\` and worth a retry.

Connect **order** to the decision of a **route**: where a budget says *downgrade*, the next of its candidates is asked. Without it, such a budget fails the node.

An **image** goes with the last thing the user says, to models that see.
`.trim();

/** What no schema can say of the settings. */
export function checkChat({
  schema,
  layout,
  tools = [],
}: Pick<ChatConfig, 'schema' | 'layout' | 'tools'>): readonly ConfigProblem[] {
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
    ...tools.flatMap(({ name }, index) =>
      tools.findIndex((other) => other.name === name) === index
        ? []
        : [
            {
              field: `tools.${index}.name`,
              message: `Two functions are called '${name}'.`,
              fix: 'Give each a name of its own.',
            },
          ],
    ),
    ...missing.map((name) => ({
      field: 'layout',
      message: `The layout leaves out {{ ${name} }}.`,
      fix: 'Use {{ passages }} and {{ prompt }}.',
    })),
  ];
}
