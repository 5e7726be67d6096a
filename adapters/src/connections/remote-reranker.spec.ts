import { afterEach, describe, expect, it } from '@jest/globals';
import type { Connection, InputUsage } from '@heddle/core';
import { canary, connectionTo, openHub } from './__fixtures__/open-hub.js';
import { startProviderDouble, type ProviderDouble } from './__fixtures__/provider-double.js';
import { scoreOf, type RerankFlavour } from './__fixtures__/rerank-model.js';

const patient = { connectMs: 30_000, idleMs: 30_000, totalMs: 60_000 };
const texts = ['Horses are animals.', 'The capital of France is Paris.', '', 'Paris, the capital.'];
const query = 'capital of France';
const flavours: readonly RerankFlavour[] = ['cohere', 'jina', 'voyage', 'vllm', 'infinity', 'tei'];

describe('a reranker of a connection', () => {
  let double: ProviderDouble | undefined;
  afterEach(() => double?.close());
  const start = async (more: Partial<Connection> & { readonly path?: string } = {}) => {
    double = await startProviderDouble('openai', canary);
    const { path = '/v1', ...rest } = more;
    const connection = connectionTo(double.address, 'openai', {
      kind: 'openai-compatible',
      timeouts: patient,
      attempts: 1,
      baseUrl: `${double.address}${path}`,
      prices: [{ model: 'double', inputPerMillion: 2, outputPerMillion: 0, currency: 'USD', asOf: '2026-11-01' }],
      ...rest,
    });
    const hub = openHub(connection);
    return { provider: double, hub, reranker: await hub.reranker('double/double') };
  };
  const reply = (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}) => ({
    status,
    type: 'application/json',
    headers,
    bytes: Buffer.from(JSON.stringify(body)),
  });
  const pathOf = (flavour: RerankFlavour): string => (flavour === 'cohere' ? '/compatibility/v1' : '/v1');

  for (const flavour of flavours)
    it(`speaks the format of ${flavour}, which it detects at the first call, and returns scores in the order of the texts`, async () => {
      const { provider, reranker } = await start({ path: pathOf(flavour) });
      provider.rerankAs = flavour;
      const scores = await reranker.rerank(query, texts, {});
      expect(scores).toEqual(texts.map((text) => scoreOf(query, text)));
      const first = provider.seen.length;
      await reranker.rerank(query, texts, {});
      expect(provider.seen).toHaveLength(first + 1);
      expect(provider.seen.every(({ headers }) => headers.authorization === `Bearer ${canary}`)).toBe(true);
    });

  it('splits a request that is too large for a server, and remembers the size', async () => {
    const { provider, reranker } = await start();
    provider.rerankAs = 'tei';
    const many = Array.from({ length: 130 }, (_, index) => (index % 7 === 0 ? 'capital of France' : `text ${index}`));
    expect(await reranker.rerank(query, many, {})).toEqual(many.map((text) => scoreOf(query, text)));
    const before = provider.seen.length;
    await reranker.rerank(query, many, {});
    const later = provider.seen.slice(before).map(({ body }) => body.texts.length as number);
    expect(Math.max(...later)).toBeLessThanOrEqual(32);
  });

  it('cuts long texts to the length that the server reports', async () => {
    const { provider, reranker } = await start();
    provider.rerankAs = 'vllm';
    const long = `France ${'word '.repeat(3_000)}`;
    expect(await reranker.rerank(query, [long, 'Nothing.'], {})).toEqual([1 / 3, 0]);
    const before = provider.seen.length;
    await reranker.rerank(query, [long], {});
    expect(provider.seen).toHaveLength(before + 1);
  });

  it('cuts texts to the window in its model card from the start', async () => {
    const { provider, hub } = await start({
      models: [{ name: 'double', kind: 'rerank', contextTokens: 300, supports: {} }],
    });
    provider.rerankAs = 'vllm';
    const reranker = await hub.reranker('double/double');
    await reranker.rerank(`${query} ${'why '.repeat(900)}`, ['word '.repeat(3_000)], {});
    expect(provider.seen).toHaveLength(1);
  });

  it('counts tokens, searches and their cost', async () => {
    const used: InputUsage[] = [];
    const { provider, reranker } = await start();
    await reranker.rerank(query, texts, { onUsage: (usage) => used.push(usage) });
    provider.rerankAs = 'voyage';
    await reranker.rerank(query, texts, { onUsage: (usage) => used.push(usage) });
    for (const usage of used) {
      expect(usage.inputTokens).toBeGreaterThan(5);
      expect(usage).toMatchObject({ cost: (usage.inputTokens * 2) / 1_000_000, currency: 'USD' });
    }
    await double?.close();
    const other = await start({
      path: '/v2',
      prices: [
        {
          model: 'double',
          inputPerMillion: 0,
          outputPerMillion: 0,
          perThousandSearches: 2,
          currency: 'USD',
          asOf: '2026-11-01',
        },
      ],
    });
    other.provider.rerankAs = 'cohere';
    const searched: InputUsage[] = [];
    const many = Array.from({ length: 250 }, (_, index) => `text ${index}`);
    await other.reranker.rerank(query, many, { onUsage: (usage) => searched.push(usage) });
    expect(searched[0]?.cost).toBeCloseTo(3 * 0.002, 9);
  });

  const whole = texts.map((_, index) => ({ index, relevance_score: 0.5 }));
  for (const [what, body] of [
    ['a score that is missing', { results: whole.slice(1) }],
    ['an index that is doubled', { results: [...whole.slice(1), whole[1]] }],
    ['an index that no text has', { results: [...whole.slice(1), { index: 4, relevance_score: 1 }] }],
    ['an index that is no number', { results: [...whole.slice(1), { index: '0', relevance_score: 1 }] }],
    ['more scores than texts', { results: [...whole, ...whole] }],
    ['a score that is no number', { results: whole.map((one) => ({ ...one, relevance_score: null })) }],
    ['no list', { results: { 0: 0.5 } }],
    ['another object', { object: 'list' }],
    ['a text', 'fine'],
  ] as const)
    it(`refuses a reply with ${what}`, async () => {
      const { provider, reranker } = await start();
      provider.script = () => reply(body);
      await expect(reranker.rerank(query, texts, {})).rejects.toMatchObject({ code: 'provider_reply_invalid' });
    });

  it('refuses NaN, which is not JSON, and web pages', async () => {
    const { provider, reranker } = await start();
    provider.script = () => ({
      type: 'application/json',
      bytes: Buffer.from('{"results":[{"index":0,"relevance_score":NaN}]}'),
    });
    await expect(reranker.rerank(query, ['a'], {})).rejects.toMatchObject({ code: 'provider_reply_invalid' });
    provider.script = () => ({ type: 'text/html', bytes: Buffer.from('<html><body>Sign in</body></html>') });
    await expect(reranker.rerank(query, ['a'], {})).rejects.toMatchObject({ code: 'provider_reply_invalid' });
  });

  it('waits as long as the server requests, and retries', async () => {
    const { provider, reranker } = await start({ attempts: 2 });
    provider.script = (_request, call) =>
      call === 0
        ? reply({ error: { message: `Slow down, ${canary}` } }, 429, { 'retry-after': '0' })
        : reply({ results: [{ index: 0, relevance_score: 1 }] });
    expect(await reranker.rerank(query, ['a'], {})).toEqual([1]);
    expect(provider.requests()).toBe(2);
  });

  it('shows no key in the error of a server, and then tries no other address', async () => {
    const { provider, reranker } = await start();
    provider.fault = 'server-error';
    const error = await reranker.rerank(query, ['a'], {}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'provider_failed' });
    expect(String(error)).not.toContain(canary);
    expect(provider.requests()).toBe(1);
  });

  it('gives up after a few requests when no text is short enough for the server', async () => {
    const { provider, reranker } = await start();
    provider.script = () => reply({ error: { message: 'too many tokens' } }, 400);
    await expect(reranker.rerank(query, ['word '.repeat(5_000)], {})).rejects.toMatchObject({
      code: 'context_too_long',
    });
    expect(provider.requests()).toBeLessThan(12);
  });

  it('reports a wrong address when a server has no rerankers', async () => {
    const { provider, reranker } = await start();
    provider.script = () => reply({ detail: 'Not Found' }, 404);
    await expect(reranker.rerank(query, ['a'], {})).rejects.toMatchObject({ code: 'provider_refused' });
    await double?.close();
    double = await startProviderDouble('anthropic', canary);
    const other = openHub(connectionTo(double.address, 'anthropic'));
    await expect(other.reranker('double/double')).rejects.toMatchObject({ code: 'model_wrong_kind' });
  });

  it('stops when its signal aborts', async () => {
    const { reranker } = await start();
    await expect(reranker.rerank(query, ['a'], { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
    });
  });

  it('is tested by a call when the server has no list of models', async () => {
    const { provider, hub } = await start({ models: [{ name: 'double', kind: 'rerank', supports: {} }] });
    expect(await hub.test('double')).toMatchObject({ isReachable: true });
    expect(provider.seen.at(-1)?.path).toBe('/v1/rerank');
  });
});
