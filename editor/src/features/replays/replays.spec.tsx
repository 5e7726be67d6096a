/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { act } from 'react';
import { meStore } from '../../data/access/known-me.js';
import { readMe } from '../../data/access/me-store.js';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { all, one, pageText, pressButton, texts } from '../../ui/testing/fake-person.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { ReplaysPage } from './ReplaysPage.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not implement the methods of a dialog.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

const counts = {
  total: 2,
  waiting: 0,
  running: 0,
  same: 1,
  changed: 0,
  wouldCall: 1,
  failed: 0,
  suspended: 0,
  leftOut: 0,
  regressions: 1,
};
const info = {
  id: 'r1',
  workflowId: 'w',
  workflowName: '<b>Orders</b>',
  hash: 'h',
  who: 'local',
  createdAt: 1,
  state: 'done',
  rows: counts,
};
const effects = { reused: 4, served: 3, stubbed: 0, heldBack: 2, wouldCall: 1, sent: 0, modelCalls: 0 };
const comparison = {
  variant: 'draft',
  metric: 'answered',
  rows: 2,
  leftOut: 0,
  difference: -0.5,
  interval: { low: -1, high: 0 },
  test: 'mcnemar',
  p: 1,
  correctedP: 1,
  better: 0,
  worse: 1,
  verdict: 'undecided',
  power: { difference: 0.05 },
};
const table = {
  baseline: 'recorded',
  variants: ['recorded', 'draft'],
  rows: 2,
  scores: [],
  winners: [],
  fronts: [],
  slices: [],
  hiddenTags: 0,
  comparisons: [comparison],
  metrics: [{ name: 'answered', title: 'Answered', better: 'higher', unit: 'check' }],
};
const side = { status: 'done', ms: 12, cost: 0, tokens: 0, nodes: ['a'], egress: ['shop.test'] };
const row = {
  number: 1,
  recorded: 'run-1',
  run: 'run-2',
  status: 'would-call',
  isRegression: true,
  why: 'POST https://shop.test/',
  before: side,
  after: { ...side, nodes: ['a', 'b'], egress: [] },
};
const labelled = (value: unknown) => ({ value, label: { level: 'internal', marks: [] } });

let page: FakePage;
let sent: { readonly path: string; readonly body: unknown }[];
let replies: Record<string, unknown>;
let roles: readonly string[];
beforeEach(() => {
  sent = [];
  roles = ['owner'];
  const changed = 'changed%2Cwould-call%2Cfailed%2Csuspended%2Cleft-out';
  replies = {
    'GET /api/replays': { replays: [info] },
    'GET /api/workflows': { workflows: [{ id: 'w', name: 'Orders' }] },
    'GET /api/replays/r1': {
      ...info,
      request: { workflow: 'w' },
      effects,
      table,
      problems: ['1 of 2 runs had an answer and have none now.'],
    },
    [`GET /api/replays/r1/rows?limit=100&status=${changed}`]: { rows: [row] },
    [`GET /api/replays/r1/rows?limit=100&status=${decodeURIComponent(changed)}`]: { rows: [row] },
    'GET /api/replays/r1/rows/1': {
      ...row,
      inputs: { question: labelled('a tent') },
      outputsBefore: { answer: labelled('ordered') },
      outputsAfter: {},
    },
  };
  page = openFakePage((method, path, body) => {
    if (method !== 'GET') sent.push({ path, body });
    if (path === '/api/auth/me')
      return {
        isSignInNeeded: true,
        hasUsers: true,
        principal: { id: 'user:u', kind: 'user', name: 'Una', roles: { default: roles } },
      };
    return replies[`${method} ${path}`];
  });
});
afterEach(() => {
  page.leave();
  meStore.setState({ me: undefined });
  window.history.replaceState(null, '', '/');
});

async function show(item?: string): Promise<void> {
  const live = createLiveClient(createFakeSocket());
  await act(async () => {
    await readMe();
    page.root.render(
      <SessionProvider value={{ live } as unknown as Session}>
        <ReplaysPage item={item} tabs={<nav />} />
      </SessionProvider>,
    );
  });
}

it('lists replays with their counts, and titles as text', async () => {
  await show();
  expect(texts('.row-title')).toEqual(['<b>Orders</b>']);
  expect(pageText()).toContain('2 runs · 1 the same · 1 would call');
  expect(all<HTMLAnchorElement>('a.row')[0]?.pathname).toBe('/quality/replays/r1');
});

it('says that there are no replays, and offers a viewer no new one', async () => {
  replies['GET /api/replays'] = { replays: [] };
  roles = ['viewer'];
  await show();
  expect(texts('.empty-state p')[0]).toMatch(/^No replays yet\./);
  expect(all('.empty-state button')).toEqual([]);
});

it('shows the verdict, the effects and the rows; a row opens both answers and both runs', async () => {
  await show('r1');
  expect(texts('[aria-label=Verdict] li')).toEqual(['1 of 2 runs had an answer and have none now.']);
  expect(pageText()).toContain('Effects sent0');
  expect(pageText()).toContain('−50.0 points');
  expect(all<HTMLAnchorElement>('[aria-label=Rows] a').map(({ pathname }) => pathname)).toEqual([
    '/runs/run-1',
    '/runs/run-2',
  ]);
  expect(pageText()).toContain('POST https://shop.test/');
  await pressButton('Answers');
  expect(one('button[aria-expanded]').getAttribute('aria-expanded')).toBe('true');
  expect(texts('[aria-label="Answers side by side"] tr').slice(1, 3)).toEqual(['questiona tent', 'answerordered–']);
  expect(pageText()).toContain('Nodes only here–b');
});

it('starts a replay of a chosen workflow and opens it', async () => {
  replies['POST /api/replays'] = { ...info, id: 'r2', effects, request: { workflow: 'w' } };
  await show();
  await pressButton('New replay');
  const select = one<HTMLSelectElement>('dialog select');
  await act(async () => {
    select.value = 'w';
    select.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await act(async () => void one('form').dispatchEvent(new Event('submit', { bubbles: true, cancelable: true })));
  expect(sent).toMatchObject([{ path: '/api/replays', body: { workflow: 'w', filter: { limit: 100 }, models: true } }]);
  expect(window.location.pathname).toBe('/quality/replays/r2');
});
