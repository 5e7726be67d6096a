import { defaultLayout } from './generation/build-messages.js';
import { chatNode } from './generation/chat-node.js';

export const generate = chatNode({
  type: 'generate',
  title: 'Generate',
  summary: 'Generates an answer with a language model, from passages if they are connected.',
  icon: 'sparkles',
  defaults: { model: 'smollm2-135m', temperature: 0.2, maxTokens: 512, layout: defaultLayout, order: 'best-last' },
});
