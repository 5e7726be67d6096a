import { parseDocument, type WorkflowDocument } from '@heddle/core';

/** The workflow "Chat with documents": the template "Ask the handbook" with another collection and model. */
export function askDocuments(name: string, collection: string, model: string): WorkflowDocument {
  const text = { type: 'Text' };
  return parseDocument({
    heddle: 2,
    name,
    description: `Answers questions from the documents in ${collection}, and shows the sources of the answer.`,
    nodes: {
      question: {
        type: 'input',
        version: 1,
        title: 'Question',
        config: { fields: [{ ...text, name: 'question', title: 'Your question', maxLength: 2000 }] },
      },
      search: {
        type: 'retrieve',
        version: 1,
        title: 'Search the documents',
        config: { collection, mode: 'hybrid', topK: 3 },
      },
      answer: {
        type: 'generate',
        version: 1,
        title: 'Answer',
        config: { model, maxTokens: 256, temperature: 0 },
        run: { retry: { attempts: 2, backoffMs: 500 } },
      },
      reply: {
        type: 'output',
        version: 1,
        title: 'Reply',
        config: {
          fields: [
            { ...text, name: 'answer', title: 'Answer' },
            { name: 'citations', title: 'Sources', type: 'Json' },
          ],
        },
      },
    },
    edges: [
      { from: 'question.question', to: 'search.query' },
      { from: 'question.question', to: 'answer.prompt' },
      { from: 'search.passages', to: 'answer.passages' },
      { from: 'answer.text', to: 'reply.answer' },
      { from: 'answer.citations', to: 'reply.citations' },
    ],
    layout: { nodes: { question: [0, 0], search: [320, 140], answer: [640, 0], reply: [960, 0] } },
  });
}
