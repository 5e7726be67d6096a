import { defineNode, Text, type NodeDefinition, type WorkflowDocument } from '@heddle/core';
import { z } from 'zod';

/** A workflow whose runs wait until the test releases them. It returns its `question` as `answer`. */
export interface WaitingWorkflow {
  readonly node: NodeDefinition;
  readonly document: WorkflowDocument;
  /** The questions that its node has received. */
  readonly asked: readonly string[];
  readonly letGo: () => void;
}

/** Creates the workflow and its node. @example const { node, document, letGo } = createWaitingWorkflow(); */
export function createWaitingWorkflow(): WaitingWorkflow {
  const asked: string[] = [];
  let letGo = (): void => undefined;
  const isLetGo = new Promise<void>((resolve) => (letGo = resolve));
  const node = defineNode({
    type: 'wait-for-test',
    version: 1,
    category: 'data',
    title: 'Wait',
    summary: 'Waits for a test.',
    role: 'step',
    effects: [],
    config: z.object({}),
    inputs: { text: Text },
    outputs: { text: Text },
    async run({ inputs, context }) {
      asked.push(inputs.text);
      const isAborted = new Promise<void>((end) => context.signal.addEventListener('abort', () => end()));
      await Promise.race([isLetGo, isAborted]);
      context.signal.throwIfAborted();
      return { text: inputs.text };
    },
  });
  const document: WorkflowDocument = {
    heddle: 2,
    name: 'Waiting',
    nodes: {
      ask: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
      wait: { type: 'wait-for-test', version: 1, config: {} },
      reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
    },
    edges: [
      { from: 'ask.question', to: 'wait.text' },
      { from: 'wait.text', to: 'reply.answer' },
    ],
  };
  return { node, document, asked, letGo };
}
