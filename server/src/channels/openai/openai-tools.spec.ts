import { afterEach, describe, expect, it } from '@jest/globals';
import type { FakeScript } from '@heddle/core/testing';
import OpenAI from 'openai';
import { chatWorkflow, openChannels } from '../testing/open-channels.js';

const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'How is the weather in Rome?' }];
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const weather = { type: 'function' as const, function: { name: 'weather', description: 'Of a city.', parameters } };
const time = { type: 'function' as const, function: { name: 'time' } };
const call = { id: 'call_1', name: 'weather', arguments: '{"city":"Rome"}' };
const asked = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } };

describe('tools of a client, for a model without a workflow', () => {
  let close: (() => Promise<void>) | undefined;
  afterEach(() => close?.());

  async function open(script: FakeScript) {
    const channels = await openChannels(script, { handbook: chatWorkflow() });
    ({ close } = channels);
    return { ...channels, client: new OpenAI({ apiKey: 'k', baseURL: `${channels.address}/v1`, maxRetries: 0 }) };
  }

  it('are offered to the model, and its calls are the reply, in one piece and as a stream', async () => {
    const { client, model } = await open([{ text: 'Let me look.', toolCalls: [call] }]);
    const request = { model: 'fake', messages, tools: [weather, time], parallel_tool_calls: false };
    const { choices } = await client.chat.completions.create(request);
    expect(choices).toMatchObject([
      { finish_reason: 'tool_calls', message: { role: 'assistant', content: 'Let me look.', tool_calls: [asked] } },
    ]);
    expect(model.requests[0]).toMatchObject({
      tools: [
        { name: 'weather', description: 'Of a city.', parameters },
        { name: 'time', description: '', parameters: { type: 'object', properties: {} } },
      ],
      parallelToolCalls: false,
    });
    expect(model.requests[0]?.toolChoice).toBeUndefined();
    const stream = client.chat.completions.stream({ ...request, stream: true });
    expect((await stream.finalChatCompletion()).choices).toMatchObject([
      { finish_reason: 'tool_calls', message: { content: 'Let me look.', tool_calls: [asked] } },
    ]);
  });

  it('return their results to the model, which then answers in text', async () => {
    const { client, model } = await open([{ toolCalls: [call] }, 'It is sunny.']);
    const request = { model: 'fake', tools: [weather] };
    const first = (await client.chat.completions.create({ ...request, messages })).choices[0]?.message;
    expect([first?.content, first?.tool_calls?.length]).toEqual([null, 1]);
    const next: OpenAI.ChatCompletionMessageParam[] = [
      ...messages,
      first as OpenAI.ChatCompletionMessage,
      { role: 'tool', tool_call_id: 'call_1', content: 'Sun.' },
    ];
    const { choices } = await client.chat.completions.create({ ...request, messages: next });
    expect(choices).toMatchObject([{ finish_reason: 'stop', message: { content: 'It is sunny.' } }]);
    expect(choices[0]?.message.tool_calls).toBeUndefined();
    expect(model.requests[1]?.messages.slice(1)).toMatchObject([
      { role: 'assistant', toolCalls: [{ id: 'call_1', name: 'weather', arguments: '{"city":"Rome"}' }] },
      { role: 'tool', toolCallId: 'call_1', content: 'Sun.' },
    ]);
  });

  it('are chosen as the client says', async () => {
    const { client, model } = await open([{ toolCalls: [call] }]);
    const ask = (tool_choice: OpenAI.ChatCompletionToolChoiceOption) =>
      client.chat.completions.create({ model: 'fake', messages, tools: [weather, time], tool_choice });
    await ask('required');
    await ask({ type: 'function', function: { name: 'weather' } });
    await ask('none');
    expect(model.requests.map(({ toolChoice, tools }) => [toolChoice, tools?.map(({ name }) => name)])).toEqual([
      ['required', ['weather', 'time']],
      ['required', ['weather']],
      [undefined, undefined],
    ]);
    await expect(ask({ type: 'function', function: { name: 'fly' } })).rejects.toMatchObject({
      status: 400,
      param: 'tool_choice',
      message: expect.stringContaining("'fly'"),
    });
  });

  it.each([
    [{ type: 'web_search' }, /tools\.0\.type: only functions/],
    [{ type: 'function', function: { name: 'a b' } }, /tools\.0\.function\.name: a name has/],
  ])('are refused when they cannot be offered: %j', async (tool, message) => {
    const { client, model } = await open(['x']);
    const tools = [tool] as unknown as OpenAI.ChatCompletionTool[];
    const refused = client.chat.completions.create({ model: 'fake', messages, tools });
    await expect(refused).rejects.toMatchObject({ status: 400, message: expect.stringMatching(message) });
    expect(model.requests).toEqual([]);
  });

  it('are ignored by a workflow, whose own nodes decide', async () => {
    const { client, model } = await open(['In Rome.']);
    const { choices } = await client.chat.completions.create({ model: 'handbook', messages, tools: [weather] });
    expect(choices).toMatchObject([{ finish_reason: 'stop', message: { content: 'In Rome.' } }]);
    expect(model.requests[0]?.tools).toBeUndefined();
  });
});
