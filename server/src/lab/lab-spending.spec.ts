import { HeddleError, type LabConfiguration, type LabScore, type ModelPrice, type Reranker } from '@heddle/core';
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
const configuration = (model: string | undefined, candidates = 30): LabConfiguration => ({
  number: 1,
  index: { embedding: 'mini', splitter: { kind: 'markdown', maxTokens: 200, overlapTokens: 20 } },
  search: { mode: 'hybrid', diversity: 0, ...(model === undefined ? {} : { reranker: { model, candidates } }) },
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

  it('is a limit that somebody set, and that the estimate keeps', () => {
    // 100 questions of 30 passages of 230 tokens, and a search each.
    const cost = (100 * 30 * 230 * 10) / 1e6 + 100 * 0.002;
    expect(check(undefined)).toBe('lab_invalid');
    expect(check(cost + 0.01)).toBeUndefined();
    expect(check(cost - 0.01)).toBe('lab_invalid');
  });

  it('needs no limit for models of this machine, and a price for others', () => {
    expect(check(undefined, facts(undefined, true))).toBeUndefined();
    expect(check(1_000, facts(undefined))).toBe('price_missing');
  });

  it('is not added in two currencies', () => {
    const known = new Map([...facts(price), ['eu/rank', { isLocal: false, price: { ...price, currency: 'EUR' } }]]);
    expect(codeOf(() => checkCost([configuration('far/rank'), configuration('eu/rank')], 1, 1_000, known))).toBe(
      'lab_invalid',
    );
  });

  it('is counted, also across a restart, and a call over the limit is not made', async () => {
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
    const before = {
      ...configuration('far/rank'),
      questions: 2,
      cost: { perThousand: 2, currency: 'EUR' },
    } as LabScore;
    const money = new LabMoney(0.012, () => Promise.resolve(price), [before]);
    const watched = money.watch(reranker);
    expect(await watched.rerank('q', ['a', 'b'], {})).toEqual([1, 1]);
    expect(money.take()).toEqual({ calls: 1, cost: 0.004, currency: 'EUR' });
    expect(money.take()).toMatchObject({ calls: 0, cost: 0 });
    // 0.004 of before and 0.004 of now: a third call could cost 0.00204, a long one more than is left.
    await expect(watched.rerank('q', ['long '.repeat(200)], {})).rejects.toMatchObject({ code: 'budget_exceeded' });
    expect(calls).toBe(1);
    const open = new LabMoney(undefined, () => Promise.resolve(undefined), []).watch(reranker);
    await expect(open.rerank('q', ['a'], {})).rejects.toMatchObject({ code: 'price_missing' });
  });
});
