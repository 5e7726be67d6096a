import { frontierLayout } from '../generation/build-messages.js';
import { chatNode } from '../generation/chat-node.js';
import { listOf } from '../fields/list-of.js';

export const reason = chatNode({
  type: 'reason',
  title: 'Reason',
  summary: 'Sends a hard question to a frontier model that reasons before it answers.',
  icon: 'brain',
  keywords: listOf(`
      llm, frontier, frontier model, openai, gpt, claude, anthropic, sonnet, opus, gemini, grok, deepseek, bedrock,
      vertex, openrouter, thinking, think, reasoning, chain of thought, cloud model, hard question, plan
    `),
  help: `
Choose a model of a **connection**, such as \`openai/gpt-5\`. The prompt leaves this machine: the clearance of the connection limits which labels may be sent, and the run records what was sent where.
`.trim(),
  defaults: {
    model: 'openai/gpt-5',
    maxTokens: 4096,
    layout: frontierLayout,
    order: 'best-first',
    reasoning: 'medium',
  },
});
