import { defineNode, Messages, renderTemplate, Text, type Message } from '@heddle/core';
import { z } from 'zod';
import { inputsOfTemplates, templateText } from '../fields/template-field.js';
import { listOf } from '../fields/list-of.js';

export const prompt = defineNode({
  type: 'prompt',
  version: 1,
  category: 'model',
  title: 'Prompt',
  summary: 'Creates a prompt from a template and values.',
  icon: 'text-quote',
  keywords: listOf(`
      template, prompt template, instruction, system message, jinja, mustache, few shot, compose, text, string,
      format, placeholder
    `),
  role: 'step',
  effects: [],
  headline: 'template',
  prompts: { template: 'chat', system: 'template' },
  help: `
Write \`{{ name }}\` to insert a value: each name becomes an input. \`{{ order.items[0].name }}\` reads inside a value, \`{{ note? }}\` may be missing, \`\\{{\` writes two literal braces.

Values are inserted once and never read as a template, so that the text of a user or a document cannot change the prompt. Passages are numbered as \`[1]\`, \`[2]\`; messages are written with their roles; lists of texts have one text per line; all other values are JSON.

**Text** is the rendered template. **Messages** has the same as a conversation: first the system prompt, if there is one, then the examples, then the template as the message of the user.
`.trim(),
  config: z.object({
    template: templateText
      .default('{{ text }}')
      .meta({ title: 'Template', description: '{{ name }} inserts a value.', widget: 'template' }),
    system: templateText.default('').meta({
      title: 'System prompt',
      description: 'The role of the model and how it answers. Also a template.',
      widget: 'template',
    }),
    examples: z
      .array(
        z.object({
          role: z.enum(['user', 'assistant']).meta({ title: 'From', labels: { user: 'User', assistant: 'Assistant' } }),
          content: templateText.meta({ title: 'Message', widget: 'template' }),
        }),
      )
      .max(64)
      .optional()
      .meta({ title: 'Examples', description: 'Messages before the template, as templates. Only messages has them.' }),
  }),
  inputs: {},
  outputs: { text: Text, messages: Messages },
  example: {
    config: { template: 'Translate into {{ language }}: {{ text }}' },
    inputs: { language: 'Dutch', text: 'Good morning' },
    outputs: {
      text: 'Translate into Dutch: Good morning',
      messages: [{ role: 'user', content: 'Translate into Dutch: Good morning' }],
    },
  },
  ports: ({ template, system, examples = [] }) => ({
    inputs: inputsOfTemplates([system, ...examples.map(({ content }) => content), template]),
  }),
  run({ config, inputs }) {
    const text = renderTemplate(config.template, inputs);
    const system = renderTemplate(config.system, inputs).trim();
    const messages: Message[] = [
      ...(system === '' ? [] : [{ role: 'system' as const, content: system }]),
      ...(config.examples ?? []).map(({ role, content }) => ({ role, content: renderTemplate(content, inputs) })),
      { role: 'user', content: text },
    ];
    return { text, messages };
  },
});
