import type { BatchedModel, GenerateEvent, GenerateRequest } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { batchedAnswer, startBatchProvider, type BatchProvider } from '../testing/batches/batch-provider.js';
import { connectionTo, openHub } from './__fixtures__/open-hub.js';
import type { ConnectionHub } from './connection-hub.js';
import type { BatchAnswer } from './provider.js';

const { signal } = new AbortController();
const asking = (content: string, more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  messages: [{ role: 'user', content }],
  maxTokens: 50,
  ...more,
});
const prices = [{ model: 'dou*', inputPerMillion: 1, outputPerMillion: 10, currency: 'USD', asOf: '2026-11-01' }];

async function whole<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe.each(['openai', 'responses', 'anthropic'] as const)('batches of %s', (format) => {
  let provider: BatchProvider;
  let hub: ConnectionHub;
  let model: BatchedModel;
  beforeEach(async () => {
    provider = await startBatchProvider();
    hub = openHub(connectionTo(provider.address, format, { prices }));
    model = (await hub.languageModel('double/double')).batched!;
  });
  afterEach(() => provider.close());

  const own = { id: 'pb_1', createdAt: Date.now(), calls: 1 };
  const submit = async (request: GenerateRequest, id = 'pb_1-1'): Promise<string> =>
    (await hub.batches('double')).submit(own, [{ id, body: await model.prepare(request) }], signal);
  const answersOf = async (id: string): Promise<readonly BatchAnswer[]> =>
    whole((await hub.batches('double')).answers(id, signal));

  it('answers a call as the API does, at half the price', async () => {
    const id = await submit(asking('Why?'));
    const batches = await hub.batches('double');
    expect(await batches.check(id, signal)).toMatchObject({ hasEnded: false });
    provider.end();
    expect(await batches.check(id, signal)).toMatchObject({ hasEnded: true });
    const [found] = await answersOf(id);
    expect(found?.id).toBe('pb_1-1');
    const events: GenerateEvent[] = await whole(model.read(found?.answer ?? '', asking('Why?')));
    expect(events.slice(0, -1)).toEqual([{ type: 'text', text: batchedAnswer('Why?') }]);
    expect(events.at(-1)).toMatchObject({
      type: 'end',
      finishReason: 'stop',
      // 100 tokens at 1 and 10 tokens at 10 per million, halved.
      usage: { inputTokens: 100, outputTokens: 10, cost: 0.0001, batchSaved: 0.0001, currency: 'USD' },
    });
    expect(model.price).toMatchObject({ inputPerMillion: 0.5, outputPerMillion: 5 });
    const [call] = provider.batches[0]!.calls;
    expect(call).toMatchObject({ url: model.endpoint, body: { model: 'double' } });
    expect(call?.body).not.toHaveProperty('stream');
    await batches.remove(id, signal);
    expect([...provider.files.keys()].filter((name) => name.startsWith('output'))).toEqual([]);
  });

  it('finds a batch by our id when the reply of its creation was lost, and no batch that was not created', async () => {
    provider.lostReplies = 1;
    await expect(submit(asking('Why?'))).rejects.toMatchObject({ code: 'provider_failed' });
    const batches = await hub.batches('double');
    // Anthropic names the calls of a batch only with their results.
    if (format === 'anthropic') expect(await batches.find(own, new Set(), signal)).toBe('unknown');
    provider.end();
    expect(await batches.find(own, new Set(), signal)).toEqual({ id: provider.batches[0]!.id });
    expect(await batches.find({ ...own, id: 'pb_2' }, new Set(), signal)).toBe('none');
    expect(provider.batches).toHaveLength(1);
  });

  it('reports what failed and whether a retry may help, and removes a refused setting from a body', async () => {
    const fates = ['error', 'expire', { status: 400, param: 'temperature' }, { status: 503, param: 'x' }] as const;
    provider.fateOf = ({ id }) => fates[Number(id.slice(-1))]!;
    const body = await model.prepare(asking('Why?', { temperature: 0.5 }));
    const batches = await hub.batches('double');
    const lines = fates.map((_, index) => ({ id: `pb_1-${index}`, body }));
    const id = await batches.submit(own, lines, signal);
    provider.end();
    const failures = (await answersOf(id)).map(({ id: name, error }) => [
      name.slice(-1),
      error?.passes,
      error?.setting,
    ]);
    expect(failures.slice(0, 3)).toEqual([
      ['0', false, undefined],
      ['1', true, undefined],
      ['2', format !== 'anthropic', 'temperature'],
    ]);
    expect(JSON.parse(batches.without(body, 'temperature') ?? '')).not.toHaveProperty('temperature');
    expect(batches.without(body, 'model')).toBeUndefined();
    expect(batches.without(body, '__proto__.x')).toBeUndefined();
  });

  it('refuses an answer that does not fit its schema or is not JSON', async () => {
    const schema = { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] };
    const id = await submit(asking('Why?', { schema }));
    provider.end();
    const [found] = await answersOf(id);
    await expect(whole(model.read(found?.answer ?? '', asking('Why?', { schema })))).rejects.toMatchObject({
      code: 'schema_mismatch',
    });
    await expect(whole(model.read('{"choices":"none","status":1}', asking('Why?')))).rejects.toMatchObject({
      code: 'provider_reply_invalid',
    });
  });
});

describe('batches of other providers', () => {
  it('are refused when the provider has none', async () => {
    const hub = openHub(connectionTo('http://127.0.0.1:9', 'openai', { kind: 'openai-compatible' }));
    expect((await hub.languageModel('double/double')).batched).toBeUndefined();
    await expect(hub.batches('double')).rejects.toMatchObject({ code: 'provider_batch_failed' });
  });
});
