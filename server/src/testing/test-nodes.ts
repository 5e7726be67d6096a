import { defineNode, Text, type NodeDefinition, type WorkflowDocument } from '@heddle/core';
import { z } from 'zod';

const none = z.object({});

const ask = defineNode({
  type: 'human-input',
  version: 1,
  category: 'input-output',
  title: 'Ask',
  summary: 'Takes a question.',
  role: 'source',
  effects: [],
  config: none,
  inputs: {},
  outputs: { question: Text },
  run: () => ({ question: '' }),
});

const upper = defineNode({
  type: 'upper',
  version: 1,
  category: 'data',
  title: 'Upper case',
  summary: 'Writes a text in capitals.',
  role: 'step',
  effects: [],
  config: z.object({ prefix: z.string().default('').meta({ title: 'Prefix' }) }),
  inputs: { text: Text },
  outputs: { text: Text },
  run: ({ inputs }) => ({ text: inputs.text.toUpperCase() }),
});

const tell = defineNode({
  type: 'tell',
  version: 1,
  category: 'input-output',
  title: 'Tell',
  summary: 'Gives an answer.',
  role: 'sink',
  effects: [],
  config: none,
  inputs: { answer: Text },
  outputs: {},
  run: () => ({}),
});

/** Three nodes that need no models or other resources. */
export const testNodes: readonly NodeDefinition[] = [ask, upper, tell];

/** A workflow of the test nodes that takes `question` and returns `answer`. */
export function testDocument(name = 'Shout'): WorkflowDocument {
  return {
    heddle: 2,
    name,
    nodes: {
      question: { type: 'human-input', version: 1, config: {} },
      shout: { type: 'upper', version: 1, config: {} },
      reply: { type: 'tell', version: 1, config: {} },
    },
    edges: [
      { from: 'question.question', to: 'shout.text' },
      { from: 'shout.text', to: 'reply.answer' },
    ],
  };
}
