/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DashboardFigures, DashboardReply } from '@heddle/core';
import { act } from 'react';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { all, buttonNamed, choose, one, pageText, press, pressButton, texts } from '../../ui/testing/fake-person.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { DashboardPage } from './DashboardPage.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const nothing: DashboardFigures = {
  runs: 0,
  failed: 0,
  cancelled: 0,
  p50: null,
  p95: null,
  p99: null,
  calls: 0,
  failedCalls: 0,
  firstTokenP50: null,
  firstTokenP95: null,
  inputTokens: 0,
  outputTokens: 0,
  cost: {},
  savedByCache: {},
  savedByRouting: {},
  ratings: 0,
  goodRatings: 0,
  ratingSum: 0,
};
const some: DashboardFigures = {
  ...nothing,
  runs: 200,
  failed: 10,
  p50: 80,
  p95: 1_500,
  p99: 9_000,
  calls: 30,
  inputTokens: 1_200,
  outputTokens: 30,
  firstTokenP95: 250,
  cost: { USD: 1.5 },
  savedByCache: { USD: 0.25 },
  ratings: 4,
  goodRatings: 3,
};
const hour = 3_600_000;
const long = '<img src=x onerror=alert(1)>'.repeat(10);
const filled: DashboardReply = {
  scores: [
    {
      metric: 'groundedness',
      workflow: 'w1',
      title: long,
      version: 2,
      total: { scores: 3, mean: 0.75, passed: 1, failed: 0 },
      points: [{ time: hour, scores: 3, mean: 0.75, passed: 1, failed: 0 }],
    },
  ],
  from: 0,
  to: 2 * hour,
  step: hour,
  totals: some,
  before: { ...nothing, runs: 100, failed: 1, p95: 1_000 },
  series: [
    { time: 0, ...nothing },
    { time: hour, ...some },
  ],
  groups: {
    workflow: [{ name: 'w1', title: long, ...some }],
    model: [{ name: 'big/model', ...some }],
    key: [{ name: 'user', ...some }],
    version: [{ name: 'w1 3', title: 'Work version 3', ...some }],
  },
  errors: [
    { cause: 'a', code: 'node_failed', node: 'say', workflow: 'w1', runs: 7, lastAt: 5, run: 'r/1', message: long },
    {
      cause: 'b',
      code: 'fetch_failed',
      node: '',
      workflow: '',
      runs: 2,
      lastAt: 5,
      run: 'r2',
      hidden: 'label',
      label: 'restricted',
    },
    { cause: 'c', code: 'internal', node: '', workflow: 'w1', runs: 1, lastAt: 5, hidden: 'removed' },
  ],
  behindMs: 0,
  waiting: 0,
};

const realObserver = globalThis.ResizeObserver;
let page: FakePage;
let asked: URLSearchParams[];
let reply: DashboardReply | undefined;
beforeEach(() => {
  window.matchMedia = () => ({ matches: false, addEventListener: () => undefined }) as unknown as MediaQueryList;
  asked = [];
  reply = filled;
  globalThis.ResizeObserver = class {
    observe = (): void => undefined;
    disconnect = (): void => undefined;
  } as unknown as typeof ResizeObserver;
  page = openFakePage((_method, path) => {
    const [name, query] = path.split('?');
    if (name === '/api/workflows') return { workflows: [{ id: 'w1', slug: 'w', name: 'Work' }] };
    if (name !== '/api/dashboard') return undefined;
    asked.push(new URLSearchParams(query));
    return reply;
  });
});
afterEach(() => {
  page.leave();
  globalThis.ResizeObserver = realObserver;
  window.history.replaceState(null, '', '/');
});

async function show(address = '/dashboard'): Promise<void> {
  window.history.replaceState(null, '', address);
  const live = createLiveClient(createFakeSocket());
  await act(async () => {
    page.root.render(
      <SessionProvider value={{ live } as unknown as Session}>
        <DashboardPage tab={undefined} />
      </SessionProvider>,
    );
  });
}

describe('the dashboard', () => {
  it('shows totals beside those of the period before', async () => {
    await show();
    expect(texts('.facts > div')).toEqual([
      'Runs200 +100 %',
      'Failed5 % (10) before: 1 % (1)',
      'Duration, p951.5 s before: 1.0 s',
      'First token, p95250 ms',
      'Tokens1.2K input, 30 output',
      'Cost$1.50',
      'Saved by caches and routing$0.25',
      'Good ratings75 % (3)',
    ]);
  });

  it('has a table and a button for CSV for each chart', async () => {
    await show();
    const titles = texts('.time-chart h3');
    expect(titles).toEqual([
      'Runs',
      'Failed runs, share',
      'Duration of a run',
      'Time to first token',
      'Tokens',
      'Cost, USD',
      'Saved, USD',
      'Good ratings, share',
      'Score: groundedness',
    ]);
    expect(texts('.time-chart caption')).toEqual(titles.map((title) => `${title} over time`));
    for (const title of titles) expect(buttonNamed(`Save ${title} as CSV`)).toBeDefined();
    expect(texts('.time-chart tbody tr')).toHaveLength(titles.length);
  });

  it('shows the causes of errors with a run to open, and why a message is not shown', async () => {
    await show();
    expect(all<HTMLAnchorElement>('.table-frame a.button').map((link) => link.getAttribute('href'))).toEqual([
      '/runs/r%2F1',
      '/runs/r2',
    ]);
    expect(texts('.error-message')).toEqual([
      long,
      'The label of the message keeps it off this page: open the run to read it. (restricted)',
      'The newest run of this cause was removed.',
    ]);
    expect(all('img')).toEqual([]);
  });

  it('loads by the filters of its address, and writes changed filters there', async () => {
    await show('/dashboard?range=24h&workflow=w1&version=3');
    const [first] = asked;
    expect([first?.get('workflow'), first?.get('version'), first?.get('model')]).toEqual(['w1', '3', null]);
    expect(Number(first?.get('to')) - Number(first?.get('from'))).toBe(24 * hour);
    const model = all('select').find((select) => (select.parentElement?.textContent ?? '').startsWith('Model'));
    await choose(model ?? one('select'), 'big/model');
    expect(window.location.search).toBe('?range=24h&workflow=w1&version=3&model=big%2Fmodel');
    expect(asked.at(-1)?.get('model')).toBe('big/model');
    await pressButton('30 days');
    expect(new URLSearchParams(window.location.search).get('range')).toBe('30d');
    const workflow = all('select').find((select) => (select.parentElement?.textContent ?? '').startsWith('Workflow'));
    await choose(workflow ?? one('select'), '');
    expect(window.location.search).toBe('?range=30d&model=big%2Fmodel');
  });

  it('leads from a group to its figures, and to the runs', async () => {
    await show('/dashboard?range=24h');
    const [link] = all<HTMLAnchorElement>('[aria-label="Groups"] th a');
    await press(link ?? one('a'));
    expect(window.location.search).toBe('?range=24h&workflow=w1');
    expect(all<HTMLAnchorElement>('a').map((each) => each.getAttribute('href'))).toContain(
      '/runs?state=failed&workflow=w1',
    );
    await pressButton('Caller');
    expect(texts('[aria-label="Groups"] th a')).toEqual(['People']);
  });

  it('offers a first step and an example before the first run', async () => {
    reply = { ...filled, totals: nothing, before: nothing, series: [], groups: {}, errors: [], scores: [] };
    await show();
    expect(pageText()).toContain('No figures yet.');
    expect(texts('.empty-state a')).toEqual(['Open a workflow', 'Try a template']);
    expect(all('.empty-picture')).toHaveLength(1);
  });

  it('keeps the filter visible when no run matches it, and says that older runs are still being counted', async () => {
    reply = { ...filled, totals: nothing, before: nothing, series: [], groups: {}, errors: [], scores: [], waiting: 5 };
    await show('/dashboard?model=none');
    expect(pageText()).toContain('No run failed in this time.');
    expect(pageText()).toContain('still being counted');
    expect(all('select').some((select) => (select as HTMLSelectElement).value === 'none')).toBe(true);
  });

  it('says that the figures cannot be read, offers a retry, and says when they are late', async () => {
    reply = undefined;
    await show();
    expect(all('[role=alert]')).toHaveLength(1);
    reply = { ...filled, behindMs: 40_000 };
    await pressButton('Retry');
    expect(pageText()).toContain('The newest 40 seconds are not counted yet.');
  });
});
