import { describe, expect, it } from '@jest/globals';
import { HeddleError } from '@heddle/core';
import { createFakeLanguageModel, runNode } from '@heddle/core/testing';
import { generate } from './generate.node.js';
import { reason } from './reason.node.js';

const image = { id: 'sha256:1', name: 'a.png', mediaType: 'image/png', size: 3 };

describe('generate with a model of a connection', () => {
  it('calls the model from the input, otherwise the model from the config', async () => {
    const asked: string[] = [];
    const languageModel = (id: string) => {
      asked.push(id);
      return createFakeLanguageModel(['ok']);
    };
    const run = (inputs: Record<string, unknown>) =>
      runNode(generate, {
        config: { model: 'near' },
        inputs: { prompt: 'Hi', ...inputs },
        resources: { languageModel },
      });
    await run({ model: ' hub/far ' });
    await run({});
    await run({ model: '' });
    expect(asked).toEqual(['hub/far', 'near', 'near']);
  });

  it('puts an image before the last user message, and refuses models without image support', async () => {
    const seeing = createFakeLanguageModel(['A cat.'], { supports: { images: true } });
    const inputs = { messages: [{ role: 'user', content: 'Hi' }], prompt: 'What is it?', image };
    await runNode(generate, { config: { model: 'm' }, inputs, resources: { languageModel: seeing } });
    expect(seeing.requests[0]?.messages.at(-1)).toEqual({
      role: 'user',
      content: [
        { type: 'image', file: image },
        { type: 'text', text: 'What is it?' },
      ],
    });
    const blind = createFakeLanguageModel(['no']);
    await expect(
      runNode(generate, { config: { model: 'm' }, inputs, resources: { languageModel: blind } }),
    ).rejects.toMatchObject({ code: 'provider_refused', message: expect.stringContaining('does not support images') });
    expect(blind.requests).toEqual([]);
  });
});

describe('generate with the decision of a route', () => {
  const spent = (onLimit: string) =>
    new HeddleError('budget_exceeded', 'Used up.', { details: { onLimit, budget: 'house' } });
  const run = async (onLimit: string, inputs: Record<string, unknown>) => {
    const asked: string[] = [];
    const languageModel = (id: string) => {
      asked.push(id);
      return createFakeLanguageModel([id === 'c' ? 'Hello.' : { text: '', error: spent(onLimit) }], { id });
    };
    const made = runNode(generate, {
      config: { model: 'own' },
      inputs: { prompt: 'Hi', ...inputs },
      resources: { languageModel },
    });
    return { asked, result: await made.catch((error: unknown) => error as HeddleError) };
  };

  it('calls the next candidate if a budget says downgrade, and records why', async () => {
    const { asked, result } = await run('downgrade', { model: 'b', route: { order: ['a', 'b', 'c', 'd'] } });
    expect(asked).toEqual(['b', 'c']);
    expect(result).toMatchObject({
      outputs: { text: 'Hello.' },
      decisions: [{ kind: 'budget', summary: "Answered by c: budget 'house' does not cover b." }],
    });
    expect((await run('downgrade', { route: ['a', 'c'] })).asked).toEqual(['a', 'c']);
  });

  it('fails if the budget says stop, or no candidate remains', async () => {
    expect(await run('stop', { route: ['a', 'c'] })).toMatchObject({
      asked: ['a'],
      result: { code: 'budget_exceeded' },
    });
    expect(await run('downgrade', { route: ['a', 'b'] })).toMatchObject({
      asked: ['a', 'b'],
      result: { code: 'budget_exceeded' },
    });
    expect((await run('downgrade', {})).asked).toEqual(['own']);
  });
});

describe('reason', () => {
  it('leaves the temperature to the model and requests reasoning', async () => {
    const model = createFakeLanguageModel(['Because.']);
    await runNode(reason, { config: {}, inputs: { prompt: 'Why?' }, resources: { languageModel: model } });
    expect(model.requests[0]).toMatchObject({ reasoning: 'medium', maxTokens: 4096 });
    expect(model.requests[0]?.temperature).toBeUndefined();
  });

  it('refuses a conversation of 10,000 messages that does not fit the context, before it calls the model', async () => {
    const messages = Array.from({ length: 10_000 }, (_, turn) => ({
      role: turn % 2 === 0 ? ('user' as const) : ('assistant' as const),
      content: `Turn ${turn} of a talk about looms.`,
    }));
    const model = createFakeLanguageModel(['never']);
    const asked = runNode(generate, { inputs: { messages, prompt: 'And now?' }, resources: { languageModel: model } });
    await expect(asked).rejects.toMatchObject({ code: 'context_too_long', details: { contextTokens: 2048 } });
    // The model of this test would also refuse it, but it was not called.
    expect(model.requests).toEqual([]);
  });
});
