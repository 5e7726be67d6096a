import { HeddleError, type Answer } from '@heddle/core';
import { createFakeLanguageModel, runNode } from '@heddle/core/testing';
import { describe, expect, it } from '@jest/globals';
import { chat } from '../chat.node.js';

const refusal = (onLimit: string): HeddleError =>
  new HeddleError('budget_exceeded', 'The call was not made.', { details: { budget: 'house', onLimit } });
const answered = (approve: boolean): Answer => ({ type: 'answered', value: { approve }, by: 'user:u' });
const run = (onLimit: string, answer?: Answer) =>
  runNode(chat, {
    resources: { languageModel: createFakeLanguageModel([{ text: '', error: refusal(onLimit) }, 'Blue.']) },
    inputs: { prompt: 'A colour?' },
    answers: () => answer,
  });

describe('a chat beyond its budget', () => {
  it('asks a person where the budget says so, with all that the host needs to grant it, and goes on', async () => {
    const { outputs, asks, decisions } = await run('ask', answered(true));
    expect(outputs['text']).toBe('Blue.');
    expect(asks).toMatchObject([{ key: 'budget-1', question: { details: { kind: 'budget', budget: 'house' } } }]);
    expect(decisions).toMatchObject([{ kind: 'budget', details: { isApproved: true, by: 'user:u' } }]);
  });

  it('fails with the refusal where the person says no, nobody answers, or the budget says stop', async () => {
    for (const tried of [run('ask', answered(false)), run('ask'), run('stop', answered(true))])
      await expect(tried).rejects.toMatchObject({ code: 'budget_exceeded' });
  });
});
