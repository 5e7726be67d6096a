import type { WorkflowDocument } from '@heddle/core';

const optional = (name: string) => ({ name, type: 'Text', required: false });

/** Recalls what is known, then remembers a fact where one is given. Its inputs `subject` and `thread` name nothing. */
export const noting: WorkflowDocument = {
  heddle: 2,
  name: 'Noting',
  nodes: {
    asked: {
      type: 'input',
      version: 1,
      config: { fields: ['key', 'text', 'question', 'subject', 'thread'].map(optional) },
    },
    recall: {
      type: 'memory',
      version: 2,
      config: { mode: 'recall', maxFacts: 100, model: 'fake', embedder: 'fake-embedder' },
    },
    keep: { type: 'memory', version: 2, config: { mode: 'remember' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'known', type: 'Text' }] } },
  },
  edges: [
    { from: 'asked.question', to: 'recall.question' },
    { from: 'asked.key', to: 'keep.key' },
    { from: 'asked.text', to: 'keep.text' },
    { from: 'recall.text', to: 'reply.known' },
  ],
};

/** A graph as a workflow inside of another one. */
export const notingInside: WorkflowDocument = {
  heddle: 2,
  name: 'Noting inside',
  nodes: {
    asked: noting.nodes['asked']!, // it is above
    inner: { type: 'workflow', version: 1, config: { workflow: '#inner' } },
    reply: noting.nodes['reply']!,
  },
  edges: [
    ...['key', 'text', 'question', 'subject', 'thread'].map((name) => ({ from: `asked.${name}`, to: `inner.${name}` })),
    { from: 'inner.known', to: 'reply.known' },
  ],
  workflows: { inner: { nodes: noting.nodes, edges: noting.edges } },
};
