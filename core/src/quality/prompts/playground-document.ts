import type { WorkflowDocument } from '../../document/workflow-document.js';
import type { LabelLevel } from '../../labels/label.js';
import { variablesOfPrompt, type PromptContent } from './prompt-content.js';

/** The model and prompt of one playground column. */
export interface PlaygroundColumn {
  readonly content: PromptContent;
  readonly model: string;
  readonly maxTokens: number;
}

/**
 * Creates a workflow that fills a prompt with values and sends it to a model. Trying a prompt is then an ordinary run, with labels, budgets
 * and recorded costs. The input `values` contains the values by variable name; `level` is their label.
 */
export function playgroundDocument(
  name: string,
  { content, model, maxTokens }: PlaygroundColumn,
  level: LabelLevel,
): WorkflowDocument {
  const variables = variablesOfPrompt(content);
  const messages = content.kind === 'chat' ? content.messages : [{ role: 'user', content: content.text }];
  const [first] = messages;
  const system = first?.role === 'system' ? first.content : undefined;
  const fields = variables.map(({ isOptional }, index) => ({
    name: inputOf(index),
    type: 'Json',
    label: level,
    required: !isOptional,
  }));
  const prompt = {
    template: messages.at(-1)?.content ?? '',
    system: system ?? '',
    examples: messages.slice(system === undefined ? 0 : 1, -1),
  };
  const call = { model, maxTokens, nothingFound: '' };
  return {
    heddle: 2,
    name: `Try of ${name}`.slice(0, 200),
    nodes: {
      ...(variables.length === 0 ? {} : { values: { type: 'input', version: 1, config: { fields } } }),
      prompt: { type: 'prompt', version: 1, config: prompt },
      answer: { type: 'generate', version: 1, config: call },
      reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
    },
    edges: [
      ...variables.map((variable, index) => ({ from: `values.${inputOf(index)}`, to: `prompt.${variable.name}` })),
      { from: 'prompt.messages', to: 'answer.messages' },
      { from: 'answer.text', to: 'reply.answer' },
    ],
  };
}

/**
 * Returns the run inputs for the values of variables. They are nested in one input, because a variable can have a name that is not allowed
 * for an input.
 */
export const playgroundInputs = (
  content: PromptContent,
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    variablesOfPrompt(content).flatMap(({ name }, index) =>
      Object.hasOwn(values, name) && values[name] !== '' ? [[inputOf(index), values[name]] as const] : [],
    ),
  );

const inputOf = (index: number): string => `v${index}`;
