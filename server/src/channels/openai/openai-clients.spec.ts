import { afterEach, describe, expect, it } from '@jest/globals';
import { Connection } from '@heddle/core';
import type { FakeScript } from '@heddle/core/testing';
import OpenAI from 'openai';
import { chatWorkflow, openChannels } from '../testing/open-channels.js';

const messages = [{ role: 'user' as const, content: 'Where is the office?' }];

describe('what clients of OpenAI rely on', () => {
  let close: (() => Promise<void>) | undefined;
  afterEach(() => close?.());

  async function open(script: FakeScript) {
    const channels = await openChannels(script, { handbook: chatWorkflow() });
    ({ close } = channels);
    return { ...channels, client: new OpenAI({ apiKey: 'k', baseURL: `${channels.address}/v1`, maxRetries: 0 }) };
  }

  it('JSON that the limit cuts off ends with finish reason length and the text so far, in one piece and as a stream', async () => {
    const { client } = await open([{ text: ['{"a": ', '"long'], finishReason: 'length' }]);
    const request = {
      model: 'fake',
      messages,
      max_completion_tokens: 2,
      response_format: { type: 'json_object' as const },
    };
    const whole = await client.chat.completions.create(request);
    expect(whole.choices).toMatchObject([{ finish_reason: 'length', message: { content: '{"a": "long' } }]);
    const stream = client.chat.completions.stream({ ...request, stream: true });
    let last: string | null | undefined;
    for await (const { choices } of stream) last = choices[0]?.finish_reason ?? last;
    expect(last).toBe('length');
  });

  it('an answer that happens to be exactly as long as the limit ends with finish reason stop', async () => {
    const { client } = await open([{ text: ['In ', 'Paris'] }]);
    const whole = await client.chat.completions.create({ model: 'fake', messages, max_completion_tokens: 2 });
    expect(whole.choices[0]?.finish_reason).toBe('stop');
  });

  it.each([
    ['logprobs', { logprobs: true }],
    ['top_logprobs', { top_logprobs: 3 }],
    ['frequency_penalty', { frequency_penalty: 0.5 }],
    ['presence_penalty', { presence_penalty: -1 }],
    ['logit_bias', { logit_bias: { '50256': -100 } }],
    ['n', { n: 2 }],
    ['repetition_penalty', { repetition_penalty: 1.2 }],
    ['repeat_penalty', { repeat_penalty: 1.2 }],
    ['top_k', { top_k: 40 }],
    ['min_p', { min_p: 0.05 }],
    ['audio', { audio: { voice: 'alloy', format: 'mp3' } as const }],
    ['web_search_options', { web_search_options: {} }],
    ['verbosity', { verbosity: 'low' } as const],
    ['functions', { functions: [{ name: 'count' }] }],
    ['function_call', { function_call: 'auto' } as const],
  ])('%s is refused by name, not ignored, unless it has its default value', async (name, given) => {
    const { client, model } = await open(['In Paris.']);
    const refused = client.chat.completions.create({ model: 'fake', messages, ...given });
    await expect(refused).rejects.toMatchObject({ status: 400, param: expect.stringContaining(name) });
    expect(model.requests).toEqual([]);
    const standard = {
      logprobs: false,
      top_logprobs: 0,
      frequency_penalty: 0,
      presence_penalty: 0,
      logit_bias: {},
      n: 1,
      repetition_penalty: 1,
      repeat_penalty: 1,
      top_k: -1,
      min_p: 0,
      audio: null,
      verbosity: 'medium' as const,
      functions: [],
    };
    const taken = await client.chat.completions.create({ model: 'fake', messages, ...standard });
    expect(taken.choices[0]?.message.content).toBe('In Paris.');
  });

  it('each reply has its own id, even a stream and an error', async () => {
    const { client } = await open(['In Paris.', 'In Paris.']);
    const request = { model: 'handbook', messages };
    const { request_id: whole } = await client.chat.completions.create(request).withResponse();
    const { request_id: streamed } = await client.chat.completions.create({ ...request, stream: true }).withResponse();
    const failed = await client.models.retrieve('none').catch((error: unknown) => error);
    const refused = failed instanceof OpenAI.APIError ? failed.requestID : undefined;
    const ids = [whole, streamed, refused];
    for (const id of ids) expect(id).toMatch(/^req_[0-9a-f]{32}$/);
    expect(new Set(ids).size).toBe(3);
  });

  it('an unknown address gets an error that clients can read', async () => {
    const { client } = await open(['x']);
    const asked = client.audio.speech.create({ model: 'fake', voice: 'alloy', input: 'Hi' });
    await expect(asked).rejects.toMatchObject({ status: 404, code: 'not_found', type: 'invalid_request_error' });
  });

  it('a model with slashes in its name is found, whether the name is encoded or not', async () => {
    const { client, heddle, address } = await open(['x']);
    await expect(client.models.retrieve('cloud/maker/model')).rejects.toMatchObject({
      status: 404,
      code: 'model_unknown',
      message: expect.stringContaining("'cloud/maker/model'"),
    });
    await heddle.connections.create(Connection.parse({ id: 'ours', kind: 'openai' }), { who: 'local' });
    expect(await client.models.retrieve('ours/maker/model')).toMatchObject({
      id: 'ours/maker/model',
      owned_by: 'ours',
    });
    const raw = await fetch(`${address}/v1/models/cloud/maker/model`, { headers: { authorization: 'Bearer k' } });
    expect([raw.status, ((await raw.json()) as { error: { message: string } }).error.message]).toEqual([
      404,
      expect.stringContaining("'cloud/maker/model'"),
    ]);
  });
});

describe('completions', () => {
  let close: (() => Promise<void>) | undefined;
  afterEach(() => close?.());

  async function open(script: FakeScript) {
    const channels = await openChannels(script, { handbook: chatWorkflow() });
    ({ close } = channels);
    return { ...channels, client: new OpenAI({ apiKey: 'k', baseURL: `${channels.address}/v1`, maxRetries: 0 }) };
  }

  it('answer a prompt, a list of prompts in their order, and a workflow', async () => {
    const { client, model } = await open(['In Paris.', 'In Rome.', 'In Oslo.', 'In Bern.']);
    const one = await client.completions.create({ model: 'fake', prompt: 'Where?', max_tokens: 9, stop: 'END' });
    expect(one).toMatchObject({
      object: 'text_completion',
      model: 'fake',
      usage: { completion_tokens: 2 },
      choices: [{ index: 0, text: 'In Paris.', finish_reason: 'stop', logprobs: null }],
    });
    expect(model.requests[0]).toMatchObject({
      maxTokens: 9,
      stop: ['END'],
      messages: [{ role: 'user', content: 'Where?' }],
    });
    const many = await client.completions.create({ model: 'fake', prompt: ['One?', 'Two?'] });
    expect(many.choices.map(({ index, text }) => [index, text])).toEqual([
      [0, 'In Rome.'],
      [1, 'In Oslo.'],
    ]);
    const published = await client.completions.create({ model: 'handbook', prompt: 'Where?' });
    expect(published.choices[0]?.text).toBe('In Bern.');
  });

  it('stream, with the usage at the end', async () => {
    const { client } = await open([{ text: ['In ', 'Paris', '.'] }]);
    const stream = await client.completions.create({
      model: 'fake',
      prompt: 'Where?',
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let finish = '';
    let tokens = 0;
    for await (const { choices, usage } of stream) {
      text += choices[0]?.text ?? '';
      finish = choices[0]?.finish_reason ?? finish;
      tokens = usage?.completion_tokens ?? tokens;
    }
    expect([text, finish, tokens > 0]).toEqual(['In Paris.', 'stop', true]);
  });

  it.each([
    [{ echo: true }, 'echo'],
    [{ suffix: 'end' }, 'suffix'],
    [{ best_of: 3 }, 'best_of'],
    [{ logprobs: 1 }, 'logprobs'],
    [{ prompt: [101, 7592] }, 'prompt'],
    [{ prompt: ['a', 'b'], stream: true as const }, 'prompt'],
  ])('refuse unsupported options: %j', async (given, param) => {
    const { client, model } = await open(['x']);
    const refused = client.completions.create({ model: 'fake', prompt: 'Where?', ...given });
    await expect(refused).rejects.toMatchObject({ status: 400, param });
    expect(model.requests).toEqual([]);
  });

  it('refuse a client without a key', async () => {
    const { client } = await open(['x']);
    const stranger = client.withOptions({ apiKey: 'other' });
    await expect(stranger.completions.create({ model: 'fake', prompt: 'a' })).rejects.toMatchObject({ status: 401 });
  });
});
