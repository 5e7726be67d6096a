import { describe, expect, it } from '@jest/globals';
import { createFakeLanguageModel, parseConfig, portsOf, runNode, type FakeReply } from '@heddle/core/testing';
import { generate } from '../model/generate.node.js';

const weather = {
  name: 'weather',
  description: 'Of a city.',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
};
const call = { id: 'c1', name: 'weather', arguments: '{"city":"Rome"}' };

async function ask(reply: FakeReply, config: Record<string, unknown>, supports = {}) {
  const languageModel = createFakeLanguageModel([reply], { supports });
  const run = await runNode(generate, { config, inputs: { prompt: 'Rome?' }, resources: { languageModel } });
  return { ...run, request: languageModel.requests[0] };
}

describe('generate with functions', () => {
  it('returns the calls of the model, and none if it answers', async () => {
    const config = { tools: [weather], toolChoice: 'required', parallelToolCalls: false };
    const { outputs, request, log } = await ask(
      { toolCalls: [call, { ...call, id: 'c2', arguments: '{"ci' }] },
      config,
    );
    expect(outputs).toMatchObject({
      text: '',
      calls: [
        { id: 'c1', name: 'weather', arguments: { city: 'Rome' } },
        { id: 'c2', name: 'weather', arguments: '{"ci' },
      ],
      usage: { finishReason: 'tool-calls' },
    });
    expect(request).toMatchObject({ tools: [weather], toolChoice: 'required', parallelToolCalls: false });
    expect(log).toEqual([]);
    expect((await ask('Sunny.', { tools: [weather] })).outputs).toMatchObject({ text: 'Sunny.', calls: [] });
  });

  it('has the output calls only with functions, and leaves out JSON if the model calls a function', async () => {
    const outputsOf = (config: object): string[] =>
      Object.keys(portsOf(generate, parseConfig(generate, config)).outputs).filter(
        (name) => name === 'calls' || name === 'json',
      );
    const schema = { type: 'object', properties: { a: { type: 'number' } } };
    expect([outputsOf({}), outputsOf({ tools: [weather] })]).toEqual([[], ['calls']]);
    expect(outputsOf({ tools: [weather], schema }).sort()).toEqual(['calls', 'json']);
    const { outputs } = await ask({ toolCalls: [call] }, { tools: [weather], schema });
    expect(outputs).not.toHaveProperty('json');
    expect((await ask('{"a":1}', { tools: [weather], schema })).outputs).toMatchObject({ json: { a: 1 }, calls: [] });
  });

  it('is refused if the model does not support calls, or two functions have the same name', async () => {
    await expect(ask('x', { tools: [weather] }, { tools: false })).rejects.toMatchObject({ code: 'provider_refused' });
    expect(() => parseConfig(generate, { tools: [weather, weather] })).toThrow(/'weather' is used for two functions/);
    expect(() => parseConfig(generate, { tools: [{ ...weather, name: 'a b' }] })).toThrow(/letters, digits/);
  });
});
