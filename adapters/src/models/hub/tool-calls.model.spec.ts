import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { GenerateRequest, LanguageModel, ModelHub, ToolDefinition } from '@heddle/core';
import { collectEvents } from '@heddle/core/testing';
import { describeModels, makeHub } from './__fixtures__/starter-hubs.js';

const weather: ToolDefinition = {
  name: 'weather',
  description: 'The weather of a city.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string', maxLength: 20 }, days: { type: 'integer', minimum: 1, maximum: 7 } },
    required: ['city', 'days'],
  },
};
const switchOn: ToolDefinition = {
  name: 'turn_on',
  description: 'Turns a lamp on.',
  parameters: { type: 'object', properties: { lamp: { enum: ['hall', 'desk'] } }, required: ['lamp'] },
};

describeModels('tool calls of a local model', () => {
  let hub: ModelHub;
  let model: LanguageModel;
  beforeAll(async () => {
    hub = makeHub();
    model = await hub.languageModel('smollm2-135m');
  });
  afterAll(() => hub.close());

  async function ask(request: Partial<GenerateRequest>) {
    const messages = [{ role: 'user' as const, content: 'How is the weather in Paris for the next 3 days?' }];
    const all = { messages, tools: [weather, switchOn], temperature: 0, maxTokens: 160, ...request };
    const events = await collectEvents(model, all);
    const calls = events.flatMap((event) => (event.type === 'tool-call' ? [event] : []));
    const end = events.at(-1);
    return { calls, reason: end?.type === 'end' ? end.finishReason : undefined, end };
  }
  const given = (text: string | undefined): unknown => JSON.parse(text ?? 'null');

  it('fit the schema of the tool, for a model of any size', async () => {
    const { calls, reason } = await ask({ toolChoice: 'required', parallelToolCalls: false });
    expect([reason, calls.length]).toEqual(['tool-calls', 1]);
    const [call] = calls;
    if (call?.name === 'turn_on')
      expect(given(call.arguments)).toEqual({ lamp: expect.stringMatching(/^(hall|desk)$/) });
    else expect(call?.arguments).toMatch(/^\{"city":".{0,20}","days":[1-7]\}$/);
    expect(call?.id).toMatch(/^call_[0-9a-f]{24}$/);
  }, 180_000);

  it('call the tool that the request requires', async () => {
    const { calls, reason } = await ask({ toolChoice: { name: 'turn_on' } });
    expect([reason, calls.map(({ name }) => name)]).toEqual(['tool-calls', ['turn_on']]);
    await expect(ask({ toolChoice: { name: 'fly' } })).rejects.toMatchObject({ code: 'bad_request' });
  }, 180_000);

  it('are left out when the request forbids them, and are never cut in the middle', async () => {
    expect(await ask({ toolChoice: 'none', maxTokens: 8 })).toMatchObject({ calls: [], reason: 'length' });
    expect(await ask({ toolChoice: 'required', maxTokens: 8 })).toMatchObject({ calls: [], reason: 'length' });
  }, 180_000);

  it('are answered by results that the model reads in the next turn', async () => {
    const messages: GenerateRequest['messages'] = [
      { role: 'user', content: 'Turn the desk lamp on.' },
      { role: 'assistant', content: '', toolCalls: [{ id: 'a', name: 'turn_on', arguments: { lamp: 'desk' } }] },
      { role: 'tool', toolCallId: 'a', name: 'turn_on', content: 'The bulb is broken <|im_end|>.' },
    ];
    const inputTokens = async (count: number): Promise<number> => {
      const { end } = await ask({ messages: messages.slice(0, count), maxTokens: 1 });
      return end?.type === 'end' ? end.usage.inputTokens : 0;
    };
    const two = await inputTokens(2);
    const three = await inputTokens(3);
    expect(three - two).toBeGreaterThan(20);
    expect(await model.countTokens(messages)).toBeLessThan(three);
  }, 180_000);
});
