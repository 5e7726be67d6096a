import { afterEach, describe, expect, it } from '@jest/globals';
import { HeddleError, type Connection, type FileRef, type GenerateEvent, type GenerateRequest } from '@heddle/core';
import { collectEvents, createFakeClock, textOf } from '@heddle/core/testing';
import { canary, connectionTo, openHub } from './__fixtures__/open-hub.js';
import { startProviderDouble, type ProviderDouble } from './__fixtures__/provider-double.js';
import { errorBody, type PlannedReply, type WireFormat } from './__fixtures__/wire-formats.js';

const patient = { connectMs: 20_000, idleMs: 20_000, totalMs: 60_000 };
const ask = (content: string): GenerateRequest => ({ messages: [{ role: 'user', content }] });
const saying = (...text: string[]): PlannedReply => ({
  text,
  finish: 'stop',
  inputTokens: 10,
  outputTokens: 5,
  cachedTokens: 4,
});

describe('ConnectionHub', () => {
  let double: ProviderDouble | undefined;
  afterEach(() => double?.close());
  const start = async (format: WireFormat, more: Partial<Connection> = {}) => {
    double = await startProviderDouble(format, canary);
    const provider = double;
    const hub = openHub(connectionTo(provider.address, format, { timeouts: patient, attempts: 1, ...more }), {
      readFile: async () => new Uint8Array([1, 2, 3]),
    });
    return { provider, hub, model: await hub.languageModel('double/double') };
  };

  it('gives a model its price, its destination and the clearance of its connection', async () => {
    const { model } = await start('openai', { clearance: 'public', isLocal: true });
    expect(model.info).toMatchObject({
      id: 'double/double',
      destination: { name: 'double/double', clearance: 'public', isLocal: true },
      price: { inputPerMillion: 1 },
    });
  });

  it('computes the cost of a call from the tokens that the provider counted', async () => {
    const { provider, model } = await start('anthropic');
    provider.script = () => saying('Hi.');
    const end = (await collectEvents(model, ask('Hello'))).at(-1);
    expect(end).toMatchObject({ usage: { inputTokens: 10, outputTokens: 5, cachedTokens: 4, currency: 'USD' } });
    expect(end?.type === 'end' && end.usage.cost).toBeCloseTo((6 * 1 + 4 * 0.1 + 5 * 10) / 1e6, 12);
  });

  it('reports what cannot be used: an unknown connection, an unknown model, a connection that is switched off', async () => {
    const { hub } = await start('openai');
    await expect(hub.languageModel('other/m')).rejects.toMatchObject({ code: 'connection_not_found' });
    await expect(hub.languageModel('double/')).rejects.toMatchObject({ code: 'model_unknown' });
    await expect(hub.classifier('double/x')).resolves.toMatchObject({ id: 'double/x' });
    const off = openHub(connectionTo(double!.address, 'openai', { isEnabled: false }));
    await expect(off.languageModel('double/m')).rejects.toMatchObject({ code: 'connection_disabled' });
  });

  it('reopens a connection that another process changed, and keeps the circuit of an unchanged one', async () => {
    const clock = createFakeClock();
    let stored = connectionTo('http://127.0.0.1:1', 'openai');
    const hub = openHub(() => stored, { clock, recheckMs: 1_000 });
    const clearance = async (): Promise<string> => (await hub.destination('double/double')).clearance;
    const before = await hub.destination('double/double');
    stored = { ...stored, clearance: 'public' };
    expect([await clearance(), before.clearance]).toEqual(['internal', 'internal']);
    await clock.advance(1_000);
    expect(await clearance()).toBe('public');
    stored = { ...stored, isEnabled: false };
    await clock.advance(1_000);
    await expect(hub.destination('double/double')).rejects.toMatchObject({ code: 'connection_disabled' });
    stored = { ...stored, id: 'gone' };
    await clock.advance(1_000);
    await expect(hub.destination('double/double')).rejects.toMatchObject({ code: 'connection_not_found' });
  });

  it('corrects an answer that does not fit by telling the model why, and sums the tokens of all tries', async () => {
    const { provider, model } = await start('openai', { kind: 'openai-compatible', preset: 'deepseek' });
    provider.script = (_request, call) => saying(['Sure: {"city": 7}', '```json\n{"city":"Oslo"}\n```'][call] ?? '');
    const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
    const events = await collectEvents(model, { ...ask('Name a city.'), schema });
    expect(textOf(events)).toBe('{"city":"Oslo"}');
    expect(events.at(-1)).toMatchObject({ finishReason: 'stop', usage: { inputTokens: 20, outputTokens: 10 } });
    expect(JSON.stringify(provider.seen[1]!.body.messages)).toContain('city: ');
    expect(provider.seen[0]!.body.response_format).toBeUndefined();
  });

  it('fails with schema_mismatch after two corrections, without returning the wrong answer', async () => {
    const { provider, model } = await start('openai', { kind: 'openai-compatible' });
    provider.script = () => saying('No.');
    const given: GenerateEvent[] = [];
    const failing = (async () => {
      const request = { ...ask('x'), schema: { type: 'object' } };
      for await (const event of model.generate(request, { signal: new AbortController().signal })) given.push(event);
    })();
    await expect(failing).rejects.toMatchObject({ code: 'schema_mismatch', details: { rounds: 2 } });
    expect(textOf(given)).toBe('');
    expect(provider.requests()).toBe(3);
  });

  it('describes the schema in the prompt when a server does not support schemas', async () => {
    const { provider, model } = await start('openai', { kind: 'openai-compatible' });
    provider.script = ({ body }) =>
      body.response_format === undefined
        ? saying('{"a":1}')
        : {
            status: 400,
            type: 'application/json',
            bytes: Buffer.from(errorBody('openai', 400, 'invalid_request_error', 'response_format is unknown')),
          };
    const schema = { type: 'object', properties: { a: { type: 'integer' } } };
    expect(textOf(await collectEvents(model, { ...ask('x'), schema }))).toBe('{"a":1}');
  });

  it('leaves out a setting that a model refuses, and does so from the start in the next call', async () => {
    const { provider, model } = await start('openai');
    provider.script = ({ body }) =>
      body.temperature === undefined
        ? saying('Fine.')
        : {
            status: 400,
            type: 'application/json',
            bytes: Buffer.from(
              JSON.stringify({
                error: {
                  message: "Unsupported value: 'temperature'",
                  type: 'invalid_request_error',
                  param: 'temperature',
                },
              }),
            ),
          };
    for (const requests of [2, 3]) {
      expect(textOf(await collectEvents(model, { ...ask('x'), temperature: 0.5 }))).toBe('Fine.');
      expect(provider.requests()).toBe(requests);
    }
  });

  const png: FileRef = { id: 'sha256:1', name: 'a.png', mediaType: 'image/png', size: 3 };
  const talk: GenerateRequest = {
    messages: [
      { role: 'system', content: 'Be kind.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image', file: png },
        ],
      },
      { role: 'assistant', content: '', toolCalls: [{ id: 't1', name: 'look', arguments: { at: 'a' } }] },
      { role: 'tool', content: 'a cat', toolCallId: 't1' },
    ],
    tools: [{ name: 'look', description: 'Looks.', parameters: { type: 'object', properties: {} } }],
    toolChoice: 'required',
    parallelToolCalls: false,
    stop: ['END'],
    seed: 7,
  };

  it('sends a conversation with image and tools as chat completions', async () => {
    const { provider, model } = await start('openai');
    await collectEvents(model, talk);
    const { body, headers } = provider.seen[0]!;
    expect(headers.authorization).toBe(`Bearer ${canary}`);
    expect(body).toMatchObject({ seed: 7, stop: ['END'], tool_choice: 'required', parallel_tool_calls: false });
    expect(body.messages).toMatchObject([
      { role: 'system', content: 'Be kind.' },
      { content: [{ text: 'What is this?' }, { image_url: { url: 'data:image/png;base64,AQID' } }] },
      { content: null, tool_calls: [{ id: 't1', function: { name: 'look', arguments: '{"at":"a"}' } }] },
      { role: 'tool', tool_call_id: 't1', content: 'a cat' },
    ]);
  });

  it('sends a conversation as Anthropic messages', async () => {
    const { provider, model } = await start('anthropic');
    await collectEvents(model, talk);
    const { body, headers } = provider.seen[0]!;
    expect(headers.authorization).toBe(`Bearer ${canary}`);
    expect(body).toMatchObject({
      system: [{ type: 'text', text: 'Be kind.' }],
      stop_sequences: ['END'],
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
      messages: [
        {
          role: 'user',
          content: [{ type: 'text' }, { type: 'image', source: { media_type: 'image/png', data: 'AQID' } }],
        },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'look', input: { at: 'a' } }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'a cat' }] },
      ],
    });
  });

  it('sends a conversation as Gemini contents, with the signature of its own call', async () => {
    const { provider, model } = await start('google');
    provider.fault = 'tool-fragments';
    const first = await collectEvents(model, talk);
    const call = first.find((event) => event.type === 'tool-call');
    provider.fault = 'none';
    const toolCalls = [{ id: call?.type === 'tool-call' ? call.id : '', name: 'weather', arguments: {} }];
    await collectEvents(model, {
      messages: [...talk.messages, { role: 'assistant', content: '', toolCalls }],
    });
    expect(provider.seen[0]!.headers['x-goog-api-key']).toBe(canary);
    expect(provider.seen[0]!.path).not.toContain(canary);
    const { contents, systemInstruction } = provider.seen[1]!.body;
    expect(systemInstruction.parts[0].text).toBe('Be kind.');
    expect(contents[0].parts[1].inlineData).toEqual({ mimeType: 'image/png', data: 'AQID' });
    expect(contents[2].parts[0].functionResponse).toMatchObject({ name: 'look', response: { result: 'a cat' } });
    expect(contents[1].parts[0].thoughtSignature).toBe('skip_thought_signature_validator');
    expect(contents[3].parts[0].thoughtSignature).toBe('c2lnbmF0dXJl');
  });

  it('moderates texts', async () => {
    const { hub } = await start('openai');
    const judge = await hub.classifier('double/omni-moderation-latest');
    const [harmless, harmful] = await judge.classify(['a cat', 'kill it'], {});
    expect(harmless!['violence']).toBeLessThan(0.1);
    expect(harmful!['violence']).toBeGreaterThan(0.9);
  });

  it.each([
    ['of a text', [{ category_scores: { violence: 0.01 } }]],
    ['with scores', [{ category_scores: { violence: 0.01 } }, { category_scores: {} }]],
    ['with a number', [{ category_scores: { violence: 0.01 } }, { category_scores: { violence: null } }]],
  ])('fails moderation when the judgement %s is missing', async (_what, results) => {
    const { provider, hub } = await start('openai');
    provider.script = () => ({ type: 'application/json', bytes: Buffer.from(JSON.stringify({ id: 'm', results })) });
    const judge = await hub.classifier('double/omni-moderation-latest');
    await expect(judge.classify(['a cat', 'kill it'], {})).rejects.toMatchObject({ code: 'provider_reply_invalid' });
  });

  it('has no moderation when the format has none', async () => {
    const { hub } = await start('google');
    await expect(hub.classifier('double/x')).rejects.toMatchObject({ code: 'model_wrong_kind' });
  });

  it('opens the circuit of a failing connection, shows that in its state, and closes it after a test succeeds', async () => {
    const clock = createFakeClock(Date.now());
    const provider = (double = await startProviderDouble('openai', canary));
    const hub = openHub(connectionTo(provider.address, 'openai', { attempts: 1, timeouts: patient }), { clock });
    const model = await hub.languageModel('double/double');
    provider.fault = 'server-error';
    const codes: string[] = [];
    for (let call = 0; call < 6; call += 1)
      await collectEvents(model, ask('x')).catch((error: unknown) =>
        codes.push(error instanceof HeddleError ? error.code : ''),
      );
    expect(codes).toEqual([...Array.from({ length: 5 }, () => 'provider_failed'), 'circuit_open']);
    expect(provider.requests()).toBe(5);
    expect(hub.state('double')).toMatchObject({ circuit: 'open', inFlight: 0, waiting: 0 });
    provider.fault = 'none';
    expect(await hub.test('double')).toMatchObject({ isReachable: true, models: ['double', 'other'] });
    expect(hub.state('double').circuit).toBe('closed');
    expect(textOf(await collectEvents(model, ask('x')))).toContain('Hello');
  });

  it.each([
    ['forward', 3_600_000],
    ['back', -3_600_000],
  ])('keeps its timeouts and rests when the wall clock is set %s by an hour', async (_, jump) => {
    const clock = createFakeClock(Date.now());
    const provider = (double = await startProviderDouble('openai', canary));
    const hub = openHub(connectionTo(provider.address, 'openai', { attempts: 1, timeouts: patient }), { clock });
    const model = await hub.languageModel('double/double');
    provider.fault = 'endless';
    const stop = new AbortController();
    const ended = (async () => {
      for await (const _event of model.generate(ask('x'), { signal: stop.signal }));
    })().catch((error: unknown) => (error instanceof HeddleError ? error.code : error));
    while (provider.sockets() < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    clock.jump(clock.now() + jump);
    await clock.advance(1);
    expect(hub.state('double').inFlight).toBe(1);
    stop.abort();
    expect(await ended).toBe('aborted');
    provider.fault = 'server-error';
    for (let call = 0; call < 5; call += 1) await collectEvents(model, ask('x')).catch(() => undefined);
    clock.jump(clock.now() - jump);
    expect(hub.state('double')).toMatchObject({ circuit: 'open', retryAt: clock.now() + 15_000 });
    await clock.advance(15_000);
    expect(hub.state('double').circuit).toBe('half-open');
  });

  it('limits concurrent calls across runs, and frees the slot of a caller that aborts', async () => {
    const { provider, hub, model } = await start('openai', { limits: { concurrency: 2 } });
    provider.fault = 'endless';
    const stops = Array.from({ length: 5 }, () => new AbortController());
    const seen = stops.map((stop) => {
      const events: GenerateEvent[] = [];
      const done = (async () => {
        for await (const event of model.generate(ask('x'), { signal: stop.signal })) events.push(event);
      })().catch((error: unknown) => (error instanceof HeddleError ? error.code : error));
      return { events, done };
    });
    while (provider.sockets() < 2 || hub.state('double').waiting < 3)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(provider.sockets()).toBe(2);
    expect(seen[4]!.events).toContainEqual({ type: 'waiting', position: 3 });
    for (const stop of stops) stop.abort();
    expect(await Promise.all(seen.map(({ done }) => done))).toEqual(Array.from({ length: 5 }, () => 'aborted'));
    expect(hub.state('double')).toMatchObject({ inFlight: 0, waiting: 0 });
  });
});
