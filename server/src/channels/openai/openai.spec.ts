import { afterEach, describe, expect, it } from '@jest/globals';
import { HeddleError } from '@heddle/core';
import type { FakeScript } from '@heddle/core/testing';
import OpenAI from 'openai';
import { chatWorkflow, openChannels } from '../testing/open-channels.js';

const messages = [{ role: 'user' as const, content: 'Where is the office?' }];

describe('the OpenAI-compatible channel, called by the official client', () => {
  let close: (() => Promise<void>) | undefined;
  afterEach(() => close?.());

  async function open(script: FakeScript) {
    const channels = await openChannels(script, { handbook: chatWorkflow(), guarded: chatWorkflow('SECRET') });
    ({ close } = channels);
    return { ...channels, client: new OpenAI({ apiKey: 'k', baseURL: `${channels.address}/v1`, maxRetries: 0 }) };
  }

  it('lists workflows and models', async () => {
    const { client } = await open(['In Paris.']);
    const ids = (await client.models.list()).data.map(({ id }) => id);
    expect(ids).toEqual(['handbook', 'guarded', 'fake', 'fake-embedder']);
    expect(await client.models.retrieve('handbook')).toMatchObject({ id: 'handbook', object: 'model' });
    await expect(client.models.retrieve('none')).rejects.toMatchObject({ status: 404, code: 'model_unknown' });
  });

  it('answers with a workflow and with a model, in one piece', async () => {
    const { client, heddle, model } = await open(['In Paris.']);
    const reply = await client.chat.completions.create({ model: 'handbook', messages });
    expect(reply).toMatchObject({
      object: 'chat.completion',
      model: 'handbook',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'In Paris.' } }],
      usage: { completion_tokens: 2 },
    });
    const [run] = await heddle.runs.list({});
    expect(await heddle.parts.journal.acceptance(run?.runId ?? '')).toMatchObject({
      trigger: 'published',
      caller: { channel: 'chat' },
    });
    const direct = await client.chat.completions
      .create({
        model: 'fake',
        messages: [
          ...messages,
          { role: 'assistant', content: null },
          { role: 'user', content: [{ type: 'text', text: 'Why?' }] },
        ],
        max_completion_tokens: 1,
        // oxlint-disable-next-line typescript/no-deprecated -- old, and still what many clients send
        seed: 7,
        stop: 'END',
        response_format: { type: 'json_schema', json_schema: { name: 'x', strict: true, schema: { type: 'object' } } },
      })
      .catch((error: unknown) => error);
    expect(model.requests.at(-1)).toMatchObject({ maxTokens: 1, seed: 7, stop: ['END'], schema: { type: 'object' } });
    expect(model.requests.at(-1)?.messages).toMatchObject([
      { role: 'user' },
      { role: 'assistant', content: '' },
      { content: 'Why?' },
    ]);
    expect(direct).toBeDefined();
  });

  it('streams the fields that clients require', async () => {
    const { client } = await open([{ text: ['In ', 'Paris', '.'] }]);
    const stream = await client.chat.completions.create({
      model: 'handbook',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.every(({ object, id }) => object === 'chat.completion.chunk' && id === chunks[0]?.id)).toBe(true);
    expect(chunks[0]?.choices[0]?.delta).toMatchObject({ role: 'assistant' });
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('In Paris.');
    expect(chunks.at(-2)?.choices).toMatchObject([{ index: 0, delta: {}, finish_reason: 'stop' }]);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: expect.any(Number) } });
  });

  it('reports errors in the OpenAI format, before and in the middle of a stream', async () => {
    const { client } = await open([{ text: ['Half '], error: new HeddleError('provider_refused', 'No more.') }]);
    await expect(client.chat.completions.create({ model: 'nothing', messages })).rejects.toMatchObject({
      status: 404,
      code: 'model_unknown',
      type: 'invalid_request_error',
    });
    await expect(client.chat.completions.create({ model: 'fake', messages: [] })).rejects.toMatchObject({
      status: 400,
    });
    const read = async (): Promise<string> => {
      let text = '';
      const stream = await client.chat.completions.create({ model: 'handbook', messages, stream: true });
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
      return text;
    };
    await expect(read()).rejects.toMatchObject({ code: 'provider_refused' });
  });

  it('refuses a client without a key', async () => {
    const { client } = await open(['x']);
    const stranger = client.withOptions({ apiKey: 'other' });
    const refused = await stranger.models.list().catch((error: unknown) => error);
    expect(refused).toMatchObject({ status: 401, type: 'authentication_error' });
    expect(refused instanceof OpenAI.APIError ? refused.headers?.get('www-authenticate') : undefined).toBe(
      'Bearer realm="Heddle", error="invalid_token"',
    );
    await expect(stranger.chat.completions.create({ model: 'handbook', messages })).rejects.toMatchObject({
      status: 401,
    });
    await expect(stranger.embeddings.create({ model: 'fake-embedder', input: 'a' })).rejects.toMatchObject({
      status: 401,
    });
    // A large body is refused before it is read, in the same format.
    const large = { model: 'fake-embedder', input: 'word '.repeat(20_000) };
    await expect(stranger.embeddings.create(large)).rejects.toMatchObject({
      status: 401,
      type: 'authentication_error',
    });
  });

  it('never sends text that a node between model and output withholds', async () => {
    const { client } = await open([{ text: ['The code is ', 'SEC', 'RET-17', ' and more'] }]);
    const whole = await client.chat.completions.create({ model: 'guarded', messages });
    expect(whole.choices[0]?.message.content).toBe('The code is ');
    const stream = await client.chat.completions.create({ model: 'guarded', messages, stream: true });
    let raw = '';
    for await (const chunk of stream) raw += JSON.stringify(chunk);
    expect(raw).toContain('The');
    expect(raw).not.toMatch(/SECRET|SEC"|RET-17/);
  });

  it('cancels the run when its client disconnects', async () => {
    const { client, heddle } = await open([{ text: ['One '], hangs: true }]);
    const stream = await client.chat.completions.create({ model: 'handbook', messages, stream: true });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content === 'One') break;
    const [run] = await heddle.runs.list({});
    expect(await heddle.runs.wait(run?.runId ?? '')).toMatchObject({ status: 'cancelled' });
  });

  it('returns embeddings as numbers, and as the base64 that the client requests by default', async () => {
    const { client } = await open(['x']);
    const one = await client.embeddings.create({ model: 'fake-embedder', input: 'a' });
    const floats = await client.embeddings.create({
      model: 'fake-embedder',
      input: ['a', 'b'],
      encoding_format: 'float',
    });
    expect(floats.data).toHaveLength(2);
    expect(one.data[0]?.embedding).toHaveLength(8);
    one.data[0]?.embedding.forEach((number, index) =>
      expect(number).toBeCloseTo(floats.data[0]?.embedding[index] ?? NaN, 5),
    );
  });

  it('reports the tokens of the texts, and refuses a text that is too long for the model', async () => {
    const { client } = await open(['x']);
    const ask = (input: string | string[]) => client.embeddings.create({ model: 'fake-embedder', input });
    expect((await ask(['one two three', 'four'])).usage).toEqual({ prompt_tokens: 4, total_tokens: 4 });
    await expect(ask(['short', 'word '.repeat(300)])).rejects.toMatchObject({
      status: 400,
      code: 'context_too_long',
      param: 'input',
      type: 'invalid_request_error',
      message: expect.stringContaining('Text 2'),
    });
    const tokens = [[101, 7592, 102]];
    await expect(
      client.embeddings.create({ model: 'fake-embedder', input: tokens, encoding_format: 'float' }),
    ).rejects.toMatchObject({ status: 400, message: expect.stringContaining('send texts') });
  });

  it('refuses dimensions that the model does not make', async () => {
    const { client } = await open(['x']);
    const ask = (dimensions: number) => client.embeddings.create({ model: 'fake-embedder', input: 'a', dimensions });
    expect((await ask(8)).data[0]?.embedding).toHaveLength(8);
    await expect(ask(4)).rejects.toMatchObject({ status: 400, message: expect.stringContaining('8 dimensions') });
  });

  it('returns large outputs whole, although events only preview them: many vectors, and a long text without a stream', async () => {
    const { client } = await open(['word '.repeat(3_000)]);
    const many = await client.embeddings.create({
      model: 'fake-embedder',
      input: Array.from({ length: 300 }, (_, index) => `text ${index}`),
      encoding_format: 'float',
    });
    expect(many.data).toHaveLength(300);
    expect(many.data.every(({ embedding }) => embedding.length === 8)).toBe(true);
    const whole = await client.chat.completions.create({ model: 'handbook', messages });
    expect(whole.choices[0]?.message.content?.length).toBeGreaterThan(5_000);
  });
});
