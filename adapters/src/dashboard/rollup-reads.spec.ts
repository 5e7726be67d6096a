import { describe, expect, it } from '@jest/globals';
import { savingOf } from './rollup-reads.js';

const body = (kind: string, details: object): string => JSON.stringify({ kind, summary: 's', details });
const price = (input: number, currency = 'USD') => ({ input, output: input, currency });
const route = (model: string, facts: readonly object[], order: readonly string[]) =>
  savingOf(body('route', { model, order, facts, request: { tokens: 600_000, maxTokens: 400_000 } }));

describe('what a decision saved', () => {
  it('is the cost of the cached result', () => {
    expect(savingOf(body('cache', { savedCost: 0.5, currency: 'EUR' }))).toEqual([
      { source: 'cache', model: '', currency: 'EUR', money: 0.5 },
    ]);
    expect(savingOf(body('cache', { scope: 'x' }))).toEqual([]);
  });

  it('is the cost of the dearest candidate that could have answered, for routing', () => {
    const facts = [
      { model: 'local', price: price(0) },
      { model: 'mid', price: price(2) },
      { model: 'big', price: price(10) },
      { model: 'euro', price: price(99, 'EUR') },
    ];
    const saved = (model: string, order: readonly string[]): unknown[] =>
      route(model, facts, order).map(({ money, currency }) => [money, currency]);
    expect(saved('local', ['local', 'mid'])).toEqual([[2, 'USD']]);
    expect(saved('mid', ['mid', 'big', 'euro'])).toEqual([[8, 'USD']]);
    expect(saved('big', ['big', 'mid'])).toEqual([]);
    expect(saved('local', ['local'])).toEqual([]);
  });

  it('is nothing when the record is damaged or of another kind', () => {
    const odd = [
      '',
      '[]',
      '{',
      body('vote', {}),
      body('route', { model: 'x', order: [], facts: [{ price: 'much' }], request: {} }),
    ];
    expect(odd.flatMap(savingOf)).toEqual([]);
  });
});
