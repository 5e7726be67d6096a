import { frontierLayout } from './generation/build-messages.js';
import { chatNode } from './generation/chat-node.js';

export const reason = chatNode({
  type: 'reason',
  title: 'Reason',
  summary: 'Gives a hard question to a frontier model that thinks before it answers.',
  icon: 'brain',
  help: `
Choose a model of a **connection**, such as \`openai/gpt-5\`. What is sent leaves this machine: the connection's ceiling says which labels may, and the run records what went where.
`.trim(),
  defaults: {
    model: 'openai/gpt-5',
    maxTokens: 4096,
    layout: frontierLayout,
    order: 'best-first',
    reasoning: 'medium',
  },
});
