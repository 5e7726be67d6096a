import type { WorkflowDocument } from '@heddle/core';

/** A workflow of three nodes of the library that needs no model: takes `question`, gives it back as `answer`. */
export function echoDocument(prefix = 'You asked: '): WorkflowDocument {
  return {
    heddle: 2,
    name: 'Echo',
    nodes: {
      question: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
      say: { type: 'prompt', version: 1, config: { template: `${prefix}{{ question }}` } },
      reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
    },
    edges: [
      { from: 'question.question', to: 'say.question' },
      { from: 'say.text', to: 'reply.answer' },
    ],
  };
}
