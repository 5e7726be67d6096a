/** @jest-environment jsdom */
import type { SpendReply } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  alerts,
  openFeaturePage,
  pageText,
  press,
  textsOf,
  type FeaturePage,
} from '../session/testing/feature-page.js';
import { SpendPage } from './SpendPage.js';

const day = 86_400_000;
const row = (name: string, more: Partial<SpendReply['rows'][number]> = {}): SpendReply['rows'][number] => ({
  name,
  currency: 'USD',
  money: 1.5,
  calls: 2,
  failed: 0,
  inputTokens: 100,
  outputTokens: 50,
  cachedTokens: 4,
  cacheWriteTokens: 0,
  cacheSaved: 0,
  batched: 0,
  batchSaved: 0,
  seconds: 3,
  ...more,
});
const today = (): string => new Date().toISOString().slice(0, 10);
const spend = 'GET /api/spend';

let page: FeaturePage;
let reply: (by: string) => readonly SpendReply['rows'][number][];
beforeEach(() => {
  page = openFeaturePage();
  page.signInAs('owner');
  page.answer('GET /api/budgets', { budgets: [] });
  page.answer('GET /api/caches', { caches: [], hits: 0, saved: {} });
  reply = (by) => (by === 'day' ? [row(today())] : [row(`the ${by}`)]);
  page.answer(spend, () => {
    const by = new URLSearchParams(page.requests.at(-1)?.path.split('?')[1]).get('by') ?? 'day';
    return { from: 0, to: 1, by, rows: reply(by) };
  });
});
afterEach(() => page.leave());

const facts = (): string => textsOf('dl.facts').join();
const queries = () =>
  page.requests
    .filter(({ path }) => path.startsWith('/api/spend?'))
    .map(({ path }) => new URLSearchParams(path.split('?')[1]));

describe('the page of spend', () => {
  it('says that there were no calls, and still shows the budgets', async () => {
    reply = () => [];
    await page.show(<SpendPage />);
    expect(pageText()).toContain('No model calls in this period.');
    expect(pageText()).toContain('No budgets yet.');
  });

  it('sums up the period, with the failed calls', async () => {
    reply = () => [row(today(), { calls: 1500, failed: 3 }), row('2020-01-01', { currency: 'EUR', money: 2 })];
    await page.show(<SpendPage />);
    expect(facts()).toContain('Calls1.5K, 3 failed');
    expect(facts()).toContain('200 input, 100 output');
  });

  it('shows what caches saved only if they saved something', async () => {
    await page.show(<SpendPage />);
    expect(facts()).not.toContain('Saved by caches');
    page.answer('GET /api/caches', { caches: [], hits: 4, saved: { USD: 2.5 } });
    await page.reconnect();
    expect(facts()).toContain('Saved by caches');
  });

  it.each([
    ['7 days', 7],
    ['30 days', 30],
    ['90 days', 90],
  ])('requests %s', async (name, days) => {
    await page.show(<SpendPage />);
    await press(name);
    const query = queries().findLast((one) => one.get('by') === 'day');
    const span = Number(query?.get('to')) - Number(query?.get('from'));
    expect(Math.ceil(span / day)).toBe(days);
  });

  it.each([
    ['Workflow', 'workflow'],
    ['Connection', 'connection'],
    ['Key', 'key'],
  ])('groups by %s', async (name, by) => {
    await page.show(<SpendPage />);
    expect(textsOf('tbody th.mono')).toEqual(['the model']);
    await press(name);
    expect(queries().at(-1)?.get('by')).toBe(by);
    expect(textsOf(`[aria-label="Spend by ${by}"] tbody th`)).toEqual([`the ${by}`]);
  });

  it('names calls without a key', async () => {
    reply = (by) => [row(by === 'day' ? today() : '')];
    await page.show(<SpendPage />);
    await press('Key');
    expect(textsOf('[aria-label="Spend by key"] tbody th')).toEqual(['No key: editor, command line']);
  });

  it('counts tokens when nothing has a price', async () => {
    reply = (by) => [row(by === 'day' ? today() : 'm', { currency: null, money: 0 })];
    await page.show(<SpendPage />);
    expect(textsOf('.chart table td')[0]).toContain('150');
    await press('Calls');
    expect(textsOf('.chart table td')[0]).toContain('2');
  });

  it('shows why it cannot be loaded, and loads again', async () => {
    page.disconnect(spend);
    await page.show(<SpendPage />);
    expect(alerts().join()).toContain('Heddle does not answer');
    page.answer(spend, { from: 0, to: 1, by: 'day', rows: [row(today(), { calls: 1500, failed: 3 })] });
    await press('Retry');
    expect(facts()).toContain('Calls1.5K, 3 failed');
    expect(alerts()).toEqual([]);
  });

  it('requests nothing without the right', async () => {
    page.signInAs([]);
    await page.show(<SpendPage />);
    expect(pageText()).toContain('Viewing spend needs');
    expect(queries()).toEqual([]);
  });
});
