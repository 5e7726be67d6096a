import { HeddleError } from '@heddle/core';
import { createFakeLanguageModel, runNode } from '@heddle/core/testing';
import { describe, expect, it } from '@jest/globals';
import { vote } from './vote.node.js';

type Replies = Parameters<typeof createFakeLanguageModel>[0];
const run = (replies: Replies, config: Record<string, unknown>) =>
  runNode(vote, {
    config: { models: ['a', 'b', 'c'], ...config },
    inputs: { prompt: 'Where?' },
    resources: { languageModel: createFakeLanguageModel(replies) },
  });
const failure = { text: '', error: new HeddleError('provider_failed', 'It broke.') };

describe('vote', () => {
  it('takes the majority answer, and keeps all answers', async () => {
    const { outputs, decisions } = await run(['In Rome', 'In Paris', 'In Paris, France'], {});
    expect(outputs['text']).toBe('In Paris');
    expect(outputs['answers']).toHaveLength(3);
    expect(decisions).toMatchObject([{ kind: 'vote', details: { pick: 'majority' } }]);
  });

  it('lets a judge choose the best answer, or merge them', async () => {
    expect((await run(['x', 'y', 'z', 'Answer 2'], { pick: 'judge' })).outputs['text']).toBe('y');
    expect((await run(['x', 'y', 'z', 'xyz'], { pick: 'merge' })).outputs['text']).toBe('xyz');
    await expect(run(['x', 'y', 'z', 'none'], { pick: 'judge' })).rejects.toMatchObject({ code: 'schema_mismatch' });
  });

  it('continues without a failed model, as long as enough answers remain', async () => {
    expect((await run([failure, 'In Paris', 'In Paris'], {})).outputs['text']).toBe('In Paris');
    await expect(run([failure, 'In Paris', 'In Paris'], { least: 3 })).rejects.toMatchObject({
      code: 'provider_failed',
    });
  });
});
