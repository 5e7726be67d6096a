import { frontierLayout } from './generation/build-messages.js';
import { chatNode } from './generation/chat-node.js';

export const chat = chatNode({
  type: 'chat',
  title: 'Chat',
  summary: 'Calls any language model, local or of a connection.',
  icon: 'message-square',
  help: `
Connect **model** to a **route** node to choose the model for each run by label, price, measured speed and quality.
**generate** is the same node with defaults for small local models, **reason** with defaults for frontier models.
`.trim(),
  defaults: { model: 'smollm2-135m', temperature: 0.7, maxTokens: 1024, layout: frontierLayout, order: 'best-first' },
});
