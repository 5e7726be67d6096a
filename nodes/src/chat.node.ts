import { frontierLayout } from './generation/build-messages.js';
import { chatNode } from './generation/chat-node.js';

export const chat = chatNode({
  type: 'chat',
  title: 'Chat',
  summary: 'Asks any language model, of this machine or of a connection.',
  icon: 'message-square',
  help: `
Connect **model** to a **route** and the model is chosen for each run: by label, price, measured speed and quality.
**generate** is the same node set up for small models of this machine, **reason** for frontier models.
`.trim(),
  defaults: { model: 'smollm2-135m', temperature: 0.7, maxTokens: 1024, layout: frontierLayout, order: 'best-first' },
});
