import type { WorkflowDocument } from '@heddle/core';

const optional = (name: string) => ({ name, type: 'Text', required: false });

const names = ['key', 'text', 'question', 'subject', 'thread'];
const asked = { type: 'input', version: 1, config: { fields: names.map(optional) } };
const reply = { type: 'output', version: 1, config: { fields: [{ name: 'known', type: 'Text' }] } };

/** Recalls all facts, then remembers a fact if one is given. Its inputs are called `subject` and `thread`, but must select neither. */
export const noting: WorkflowDocument = {
  heddle: 2,
  name: 'Noting',
  nodes: {
    asked,
    recall: {
      type: 'memory',
      version: 2,
      config: { mode: 'recall', maxFacts: 100, model: 'fake', embedder: 'fake-embedder' },
    },
    keep: { type: 'memory', version: 2, config: { mode: 'remember' } },
    reply,
  },
  edges: [
    { from: 'asked.question', to: 'recall.question' },
    { from: 'asked.key', to: 'keep.key' },
    { from: 'asked.text', to: 'keep.text' },
    { from: 'recall.text', to: 'reply.known' },
  ],
};

/** `noting` as a workflow inside another one. */
export const notingInside: WorkflowDocument = {
  heddle: 2,
  name: 'Noting inside',
  nodes: { asked, inner: { type: 'workflow', version: 1, config: { workflow: '#inner' } }, reply },
  edges: [
    ...names.map((name) => ({ from: `asked.${name}`, to: `inner.${name}` })),
    { from: 'inner.known', to: 'reply.known' },
  ],
  workflows: { inner: { nodes: noting.nodes, edges: noting.edges } },
};
