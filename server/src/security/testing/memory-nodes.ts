import { defineNode, Json, type WorkflowDocument } from '@heddle/core';
import { z } from 'zod';

/** Returns everything that the thread of its run contains, without a model. */
export const recall = defineNode({
  type: 'recall',
  version: 1,
  category: 'data',
  title: 'Recall',
  summary: 'Gives what was said in the thread.',
  role: 'step',
  effects: ['files'],
  config: z.object({}),
  usesThread: true,
  inputs: { after: Json.optional() },
  outputs: { said: Json },
  async run({ context }) {
    const memory = await context.use('memory');
    const { turns } = await memory.read();
    return { said: turns.map(({ message }) => message.content) };
  },
});

const asked = {
  type: 'input',
  version: 1,
  config: {
    fields: [
      { name: 'session', type: 'Text', required: false },
      { name: 'text', type: 'Text', required: false },
    ],
  },
};

const graph: Pick<WorkflowDocument, 'nodes' | 'edges'> = {
  nodes: {
    asked,
    keep: { type: 'memory', version: 2, config: { mode: 'write' } },
    recall: { type: 'recall', version: 1, config: {} },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'said', type: 'Json' }] } },
  },
  edges: [
    { from: 'asked.text', to: 'keep.messages' },
    { from: 'recall.said', to: 'reply.said' },
  ],
};

/**
 * Adds a text to its thread if one is given, and returns what the thread contained before. Its input is called `session`, but must not
 * select a thread.
 */
export const remembering: WorkflowDocument = { heddle: 2, name: 'Support', ...graph };

/** `remembering` that asks a person before it reads its thread. */
export const hesitating: WorkflowDocument = {
  heddle: 2,
  name: 'Support',
  nodes: { ...graph.nodes, ask: { type: 'human-input', version: 1, config: { title: 'Go on?' } } },
  edges: [...graph.edges, { from: 'asked.session', to: 'ask.value' }, { from: 'ask.answer', to: 'recall.after' }],
};

/** `remembering` as a workflow inside another one. */
export const nested: WorkflowDocument = {
  heddle: 2,
  name: 'Support',
  nodes: {
    asked,
    inner: { type: 'workflow', version: 1, config: { workflow: '#inner' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'said', type: 'Json' }] } },
  },
  edges: [
    { from: 'asked.session', to: 'inner.session' },
    { from: 'asked.text', to: 'inner.text' },
    { from: 'inner.said', to: 'reply.said' },
  ],
  workflows: { inner: graph },
};

/** An agent whose model calls `remembering` as a tool. */
export const agentic: WorkflowDocument = {
  ...nested,
  nodes: {
    asked: { type: 'input', version: 1, config: { fields: [{ name: 'prompt', type: 'Text' }] } },
    agent: {
      type: 'agent',
      version: 1,
      config: { model: 'fake', tools: [{ use: 'workflow', workflow: '#inner', name: 'inner', permission: 'allow' }] },
    },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'said', type: 'Json' }] } },
  },
  edges: [
    { from: 'asked.prompt', to: 'agent.prompt' },
    { from: 'agent.turn', to: 'reply.said' },
  ],
};
