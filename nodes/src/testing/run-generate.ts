import type { Citation, Passage } from '@heddle/core';
import {
  createFakeLanguageModel,
  runNode,
  type FakeLanguageModelOptions,
  type FakeScript,
  type RunNodeOptions,
} from '@heddle/core/testing';
import { generate } from '../model/generate.node.js';

/** Passages from two documents. */
export const passages: Passage[] = [
  {
    id: 'leave#0',
    document: 'leave.md',
    title: 'Leave',
    text: 'Everyone has 27 days of paid leave. It is booked in the calendar.',
    place: { line: 3 },
  },
  { id: 'pay#0', document: 'pay.md', text: 'Salaries are paid on the 25th.' },
];

/** Runs the node with a model that replies as the script says. */
export async function run(
  script: FakeScript,
  inputs: Record<string, unknown>,
  config: Record<string, unknown> = {},
  options: FakeLanguageModelOptions & Pick<RunNodeOptions, 'signal'> = {},
) {
  const model = createFakeLanguageModel(script, options);
  const result = await runNode(generate, {
    config,
    inputs,
    resources: { languageModel: model },
    signal: options.signal,
  });
  return {
    ...result,
    request: model.requests[0],
    text: result.outputs['text'],
    citations: result.outputs['citations'] as Citation[],
  };
}
