import {
  defineNode,
  ImagePort,
  Json,
  Messages,
  Passages,
  templateNames,
  Text,
  type ConfigProblem,
  type NodeDefinition,
  type Port,
} from '@heddle/core';
import { chatConfig, type ChatConfig, type ChatDefaults } from './chat-config.js';
import { converseWithin } from './next-model.js';
import { schemaCheck } from './read-json.js';

interface ChatNode {
  readonly type: string;
  readonly title: string;
  readonly summary: string;
  readonly icon: string;
  readonly keywords: readonly string[];
  /** Comes before the help that all these nodes share. */
  readonly help?: string;
  readonly defaults: ChatDefaults;
}

/** Defines a node that calls a language model. The node types differ only in their defaults. */
export function chatNode({ type, title, summary, icon, keywords, help, defaults }: ChatNode): NodeDefinition {
  const config = chatConfig(defaults);
  return defineNode({
    type,
    version: 1,
    category: 'model',
    title,
    summary,
    icon,
    keywords,
    role: 'step',
    effects: ['model'],
    headline: 'model',
    prompts: { system: 'text', layout: 'template' },
    help: `${help === undefined ? '' : `${help}\n\n`}${sharedHelp(config.parse({}).nothingFound)}`,
    config,
    inputs: {
      prompt: Text.optional().with({ title: 'Prompt' }),
      messages: Messages.optional().with({ title: 'Messages' }),
      passages: Passages.optional().with({ title: 'Passages' }),
      image: ImagePort.optional().with({ title: 'Image' }),
      model: Text.optional().with({ title: 'Model' }),
      route: Json.optional().with({
        title: 'Route',
        help: 'The decision of a route node: if a budget says downgrade, its next candidate is used.',
      }),
    },
    outputs: { text: Text, citations: Json, usage: Json },
    example: { config: { model: defaults.model, temperature: 0 }, inputs: { prompt: 'Name a colour of the rainbow.' } },
    ports: ({ schema, tools = [], givesReasoning }) => {
      const outputs: Record<string, Port> = {};
      if (schema !== undefined) outputs['json'] = Json;
      if (tools.length > 0)
        outputs['calls'] = Json.with({ title: 'Calls', help: 'A list of { id, name, arguments }.' });
      if (givesReasoning) outputs['reasoning'] = Text.with({ title: 'Reasoning' });
      return { outputs };
    },
    references: ({ model, adapters = [] }) => [
      { kind: 'model', id: model, field: 'model' },
      ...adapters.map(({ id }, index) => ({ kind: 'model' as const, id, field: `adapters.${index}.id` })),
    ],
    limits: ({ model }) => [`model:${model}`],
    isRepeatable: ({ temperature, seed }) => temperature === 0 || seed !== undefined,
    check: checkChat,
    run: ({ config: settings, inputs, context }) => converseWithin(settings, inputs, context),
  });
}

const sharedHelp = (nothingFound: string): string =>
  `
Connect a **prompt**, **messages**, or both (the prompt is then the next user message). The answer streams.

**Passages** are numbered and placed before the question, with the best passage next to it; the layout is a setting. If they do not fit into the context of the model, the weakest are left out and the log shows how many. If none arrive, the node answers *${nothingFound}* without a model call.

**Citations** are checked: each quotes text that is literally in a passage, with document and location. A passage that the answer names as \`[2]\` is cited; for a sentence without such a mark, the passage with its words is found by comparison. A sentence that no passage supports gets no citation. Larger models name passages themselves if the system prompt asks for it: *Name the passage after each statement, as in [1]; say so when the passages do not hold the answer.*

With a **JSON schema**, the model can only write JSON that fits it, and \`json\` carries the parsed and checked value.

With **functions**, the model can call functions instead of answering; \`calls\` has its calls, and \`messages\` with the roles \`assistant\` and \`tool\` return the results. An **agent** makes the calls itself.

An answer that is cut off at **Max tokens** is kept, with a warning in the log. A stream that ends early is \`stream_incomplete\` and can be retried.

Connect **route** to the decision of a **route** node: if a budget says *downgrade*, its next candidate is used. Without it, such a budget fails the node.

An **image** is added to the last user message, for models with image support.
`.trim();

/** Checks the rules that the config schema cannot express. */
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
            message: `This JSON schema cannot be enforced: ${problem}`,
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
              message: `The name '${name}' is used for two functions.`,
              fix: 'Use different names.',
            },
          ],
    ),
    ...missing.map((name) => ({
      field: 'layout',
      message: `The layout does not contain {{ ${name} }}.`,
      fix: 'Use {{ passages }} and {{ prompt }}.',
    })),
  ];
}
