import { defineNode, Messages, renderTemplate, Text, type Message } from '@heddle/core';
import { z } from 'zod';
import { inputsOfTemplates, templateText } from './fields/template-field.js';

export const prompt = defineNode({
  type: 'prompt',
  version: 1,
  category: 'model',
  title: 'Prompt',
  summary: 'Writes a prompt from a template and values.',
  icon: 'text-quote',
  role: 'step',
  effects: [],
  headline: 'template',
  help: `
Write \`{{ name }}\` where a value goes: each name becomes an input. \`{{ order.items[0].name }}\` reads inside a value, \`{{ note? }}\` may be missing, \`\\{{\` writes two braces.

Values are inserted once and never read as a template again, so nothing that a user or a document says can change the prompt's shape. Passages are numbered as \`[1]\`, \`[2]\`; messages are written with their roles; lists of texts stand one a line; anything else is JSON.

**Text** is the filled template. **Messages** is the same as a conversation: the system text first, where there is one, then the template as the user's message.
`.trim(),
  config: z.object({
    template: templateText
      .default('{{ text }}')
      .meta({ title: 'Template', description: 'Text with {{ name }} where values go.', widget: 'template' }),
    system: templateText.default('').meta({
      title: 'System prompt',
      description: 'Who the model is and how it answers. A template too.',
      widget: 'template',
    }),
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
  ports: ({ template, system }) => ({ inputs: inputsOfTemplates([system, template]) }),
  run({ config, inputs }) {
    const text = renderTemplate(config.template, inputs);
    const system = renderTemplate(config.system, inputs).trim();
    const messages: Message[] = [
      ...(system === '' ? [] : [{ role: 'system' as const, content: system }]),
      { role: 'user', content: text },
    ];
    return { text, messages };
  },
});
