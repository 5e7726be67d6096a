import { describe, expect, it } from '@jest/globals';
import type { CallScope, Resources } from '@heddle/core';
import { createBench } from './testing/harness.js';
import { testNodes, type Behaviours } from './testing/test-nodes.js';

const passage = (id: string, collection?: string) => ({
  id,
  document: id.split('#')[0],
  text: `About ${id}`,
  ...(collection === undefined ? {} : { collection }),
});

/** Records the passages of each execution that asks for a model, by its path. */
function noting() {
  const seen: Record<string, readonly string[]> = {};
  const resources: Resources = {
    use: () => Promise.reject(new Error('asked without a scope')),
    scoped: (scope: CallScope) => ({
      use: () => {
        seen[scope.path] = scope.passages();
        return Promise.resolve({} as never);
      },
    }),
  };
  return { seen, resources };
}

describe('the passages of an execution', () => {
  const asks: Behaviours[string] = async ({ context }) => {
    await context.use('languageModel', 'm');
    return { out: 'said' };
  };

  it('are the nearest ones before it in the graph: those that a reranker leaves, not all that a search found', async () => {
    const { seen, resources } = noting();
    const behaviours: Behaviours = {
      found: () => ({ out: [passage('a#1', 'faq'), passage('b#1', 'faq'), passage('c#1')] }),
      best: () => ({ out: [passage('c#1'), passage('a#1', 'faq')] }),
      prompt: () => ({ out: 'Answer from these.' }),
      chat: asks,
      early: asks,
    };
    const outcome = await createBench(testNodes(behaviours), { host: { resources } }).run({
      nodes: {
        found: { type: 'do', config: { inputs: [] } },
        best: 'do',
        prompt: 'do',
        chat: 'do',
        early: { type: 'do', config: { inputs: [] } },
        e: 'out',
      },
      edges: ['found.out -> best.in', 'best.out -> prompt.in', 'prompt.out -> chat.in', 'chat.out -> e.value'],
    });
    expect(outcome).toMatchObject({ status: 'done' });
    expect(seen).toEqual({ chat: ['c#1', 'faq/a#1'], early: [] });
  });
});
