import type { WorkflowDocument } from '@heddle/core';

/** A workflow of three library nodes that needs no model: it takes `question` and returns it as `answer`. */
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
