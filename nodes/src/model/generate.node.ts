import { defaultLayout } from '../generation/build-messages.js';
import { chatNode } from '../generation/chat-node.js';

export const generate = chatNode({
  type: 'generate',
  title: 'Generate',
  summary: 'Generates an answer with a language model, from passages if they are connected.',
  icon: 'sparkles',
  help: `
The model is local or of a connection. Connect **model** to a **route** node to choose it for each run by label, price, measured speed and quality. The defaults suit small local models; **reason** is the same node with defaults for frontier models.
`.trim(),
  defaults: { model: 'smollm2-135m', temperature: 0.2, maxTokens: 512, layout: defaultLayout, order: 'best-last' },
});
