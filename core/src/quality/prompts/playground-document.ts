import type { WorkflowDocument } from '../../document/workflow-document.js';
import type { LabelLevel } from '../../labels/label.js';
import { variablesOfPrompt, type PromptContent } from './prompt-content.js';

/** What one column of the playground runs. */
export interface PlaygroundColumn {
  readonly content: PromptContent;
  readonly model: string;
  readonly maxTokens: number;
}

/**
 * A workflow that fills a prompt with values and sends it to a model, so that a try of a prompt is a run like any other: with labels, budgets and
 * the record of spending. Its input `values` has the values by the names of the variables, and `level` is their label.
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

/** The inputs of a run of the document from values by the names of variables. A variable may have a name that no input may have. */
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
