/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act } from 'react';
import { meStore } from '../../data/access/known-me.js';
import { readMe } from '../../data/access/me-store.js';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { all, choose, one, pageText, pressButton, texts, type } from '../../ui/testing/fake-person.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { freshMonitor, monitorForm, requestOf } from './monitor-form.js';
import { MonitorsPage } from './MonitorsPage.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not implement the methods of a dialog.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

const long = '<b>x</b>'.repeat(25);
const monitor = (more: object = {}) => ({
  id: 'm_1',
  project: 'default',
  owner: 'user:u',
  createdAt: 1,
  name: long,
  workflow: 'w',
  share: 0.25,
  filter: { status: ['done'], version: 2 },
  evaluators: [{ kind: 'refusal', config: {} }],
  runsPerDay: 100,
  costPerDay: 2,
  watchesDrift: true,
  embedder: 'all-minilm-l6-v2',
  state: 'running',
  drifts: 1,
  metrics: [{ name: 'refusal', title: 'Answers', better: 'higher', unit: 'check' }],
  counts: { waiting: 1, judged: 40, failed: 2, skipped: { budget: 3, label: 4, removed: 0 } },
  today: { runs: 12, cost: 0.5 },
  calibrations: { judge: { summary: 'Not calibrated: people have judged 3 of the 30 rows that are needed.' } },
  ...more,
});
const point = { scores: 40, mean: 0.9, passed: 0.925, failed: 0 };
let page: FakePage;
let roles: readonly string[];
let sent: { method: string; path: string; body: unknown }[];
let replies: Record<string, unknown>;
beforeEach(() => {
  [roles, sent] = [['owner'], []];
  replies = {
    'GET /api/monitors': { monitors: [monitor()] },
    'GET /api/monitors/m_1': monitor(),
    'GET /api/monitors/m_1/series': {
      from: 0,
      to: 100,
      step: 10,
      series: [{ metric: 'refusal', workflow: 'w', version: 2, total: point, points: [{ time: 20, ...point }] }],
    },
    'GET /api/monitors/m_1/drift': {
      referenceRuns: 200,
      isReferenceFull: true,
      newRuns: 3,
      checkedAt: 1_000,
      vectorError: 'model_not_found',
      findings: [
        {
          kind: 'input-length',
          referenceRuns: 200,
          currentRuns: 60,
          statistic: 0.5,
          p: 0.0001,
          isDrifted: true,
          before: 100,
          now: 250,
          since: 1_000,
          examples: ['r/1', 'r2'],
        },
        { kind: 'routes', referenceRuns: 200, currentRuns: 60, statistic: 1, p: 0.9, isDrifted: false, examples: [] },
      ],
    },
    'POST /api/monitors/m_1/pause': monitor({ state: 'paused' }),
    'GET /api/workflows': { workflows: [{ id: 'w', slug: 'ask', name: 'Ask' }] },
    'GET /api/evaluators': { kinds: [], presets: [] },
  };
  page = openFakePage((method, path, body) => {
    if (method !== 'GET') sent.push({ method, path, body });
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
});

const submit = (): Promise<void> =>
  act(async () => {
    one('dialog form').dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
  });

async function show(item?: string): Promise<void> {
  const live = createLiveClient(createFakeSocket());
  await act(async () => {
    await readMe();
    page.root.render(
      <SessionProvider value={{ live } as unknown as Session}>
        <MonitorsPage item={item} tabs={<nav />} />
      </SessionProvider>,
    );
  });
}

describe('the page of monitors', () => {
  it('lists the numbers of judged and skipped runs, with the reasons', async () => {
    await show();
    expect(texts('.row-title')).toEqual([long]);
    expect(pageText()).toContain(
      'Ask · 40 judged · 7 skipped (3 for the budget, 4 for their label) · 2 failed · 1 waiting',
    );
    expect(pageText()).toContain('Drift');
    expect(one('a.row').getAttribute('href')).toBe('/quality/monitors/m_1');
  });

  it('says that there are no monitors, and offers a viewer no new one', async () => {
    replies['GET /api/monitors'] = { monitors: [] };
    roles = ['viewer'];
    await show();
    expect(pageText()).toContain('No monitors yet.');
    expect(all('button').map((button) => button.textContent)).not.toContain('New monitor');
  });

  it('shows the scores by version, and describes drift with runs to open', async () => {
    await show('m_1');
    expect(texts('tbody td, tbody th')).toEqual(['Answers', '2', '40', '0.9', '92.5 %', '']);
    expect(pageText()).toContain('25 % of the runs of version 2');
    expect(pageText()).toContain('Today 12 of 100 runs');
    expect(pageText()).toContain('Inputs are longer: 250 characters, before 100, since');
    expect(all('.drift-row a').map((link) => link.getAttribute('href'))).toEqual(['/runs/r%2F1', '/runs/r2']);
    expect(pageText()).toContain('no difference in routes');
    expect(pageText()).toContain('judge: Not calibrated: people have judged 3 of the 30 rows');
    expect(pageText()).toContain('The meaning of inputs is not compared');
  });

  it('creates a monitor with a form in percent, which says what is missing', async () => {
    replies['POST /api/monitors'] = monitor();
    await show();
    await pressButton('New monitor');
    await submit();
    expect(pageText()).toContain('The name must have 1 to 200 characters. Choose a workflow.');
    await type(one('dialog input'), ' Refusals ');
    await choose(one('dialog select'), 'w');
    await submit();
    expect(sent[0]).toMatchObject({
      method: 'POST',
      path: '/api/monitors',
      body: {
        name: 'Refusals',
        workflow: 'w',
        share: 0.1,
        costPerDay: 1,
        watchesDrift: true,
        filter: { status: ['done'] },
      },
    });
    expect(window.location.pathname).toBe('/quality/monitors/m_1');
  });

  it('pauses a monitor, and says why a monitor paused automatically', async () => {
    await show('m_1');
    await pressButton('Pause');
    expect(sent).toMatchObject([{ method: 'POST', path: '/api/monitors/m_1/pause' }]);
    replies['GET /api/monitors/m_1'] = monitor({ state: 'paused', reason: 'The maker is gone.' });
    await show();
    await show('m_1');
    expect(pageText()).toContain('The maker is gone.');
    expect(all('button').map((button) => button.textContent)).toContain('Resume');
  });
});

describe('the form of a monitor', () => {
  it('reads a monitor, and gives it back unchanged', () => {
    const shown = monitor({ filter: { status: ['done', 'failed'], version: 0, channel: 'share' } });
    expect(requestOf(monitorForm(shown as unknown as Parameters<typeof monitorForm>[0]))).toEqual({
      name: long,
      workflow: 'w',
      share: 0.25,
      evaluators: [{ kind: 'refusal', config: {} }],
      runsPerDay: 100,
      costPerDay: 2,
      watchesDrift: true,
      embedder: 'all-minilm-l6-v2',
      filter: { status: ['done', 'failed'], version: 0, channel: 'share' },
    });
    expect(requestOf(freshMonitor)).toMatchObject({ share: 0.1, filter: { status: ['done'] } });
  });
});
