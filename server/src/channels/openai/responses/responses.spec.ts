import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { everyProject, type GenerateRequest, type WorkflowDocument } from '@heddle/core';
import { createFakeEmbedder, createFakeLanguageModel, type FakeReply } from '@heddle/core/testing';
import { standardNodes } from '@heddle/nodes';
import OpenAI from 'openai';
import { openTwoProjects, type Shown, type TwoProjects } from '../../../security/testing/two-projects.js';
import { chatWorkflow, hubOf } from '../../testing/open-channels.js';
import { until } from '../../testing/open-published.js';
import { withhold } from '../../testing/withhold.js';

/** Answers one text with a template. */
const echo: WorkflowDocument = {
  heddle: 2,
  name: 'Echo',
  nodes: {
    asked: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    say: { type: 'prompt', version: 1, config: { template: 'You said {{ question }}' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'asked.question', to: 'say.question' },
    { from: 'say.text', to: 'reply.answer' },
  ],
};

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const weather = { type: 'function' as const, name: 'weather', description: 'Of a city.', parameters, strict: false };
const call = { id: 'call_1', name: 'weather', arguments: '{"city":"Rome"}' };
const sentTo = (request: GenerateRequest | undefined) =>
  request?.messages.map(({ role, content }) => [role, content]) ?? [];

describe('/v1/responses', () => {
  let house: TwoProjects;
  let handbook: string;
  let plain: string;
  let key: Shown;
  let client: OpenAI;
  let script: readonly FakeReply[] = [];
  let asked = 0;
  const model = createFakeLanguageModel(() => script[Math.min(asked++, script.length - 1)] ?? 'x');
  const says = (...replies: FakeReply[]): void => {
    [script, asked] = [replies, 0];
  };
  const last = (): GenerateRequest | undefined => model.requests.at(-1);

  beforeAll(async () => {
    house = await openTwoProjects({
      models: hubOf(model, createFakeEmbedder({ dimensions: 8 })),
      nodes: [...standardNodes, withhold],
      settings: { HEDDLE_RATE_PER_MINUTE: '100000' },
    });
    house.server.heddle.grants.set('model', 'fake', [everyProject]);
    handbook = (await house.published(house.alpha, chatWorkflow())).slug;
    plain = (await house.published(house.alpha, echo)).slug;
    key = house.key(house.alpha, { permissions: ['run:published', 'model:try'] });
    client = clientOf(key);
  });
  afterAll(() => house.close());
  beforeEach(() => says('In Paris.'));

  function clientOf(who: Shown): OpenAI {
    const { authorization = '', ...defaultHeaders } = who;
    const apiKey = authorization.replace('Bearer ', '');
    return new OpenAI({ apiKey, baseURL: `${house.server.address}/v1`, maxRetries: 0, defaultHeaders });
  }

  describe('of a model', () => {
    it('answers a text, and is read again with its items', async () => {
      const made = await client.responses.create({
        model: 'fake',
        input: 'Where is the office?',
        instructions: 'Be short.',
        metadata: { a: 'b' },
        temperature: 0.5,
        max_output_tokens: 50,
      });
      expect(made).toMatchObject({
        object: 'response',
        status: 'completed',
        output_text: 'In Paris.',
        instructions: 'Be short.',
        metadata: { a: 'b' },
        store: true,
        error: null,
        incomplete_details: null,
        temperature: 0.5,
        usage: { output_tokens: 2 },
        output: [
          {
            type: 'message',
            role: 'assistant',
            status: 'completed',
            content: [{ type: 'output_text', text: 'In Paris.' }],
          },
        ],
      });
      expect(sentTo(last())).toEqual([
        ['system', 'Be short.'],
        ['user', 'Where is the office?'],
      ]);
      expect(last()).toMatchObject({ maxTokens: 50, temperature: 0.5 });
      const {
        output_text: _text,
        _request_id,
        ...stored
      } = made as OpenAI.Responses.Response & { _request_id?: string };
      expect(await client.responses.retrieve(made.id)).toMatchObject(stored);
      const items = await client.responses.inputItems.list(made.id, { order: 'asc', limit: 5 });
      expect(items.data).toMatchObject([{ type: 'message', role: 'user', content: 'Where is the office?' }]);
    });

    it("streams numbered events that clients know, and the client's helper reads them", async () => {
      says({ reasoning: 'Hm, Paris.', text: ['In ', 'Paris', '.'] });
      const stream = client.responses.stream({ model: 'fake', input: 'Where?' });
      const seen: { readonly type: string; readonly number: number }[] = [];
      stream.on('event', ({ type, sequence_number: number }) => seen.push({ type, number }));
      const final = await stream.finalResponse();
      expect(final).toMatchObject({ status: 'completed', output_text: 'In Paris.' });
      expect(final.output).toMatchObject([
        { type: 'reasoning', content: [{ type: 'reasoning_text', text: 'Hm, Paris.' }] },
        { type: 'message', content: [{ text: 'In Paris.' }] },
      ]);
      expect(seen.map(({ number }) => number)).toEqual(seen.map((_event, index) => index));
      const types = seen.map(({ type }) => type.replace('response.', ''));
      expect(types.filter((type, index) => type !== types[index - 1])).toEqual([
        ...['created', 'in_progress'],
        ...['output_item.added', 'content_part.added', 'reasoning_text.delta', 'reasoning_text.done'],
        ...['content_part.done', 'output_item.done'],
        ...['output_item.added', 'content_part.added', 'output_text.delta', 'output_text.done'],
        ...['content_part.done', 'output_item.done', 'completed'],
      ]);
    });

    it('calls functions of the client, and gets their results, in one piece and as a stream', async () => {
      says({ text: 'Let me look.', toolCalls: [call] });
      const request = { model: 'fake', input: 'The weather?', tools: [weather] };
      const made = await client.responses.create(request);
      const asks = { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city":"Rome"}' };
      expect(made.output).toMatchObject([{ type: 'message' }, asks]);
      expect(last()?.tools).toEqual([{ name: 'weather', description: 'Of a city.', parameters }]);
      const streamed = await client.responses.stream(request).finalResponse();
      expect(streamed.output).toMatchObject([{ type: 'message' }, asks]);
      says('It is sunny.');
      const output = { type: 'function_call_output' as const, call_id: 'call_1', output: 'Sun.' };
      const next = await client.responses.create({ ...request, previous_response_id: made.id, input: [output] });
      expect(next.output_text).toBe('It is sunny.');
      const sent = last()?.messages.slice(-3);
      expect(sent).toMatchObject([
        { role: 'user', content: 'The weather?' },
        { role: 'assistant', content: 'Let me look.', toolCalls: [{ id: 'call_1', name: 'weather' }] },
        { role: 'tool', content: 'Sun.', toolCallId: 'call_1' },
      ]);
      // The same in two ways: the client sends all items, or refers to stored ones.
      const question = { role: 'user' as const, content: 'The weather?' };
      await client.responses.create({
        ...request,
        input: [question, ...(made.output as OpenAI.Responses.ResponseInputItem[]), output],
        store: false,
      });
      expect(last()?.messages).toMatchObject(sent ?? []);
      const references = made.output.map(({ id }) => ({ type: 'item_reference' as const, id: id ?? '' }));
      await client.responses.create({ ...request, input: [question, ...references, output] });
      expect(last()?.messages).toMatchObject(sent ?? []);
    });

    it('writes JSON that matches a schema', async () => {
      says('{"city":"Rome"}');
      const format = { type: 'json_schema' as const, name: 'place', schema: parameters, strict: true };
      const made = await client.responses.create({ model: 'fake', input: 'Where?', text: { format } });
      expect([JSON.parse(made.output_text), last()?.schema]).toEqual([{ city: 'Rome' }, parameters]);
      expect(made.text?.format).toMatchObject({ type: 'json_schema', name: 'place' });
    });

    it('is incomplete when the limit cuts it off, in one piece and as a stream', async () => {
      says({ text: ['In ', 'Par'], finishReason: 'length' });
      const request = { model: 'fake', input: 'Where?', max_output_tokens: 2 };
      const cut = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, output_text: 'In Par' };
      expect(await client.responses.create(request)).toMatchObject(cut);
      const types: string[] = [];
      for await (const { type } of await client.responses.create({ ...request, stream: true })) types.push(type);
      expect(types.at(-1)).toBe('response.incomplete');
    });

    it('continues any earlier answer, more than once, with the instructions of the new request only', async () => {
      const first = await client.responses.create({ model: 'fake', input: 'One', instructions: 'Old.' });
      const ask = async (input: string, previous: string): Promise<string> => {
        const request = { model: 'fake', input, instructions: 'New.', previous_response_id: previous };
        return (await client.responses.create(request)).id;
      };
      const second = await ask('Two', first.id);
      const said = [
        ['system', 'New.'],
        ['user', 'One'],
        ['assistant', 'In Paris.'],
        ['user', 'Two'],
      ];
      expect(sentTo(last())).toEqual(said);
      await ask('Three', second);
      expect(sentTo(last())).toEqual([...said, ['assistant', 'In Paris.'], ['user', 'Three']]);
      await ask('Other', first.id);
      expect(sentTo(last())).toEqual([...said.slice(0, 3), ['user', 'Other']]);
    });

    it('runs in the background, is read while it runs, and is cancelled', async () => {
      says({ text: 'In ', hangs: true });
      const made = await client.responses.create({ model: 'fake', input: 'Where?', background: true });
      expect(['queued', 'in_progress']).toContain(made.status);
      await until(async () => {
        const { status } = await client.responses.retrieve(made.id);
        return status === 'in_progress' ? true : undefined;
      });
      await expect(client.responses.delete(made.id)).rejects.toMatchObject({ status: 409, code: 'run_unfinished' });
      const early = client.responses.create({ model: 'fake', input: 'b', previous_response_id: made.id });
      await expect(early).rejects.toMatchObject({ code: 'run_unfinished', param: 'previous_response_id' });
      await client.responses.cancel(made.id);
      const ended = await until(async () => {
        const found = await client.responses.retrieve(made.id);
        return found.status === 'cancelled' ? found : undefined;
      });
      expect(ended.output).toEqual([]);
      says('In Paris.');
      const direct = await client.responses.create({ model: 'fake', input: 'Where?' });
      await expect(client.responses.cancel(direct.id)).rejects.toMatchObject({ status: 400 });
    });

    it('is not stored when the client says so, and disappears when it is deleted; its run stays', async () => {
      const unstored = await client.responses.create({ model: 'fake', input: 'Where?', store: false });
      await expect(client.responses.retrieve(unstored.id)).rejects.toMatchObject({ code: 'response_not_found' });
      const text = 'A planted question';
      const made = await client.responses.create({ model: 'fake', input: text, metadata: { note: 'planted-note' } });
      const runId = made.id.replace('resp_', '');
      await client.responses.delete(made.id);
      for (const gone of [
        client.responses.retrieve(made.id),
        client.responses.inputItems.list(made.id),
        client.responses.create({ model: 'fake', input: 'b', previous_response_id: made.id }),
        client.responses.create({ model: 'fake', input: [{ type: 'item_reference', id: `msg_${runId}` }] }),
      ])
        await expect(gone).rejects.toMatchObject({ status: 404, code: 'response_not_found' });
      const acceptance = await house.server.heddle.runs.acceptance(runId);
      expect(JSON.stringify(acceptance)).not.toContain('planted-note');
      expect(acceptance.inputs['messages']?.value).toEqual([{ role: 'user', content: text }]);
      const [record] = await house.server.heddle.audit.list({ subject: `run:${runId}`, kinds: ['erase'] });
      expect(record).toMatchObject({ details: { step: 'response deleted' }, project: house.alpha });
    });

    it('reports why it failed, as an error, in a stream and when it is read again', async () => {
      says({ toolCalls: [], text: '', hangs: false, finishReason: 'incomplete' });
      const refused = client.responses.create({ model: 'fake', input: 'Where?' });
      await expect(refused).rejects.toMatchObject({ code: 'stream_incomplete' });
      let end: OpenAI.Responses.ResponseStreamEvent | undefined;
      for await (const event of await client.responses.create({ model: 'fake', input: 'Where?', stream: true }))
        end = event;
      expect(end).toMatchObject({
        type: 'response.failed',
        response: { status: 'failed', error: { code: 'stream_incomplete' } },
      });
      const { id } = (end as OpenAI.Responses.ResponseFailedEvent).response;
      expect(await client.responses.retrieve(id)).toMatchObject({
        status: 'failed',
        error: { code: 'stream_incomplete' },
      });
    });

    it.each([
      [{ tools: [{ type: 'web_search' }] }, 'tools.0'],
      [{ tool_choice: { type: 'function', name: 'none' }, tools: [weather] }, 'tool_choice'],
      [{ include: ['message.output_text.logprobs'] }, 'include'],
      [{ top_logprobs: 2 }, 'top_logprobs'],
      [{ truncation: 'auto' }, 'truncation'],
      [{ service_tier: 'flex' }, 'service_tier'],
      [{ prompt: { id: 'p' } }, 'prompt'],
      [{ max_tool_calls: 1 }, 'max_tool_calls'],
      [{ reasoning: { summary: 'auto' } }, 'reasoning.summary'],
      [{ text: { verbosity: 'low' } }, 'text.verbosity'],
      [{ background: true, store: false }, 'store'],
      [{ conversation: 'new' }, 'conversation'],
      [{ previous_response_id: 'resp_none' }, 'previous_response_id'],
      [{ conversation: 'new', previous_response_id: 'resp_none' }, 'conversation'],
      [{ input: [{ type: 'computer_call', id: 'x' }] }, 'input'],
      [{ input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'x' }], id: 'x' }] }, 'input'],
      [{ input: [{ type: 'item_reference', id: 'msg_none' }] }, 'input'],
      [{ nothing_is_called_so: 1 }, 'nothing_is_called_so'],
    ])('refuses unsupported options by name: %j', async (given, param) => {
      const before = model.requests.length;
      const body = { model: 'fake', input: 'Where?', ...given } as OpenAI.Responses.ResponseCreateParams;
      await expect(client.responses.create(body)).rejects.toMatchObject({
        status: expect.any(Number),
        param: expect.stringContaining(param),
      });
      expect(model.requests).toHaveLength(before);
    });
  });

  describe('of a workflow', () => {
    it('continues a thread by the response or by the conversation, and gets the earlier messages', async () => {
      const first = await client.responses.create({ model: handbook, input: 'One' });
      const thread = first.conversation?.id ?? '';
      expect(thread).toMatch(/^[0-9a-f]{24}$/);
      const second = await client.responses.create({ model: handbook, input: 'Two', previous_response_id: first.id });
      expect([second.conversation?.id, sentTo(last())]).toEqual([
        thread,
        [
          ['user', 'One'],
          ['assistant', 'In Paris.'],
          ['user', 'Two'],
        ],
      ]);
      const third = await client.responses.create({ model: handbook, input: 'Three', conversation: thread });
      expect([third.conversation?.id, sentTo(last()).length]).toEqual([thread, 5]);
      const { body } = await house.call(key, 'GET', `/v1/threads/${thread}/messages`);
      expect(body.messages).toHaveLength(6);
      // A thread of a workflow does not branch.
      const fork = client.responses.create({ model: handbook, input: 'Else', previous_response_id: first.id });
      await expect(fork).rejects.toMatchObject({ status: 409, code: 'conflict', param: 'previous_response_id' });
      const other = client.responses.create({ model: 'fake', input: 'b', previous_response_id: first.id });
      await expect(other).rejects.toMatchObject({ status: 400, param: 'previous_response_id' });
      await house.call(key, 'DELETE', `/v1/threads/${thread}`);
      const gone = client.responses.create({ model: handbook, input: 'b', previous_response_id: third.id });
      await expect(gone).rejects.toMatchObject({
        status: 404,
        code: 'thread_not_found',
        param: 'previous_response_id',
      });
    });

    it('decides itself: options for the model in a request are refused', async () => {
      for (const [field, given] of Object.entries({
        tools: { tools: [weather] },
        temperature: { temperature: 1 },
        max_output_tokens: { max_output_tokens: 5 },
        'text.format': { text: { format: { type: 'json_object' } } },
      })) {
        const body = { model: handbook, input: 'One', ...given } as OpenAI.Responses.ResponseCreateParams;
        await expect(client.responses.create(body)).rejects.toMatchObject({ status: 400, param: field });
      }
      const refused = client.responses.create({ model: plain, input: 'One', instructions: 'Be short.' });
      await expect(refused).rejects.toMatchObject({ status: 400, param: 'instructions' });
      const whole = await client.responses.create({ model: plain, input: 'tea' });
      expect(whole.output_text).toBe('You said tea');
    });

    it('begins no thread when nothing is stored', async () => {
      const made = await client.responses.create({ model: plain, input: 'tea', store: false });
      expect(made).toMatchObject({ conversation: null, store: false });
    });
  });

  describe('access', () => {
    it('shows a response to its caller only: not to another project, key or end user, nor to a key that lost the right', async () => {
      const ofModel = await client.responses.create({ model: 'fake', input: 'Mine' });
      const ofWorkflow = await client.responses.create({ model: plain, input: 'Mine', background: true });
      const speaks = house.key(house.alpha, { permissions: ['run:published', 'model:try', 'speak-for-users'] });
      const anns = { ...speaks, 'heddle-end-user': 'ann' };
      const ofAnn = await clientOf(anns).responses.create({ model: plain, input: 'Anns' });
      expect((await clientOf(anns).responses.retrieve(ofAnn.id)).id).toBe(ofAnn.id);
      const unknown = await house.call(key, 'GET', '/v1/responses/resp_none');
      expect([unknown.status, unknown.body.error.code]).toEqual([404, 'response_not_found']);
      const strangers = [
        house.key(house.beta),
        house.key(house.alpha),
        house.person({ [house.alpha]: ['owner'], [house.beta]: ['owner'] }),
        { ...speaks, 'heddle-end-user': 'zoe' },
        speaks,
      ];
      const tries = strangers.flatMap((who) => [ofModel, ofWorkflow, ofAnn].map(({ id }) => [who, id] as const));
      for (const [who, id] of [...tries, [key, ofAnn.id] as const])
        for (const [method, path] of [
          ['GET', ''],
          ['GET', '/input_items'],
          ['POST', '/cancel'],
          ['DELETE', ''],
        ] as const) {
          const { status, body } = await house.call(who, method, `/v1/responses/${id}${path}`);
          expect([id, method, path, status, body]).toEqual([id, method, path, 404, unknown.body]);
        }
      for (const who of strangers) {
        const body = { model: 'fake', input: 'b', previous_response_id: ofModel.id };
        const reply = await house.call(who, 'POST', '/v1/responses', body);
        expect([404, 403]).toContain(reply.status);
      }
      expect((await fetch(`${house.server.address}/v1/responses/${ofModel.id}`)).status).toBe(401);
      expect((await client.responses.retrieve(ofModel.id)).output_text).toBe('In Paris.');
    });
  });
});
