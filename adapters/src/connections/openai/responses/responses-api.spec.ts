import { afterEach, describe, expect, it } from '@jest/globals';
import { Connection, HeddleError, type GenerateRequest, type Message } from '@heddle/core';
import { collectEvents, textOf } from '@heddle/core/testing';
import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import { canary, connectionTo, openHub } from '../../__fixtures__/open-hub.js';
import { startProviderDouble, type ProviderDouble } from '../../__fixtures__/provider-double.js';
import { encodeResponse, responseOf } from '../../__fixtures__/response-events.js';
import type { PlannedReply } from '../../__fixtures__/wire-formats.js';
import { apiOf } from '../api-of.js';

const patient = { connectMs: 30_000, idleMs: 30_000, totalMs: 60_000 };
const plain: PlannedReply = { text: ['Hello'], finish: 'stop', inputTokens: 10, outputTokens: 2 };
const tools: GenerateRequest['tools'] = [
  { name: 'weather', description: 'Weather of a city', parameters: { type: 'object', properties: {} } },
];
const calling: PlannedReply = {
  reasoning: 'Rain?',
  text: ['I ask.'],
  calls: [{ id: 'call_1', name: 'weather', fragments: ['{"city":', '"Bern"}'] }],
  finish: 'tools',
  inputTokens: 20,
  outputTokens: 12,
};

describe('the Responses API', () => {
  let double: ProviderDouble;
  const start = async (change: Partial<Connection> = {}) => {
    double = await startProviderDouble('responses', canary);
    const hub = openHub(connectionTo(double.address, 'responses', { attempts: 1, timeouts: patient, ...change }));
    return hub.languageModel('double/double');
  };
  afterEach(() => double.close());
  const ask = async (
    messages: readonly Message[],
    more: Partial<GenerateRequest> = {},
    change?: Partial<Connection>,
  ) => {
    const model = await start(change);
    return collectEvents(model, { messages, ...more });
  };
  const question: readonly Message[] = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Weather?' },
  ];
  const failure = async (events: readonly string[]): Promise<unknown> => {
    const model = await start();
    double.script = () => ({ type: 'text/event-stream', bytes: Buffer.from(events.join('')) });
    return collectEvents(model, { messages: question }).catch((error: unknown) => error);
  };

  it('asks for a response that the provider does not store', async () => {
    await ask(question, { maxTokens: 50, temperature: 0.5, reasoning: 'low', tools, toolChoice: { name: 'weather' } });
    const { path, body } = double.seen[0]!;
    expect(path).toBe('/v1/responses');
    expect(body).toMatchObject({
      model: 'double',
      stream: true,
      store: false,
      include: ['reasoning.encrypted_content'],
      max_output_tokens: 50,
      temperature: 0.5,
      reasoning: { effort: 'low', summary: 'auto' },
      tools: [{ type: 'function', name: 'weather', strict: false }],
      tool_choice: { type: 'function', name: 'weather' },
      input: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Weather?' },
      ],
    });
    expect(body.prompt_cache_key).toMatch(/^[\w-]{32}$/);
  });

  it('makes the cache key from the stable part of a prompt, without the question', async () => {
    const model = await start();
    const keyOf = async (messages: readonly Message[], more: Partial<GenerateRequest> = {}): Promise<unknown> => {
      await collectEvents(model, { messages, ...more });
      return double.seen.at(-1)!.body.prompt_cache_key;
    };
    const key = await keyOf(question);
    expect(await keyOf([question[0]!, { role: 'user', content: 'Another question' }])).toBe(key);
    expect(await keyOf(question, { tools })).not.toBe(key);
    expect(await keyOf([{ role: 'user', content: 'Weather?' }])).toBeUndefined();
  });

  it('sends no cache key when the connection uses no cache', async () => {
    await ask(question, {}, { promptCache: 'off' });
    expect(double.seen[0]!.body).not.toHaveProperty('prompt_cache_key');
  });

  it('sends a schema as the format of the text', async () => {
    const schema = { type: 'object', properties: { city: { type: 'string' }, count: { type: 'integer' } } };
    const events = await ask(question, { schema: { ...schema, required: ['city', 'count'] } });
    expect(double.seen[0]!.body.text.format).toMatchObject({ type: 'json_schema', name: 'answer', strict: true });
    expect(JSON.parse(textOf(events))).toEqual({ city: 'Oslo', count: 3 });
  });

  it('counts and prices what the cache read and wrote', async () => {
    const model = await start({
      prices: [
        {
          model: 'double',
          inputPerMillion: 1,
          cachedPerMillion: 0.1,
          cacheWritePerMillion: 1.5,
          outputPerMillion: 10,
          currency: 'USD',
          asOf: '2026-11-01',
        },
      ],
    });
    double.script = () => ({
      ...plain,
      inputTokens: 1_000,
      cachedTokens: 600,
      cacheWriteTokens: 200,
      outputTokens: 10,
    });
    const end = (await collectEvents(model, { messages: question })).at(-1);
    expect(end).toMatchObject({
      usage: { inputTokens: 1_000, outputTokens: 10, cachedTokens: 600, cacheWriteTokens: 200, reasoningTokens: 0 },
    });
    const { cost, cacheSaved } = end?.type === 'end' ? end.usage : {};
    expect(cost).toBeCloseTo((200 + 600 * 0.1 + 200 * 1.5 + 100) / 1e6, 12);
    expect(cacheSaved).toBeCloseTo((600 * 0.9 - 200 * 0.5) / 1e6, 12);
  });

  describe('in a loop of tool calls', () => {
    const turn: Message = {
      role: 'assistant',
      content: 'I ask.',
      toolCalls: [{ id: 'call_1', name: 'weather', arguments: { city: 'Bern' } }],
    };
    const result: Message = { role: 'tool', toolCallId: 'call_1', content: 'Rain' };
    const sentAfter = async (messages: readonly Message[]): Promise<readonly { readonly type: string }[]> => {
      const model = await start();
      double.script = () => (double.requests() === 0 ? calling : plain);
      await collectEvents(model, { messages: question, tools });
      await collectEvents(model, { messages, tools });
      return double.seen.at(-1)!.body.input as readonly { readonly type: string }[];
    };

    it('sends the items of the turn back unchanged, with the encrypted reasoning', async () => {
      const input = await sentAfter([...question, turn, result]);
      expect(input.slice(2)).toMatchObject([
        { type: 'reasoning', id: 'rs_1', encrypted_content: 'c2VhbGVkIHRob3VnaHRz' },
        { type: 'message', id: 'msg_1', phase: 'commentary', content: [{ type: 'output_text', text: 'I ask.' }] },
        { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city":"Bern"}' },
        { type: 'function_call_output', call_id: 'call_1', output: 'Rain' },
      ]);
    });

    it('sends a turn that was edited since as it is now, without the reasoning', async () => {
      const input = await sentAfter([...question, { ...turn, content: 'I [redacted].' }, result]);
      expect(input.slice(2)).toMatchObject([
        { type: 'message', role: 'assistant', content: 'I [redacted].' },
        { type: 'function_call', call_id: 'call_1' },
        { type: 'function_call_output' },
      ]);
    });

    it('keeps the reasoning out of another conversation with the same ids of calls', async () => {
      const input = await sentAfter([question[0]!, { role: 'user', content: 'What did the other ask?' }, turn, result]);
      expect(input.map(({ type }) => type)).not.toContain('reasoning');
    });
  });

  it('omits a summary that the model refuses, and still reasons', async () => {
    const model = await start();
    double.script = ({ body }) => {
      if (body.reasoning?.summary === undefined) return plain;
      const error = { message: "Unsupported parameter: 'reasoning.summary'", param: 'reasoning.summary' };
      return { status: 400, type: 'application/json', bytes: Buffer.from(JSON.stringify({ error })) };
    };
    expect(textOf(await collectEvents(model, { messages: question, reasoning: 'high' }))).toBe('Hello');
    expect(double.seen.at(-1)!.body.reasoning).toEqual({ effort: 'high' });
  });

  it('ignores every other kind of event that the official client knows', async () => {
    const { events } = encodeResponse(calling);
    const others = Object.keys(otherEvents).map(
      (type, index) => `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: index, item_id: 'x' })}\n\n`,
    );
    const model = await start();
    const bytes = Buffer.from([...events.slice(0, -1), ...others, events.at(-1)!].join(''));
    double.script = () => ({ type: 'text/event-stream', bytes });
    const got = await collectEvents(model, { messages: question });
    expect(textOf(got)).toBe('I ask.');
    expect(got.filter(({ type }) => type === 'tool-call')).toHaveLength(1);
    expect(got.at(-1)).toMatchObject({ type: 'end', finishReason: 'tool-calls', usage: { inputTokens: 20 } });
  });

  it('reads text and calls that arrive only with the end, each once', async () => {
    const { events } = encodeResponse(calling);
    const model = await start();
    double.script = () => ({ type: 'text/event-stream', bytes: Buffer.from([events[0]!, events.at(-1)!].join('')) });
    const got = await collectEvents(model, { messages: question });
    expect(textOf(got)).toBe('I ask.');
    expect(got.filter(({ type }) => type === 'tool-call')).toHaveLength(1);
  });

  const failed = (code: string): string => {
    const response = { ...responseOf(plain, [], 'failed'), error: { code, message: 'No.' } };
    return `event: response.failed\ndata: ${JSON.stringify({ type: 'response.failed', sequence_number: 1, response })}\n\n`;
  };
  it.each([
    ['rate_limit_exceeded', 'provider_rate_limited'],
    ['server_error', 'provider_failed'],
    ['invalid_prompt', 'provider_refused'],
  ])('a response that failed with %s is %s', async (code, expected) => {
    const error = await failure([encodeResponse(plain).events[0]!, failed(code)]);
    expect(error).toBeInstanceOf(HeddleError);
    expect(error).toMatchObject({ code: expected });
  });

  it('a known event of another form is an error', async () => {
    const bad =
      'event: response.output_item.done\ndata: {"type":"response.output_item.done","item":{"type":"function_call"}}\n\n';
    expect(await failure([bad])).toMatchObject({ code: 'provider_reply_invalid' });
  });

  it.each([
    [{ kind: 'openai' }, 'responses'],
    [{ kind: 'openai', baseUrl: 'https://eu.api.openai.com/v1' }, 'responses'],
    [{ kind: 'openai', baseUrl: 'https://gateway.example.com/v1' }, 'chat'],
    [{ kind: 'openai', api: 'chat' }, 'chat'],
    [{ kind: 'azure-openai', baseUrl: 'https://a.openai.azure.com' }, 'chat'],
    [{ kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:1/v1', api: 'responses' }, 'responses'],
  ])('the API of %j is %s', async (connection, api) => {
    double = await startProviderDouble('responses', canary);
    expect(apiOf(Connection.parse({ id: 'c', ...connection }))).toBe(api);
  });
});

/** Every kind of event without a meaning of its own here. A new kind in the client does not compile until it is added. */
const otherEvents: Record<
  Exclude<
    ResponseStreamEvent['type'],
    | 'response.output_text.delta'
    | 'response.refusal.delta'
    | 'response.reasoning_text.delta'
    | 'response.reasoning_summary_text.delta'
    | 'response.reasoning_summary_part.added'
    | 'response.output_item.done'
    | 'response.completed'
    | 'response.incomplete'
    | 'response.failed'
    | 'error'
  >,
  true
> = {
  'response.audio.delta': true,
  'response.audio.done': true,
  'response.audio.transcript.delta': true,
  'response.audio.transcript.done': true,
  'response.code_interpreter_call_code.delta': true,
  'response.code_interpreter_call_code.done': true,
  'response.code_interpreter_call.completed': true,
  'response.code_interpreter_call.in_progress': true,
  'response.code_interpreter_call.interpreting': true,
  'response.compaction.compacting': true,
  'response.content_part.added': true,
  'response.content_part.done': true,
  'response.created': true,
  'response.file_search_call.completed': true,
  'response.file_search_call.in_progress': true,
  'response.file_search_call.searching': true,
  'response.function_call_arguments.delta': true,
  'response.function_call_arguments.done': true,
  'response.shell_call_command.added': true,
  'response.shell_call_command.delta': true,
  'response.shell_call_command.done': true,
  'response.shell_call_output_content.delta': true,
  'response.shell_call_output_content.done': true,
  'response.in_progress': true,
  'response.output_item.added': true,
  'response.reasoning_summary_part.done': true,
  'response.reasoning_summary_text.done': true,
  'response.reasoning_text.done': true,
  'response.refusal.done': true,
  'response.output_text.done': true,
  'response.web_search_call.completed': true,
  'response.web_search_call.in_progress': true,
  'response.web_search_call.searching': true,
  'response.image_generation_call.completed': true,
  'response.image_generation_call.generating': true,
  'response.image_generation_call.in_progress': true,
  'response.image_generation_call.partial_image': true,
  'response.mcp_call_arguments.delta': true,
  'response.mcp_call_arguments.done': true,
  'response.mcp_call.completed': true,
  'response.mcp_call.failed': true,
  'response.mcp_call.in_progress': true,
  'response.mcp_list_tools.completed': true,
  'response.mcp_list_tools.failed': true,
  'response.mcp_list_tools.in_progress': true,
  'response.output_text.annotation.added': true,
  'response.queued': true,
  'response.custom_tool_call_input.delta': true,
  'response.custom_tool_call_input.done': true,
};
