import { describe, expect, it } from '@jest/globals';
import { Budget, type BudgetState } from '@heddle/core';
import type { SpendRow } from '../../data/api/reply-parts.js';
import { formatCount, formatMoney } from '../../ui/format/format-money.js';
import { budgetId, limitUses, scopeText } from './budget-text.js';
import { formatSums } from '../../ui/format/format-money.js';
import { currenciesOf, dailySeries, scaleOf, spendLines, totalOf } from './spend-series.js';

const row = (name: string, more: Partial<SpendRow> = {}): SpendRow => ({
  name,
  currency: null,
  money: 0,
  calls: 1,
  failed: 0,
  inputTokens: 10,
  outputTokens: 5,
  cachedTokens: 4,
  cacheWriteTokens: 0,
  cacheSaved: 0,
  batched: 0,
  batchSaved: 0,
  seconds: 2,
  ...more,
});
const from = Date.parse('2026-03-01T00:00:00Z');
const to = Date.parse('2026-03-03T12:00:00Z');

describe('spend', () => {
  it('has a value in one currency for each day, even for a day without calls', () => {
    const rows = [
      row('2026-03-01', { currency: 'USD', money: 2 }),
      row('2026-03-01', { currency: 'EUR', money: 9 }),
      row('2026-03-01'),
      row('2026-03-03', { calls: 4 }),
    ];
    expect(dailySeries(rows, { from, to }, 'money', 'USD')).toEqual([
      { day: '2026-03-01', value: 2 },
      { day: '2026-03-02', value: 0 },
      { day: '2026-03-03', value: 0 },
    ]);
    expect(dailySeries(rows, { from, to }, 'calls', undefined).map(({ value }) => value)).toEqual([3, 0, 4]);
    expect(dailySeries(rows, { from, to }, 'tokens', undefined).map(({ value }) => value)).toEqual([45, 0, 15]);
    expect(currenciesOf(rows)).toEqual(['EUR', 'USD']);
  });

  it('adds up lines of several currencies, the most expensive first', () => {
    const lines = spendLines([
      row('near', { calls: 9 }),
      row('far/big', { currency: 'USD', money: 1 }),
      row('far/big', { currency: 'EUR', money: 3, failed: 1 }),
    ]);
    expect(lines.map(({ name, calls }) => [name, calls])).toEqual([
      ['far/big', 2],
      ['near', 9],
    ]);
    expect(totalOf(lines)).toMatchObject({ money: { USD: 1, EUR: 3 }, calls: 11, failed: 1 });
    expect([formatSums({ USD: 1, EUR: 3 }), formatSums({})]).toEqual(['$1.00 + €3.00', 'no cost']);
  });

  it('ends its scale at a round number', () => {
    expect([0.013, 7, 21, 480].map((largest) => scaleOf(largest).top)).toEqual([0.02, 10, 25, 500]);
    expect(scaleOf(0)).toEqual({ top: 1, ticks: [] });
  });

  it('writes amounts with significant digits', () => {
    expect([formatMoney(0.00042, 'USD'), formatMoney(12.5, 'EUR'), formatMoney(1, 'no')]).toEqual([
      '$0.00042',
      '€12.50',
      '1.00 no',
    ]);
    expect([formatCount(950), formatCount(12_400), formatCount(3_100_000)]).toEqual(['950', '12.4K', '3.1M']);
  });
});

describe('budgets', () => {
  const budget = Budget.parse({ id: 'b', scope: { kind: 'workflow', id: 'w1' }, limits: { money: 10, calls: 0 } });
  const zero = { money: 0, tokens: 0, calls: 0, seconds: 0 };
  const state: BudgetState = { ...budget, since: 0, spent: { ...zero, money: 8 }, reserved: { ...zero, money: 4 } };

  it('show the spent and the reserved share, never more than the whole', () => {
    expect(limitUses(state)).toMatchObject([
      { kind: 'money', spentShare: 0.8, reservedShare: expect.closeTo(0.2), isUsedUp: true },
      { kind: 'calls', spentShare: 1, reservedShare: 0, isUsedUp: true },
    ]);
  });

  it('describe their scope with the names of workflows', () => {
    expect(scopeText(budget, new Map([['w1', 'Support']]))).toBe('Workflow “Support”, per day');
    expect(scopeText({ ...budget, scope: { kind: 'run' } }, new Map())).toBe('Each run');
  });

  it('get an id from their title', () => {
    expect(budgetId('3 Nightly reports!', [])).toBe('nightly-reports');
    expect(budgetId('', ['budget'])).toBe('budget-2');
    expect(budgetId('ä'.repeat(200), [])).toBe('budget');
  });
});
