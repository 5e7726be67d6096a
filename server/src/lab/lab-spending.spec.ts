import {
  HeddleError,
  type LabConfiguration,
  type LabSearch,
  type LanguageModel,
  type ModelPrice,
  type Reranker,
} from '@heddle/core';
import { createFakeLanguageModel } from '@heddle/core/testing';
import { describe, expect, it } from '@jest/globals';
import { checkCost, LabMoney } from './lab-spending.js';

const price: ModelPrice = {
  model: 'rank',
  inputPerMillion: 10,
  outputPerMillion: 0,
  perThousandSearches: 2,
  currency: 'USD',
  asOf: '2026-11-01',
};
const configuration = (
  model: string | undefined,
  candidates = 30,
  rewrite?: LabSearch['rewrite'],
): LabConfiguration => ({
  number: 1,
  index: { embedding: 'mini', splitter: { kind: 'markdown', maxTokens: 200, overlapTokens: 20 } },
  search: {
    mode: 'hybrid',
    diversity: 0,
    rewrite,
    ...(model === undefined ? {} : { reranker: { model, candidates } }),
  },
});
const codeOf = (work: () => void): string | undefined => {
  try {
    work();
  } catch (error) {
    return error instanceof HeddleError ? error.code : String(error);
  }
  return undefined;
};

describe('what a lab may spend', () => {
  const facts = (one: ModelPrice | undefined, isLocal = false) => new Map([['far/rank', { isLocal, price: one }]]);
  const check = (maxCost: number | undefined, known = facts(price), questions = 100) =>
    codeOf(() => checkCost([configuration(undefined), configuration('far/rank')], questions, maxCost, known));

  it('needs a limit, which the estimate must not exceed', () => {
    // 100 questions with 30 passages of 230 tokens each, and one search per question.
    const cost = (100 * 30 * 230 * 10) / 1e6 + 100 * 0.002;
    expect(check(undefined)).toBe('lab_invalid');
    expect(check(cost + 0.01)).toBeUndefined();
    expect(check(cost - 0.01)).toBe('lab_invalid');
  });

  it('needs no limit for local models, and a price for others', () => {
    expect(check(undefined, facts(undefined, true))).toBeUndefined();
    expect(check(1_000, facts(undefined))).toBe('price_missing');
  });

  it('is refused in two currencies', () => {
    const known = new Map([...facts(price), ['eu/rank', { isLocal: false, price: { ...price, currency: 'EUR' } }]]);
    expect(codeOf(() => checkCost([configuration('far/rank'), configuration('eu/rank')], 1, 1_000, known))).toBe(
      'lab_invalid',
    );
  });

  it('counts each rewriting once, and the reranking of each of its queries', () => {
    const rewritten = (kind: 'multi' | 'hyde', model?: string) => configuration(model, 30, { kind, model: 'far/chat' });
    const chat = { ...price, model: 'chat', inputPerMillion: 10, outputPerMillion: 100 };
    const known = new Map([...facts(price), ['far/chat', { isLocal: false, price: chat }]]);
    const costs = (configurations: readonly LabConfiguration[]): number => {
      try {
        checkCost(configurations, 100, undefined, known);
      } catch (error) {
        if (error instanceof HeddleError) return Number(error.details?.['cost']);
      }
      return 0;
    };
    const one = costs([rewritten('multi')]);
    // 100 calls of 130 tokens, each with up to 160 tokens of the answer.
    expect(one).toBeCloseTo((100 * (130 * 10 + 160 * 100)) / 1e6);
    expect(costs([rewritten('multi'), rewritten('multi')])).toBeCloseTo(one);
    expect(costs([rewritten('multi'), rewritten('hyde')])).toBeCloseTo(2 * one);
    // Four queries per question, each with 30 passages of 200 tokens and up to 160 tokens of the query.
    const ranked = costs([rewritten('multi', 'far/rank')]) - one;
    expect(ranked).toBeCloseTo(4 * ((100 * 30 * 360 * 10) / 1e6 + 100 * 0.002));
  });

  it('counts what models write, and stays within the limit with concurrent calls', async () => {
    const destination = { name: 'far/chat', clearance: 'public', isLocal: false } as const;
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let calls = 0;
    const model = createFakeLanguageModel(['Two sentences.'], { id: 'far/chat', destination });
    const held: LanguageModel = {
      ...model,
      async *generate(request, options) {
        calls += 1;
        await gate;
        yield* model.generate(request, options);
      },
    };
    // A call may cost up to 0.001, for 100 tokens of the instruction and the tokens of the question.
    const money = new LabMoney(0.003, () => Promise.resolve(price), 0.001);
    const request = { messages: [{ role: 'user' as const, content: 'Why?' }], maxTokens: 8, temperature: 0 };
    const { signal } = new AbortController();
    const both = [money.write(held, request, signal), money.write(held, request, signal)];
    const ended = Promise.allSettled(both);
    await expect(both[1]).rejects.toMatchObject({ code: 'budget_exceeded' });
    release();
    const [first] = await ended;
    expect(calls).toBe(1);
    expect(first).toMatchObject({ status: 'fulfilled', value: { text: 'Two sentences.', cost: { currency: 'USD' } } });
    // Rewriting is counted when its queries are stored.
    expect(money.take()).toMatchObject({ calls: 0, cost: 0 });
    const local = createFakeLanguageModel(['Here.']);
    const open = new LabMoney(undefined, () => Promise.resolve(undefined), 0);
    expect(await open.write(local, request, signal)).toEqual({ text: 'Here.', cost: undefined });
    await expect(open.write(model, request, signal)).rejects.toMatchObject({ code: 'price_missing' });
    const cut = createFakeLanguageModel([{ text: 'Tw', finishReason: 'incomplete' }]);
    await expect(open.write(cut, request, signal)).rejects.toMatchObject({ code: 'stream_incomplete' });
  });

  it('is counted, also across a restart, and a call over the limit is refused', async () => {
    let calls = 0;
    const reranker: Reranker = {
      id: 'far/rank',
      destination: { name: 'far/rank', clearance: 'public', isLocal: false },
      rerank: async (_query, texts, { onUsage }) => {
        calls += 1;
        onUsage?.({ inputTokens: 100, cost: 0.004, currency: 'EUR' });
        return Promise.resolve(texts.map(() => 1));
      },
    };
    const money = new LabMoney(0.012, () => Promise.resolve(price), 0.004);
    const watched = money.watch(reranker);
    expect(await watched.rerank('q', ['a', 'b'], {})).toEqual([1, 1]);
    expect(money.take()).toEqual({ calls: 1, cost: 0.004, currency: 'EUR' });
    expect(money.take()).toMatchObject({ calls: 0, cost: 0 });
    // 0.004 from before and 0.004 now are spent: a third call could cost 0.00204, and a long one more than is left.
    await expect(watched.rerank('q', ['long '.repeat(200)], {})).rejects.toMatchObject({ code: 'budget_exceeded' });
    expect(calls).toBe(1);
    const open = new LabMoney(undefined, () => Promise.resolve(undefined), 0).watch(reranker);
    await expect(open.rerank('q', ['a'], {})).rejects.toMatchObject({ code: 'price_missing' });
  });
});
