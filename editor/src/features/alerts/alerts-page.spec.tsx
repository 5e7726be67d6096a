/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act } from 'react';
import { meStore } from '../../data/access/known-me.js';
import { readMe } from '../../data/access/me-store.js';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { all, one, pageText, press, pressButton, texts, type } from '../../ui/testing/fake-person.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { AlertsPage } from './AlertsPage.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not implement the methods of a dialog.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

const long = '<b>x</b>'.repeat(25);
const alert = (more: object = {}) => ({
  id: 'a_1',
  project: 'default',
  owner: 'user:u',
  createdAt: 1,
  name: long,
  severity: 'critical',
  filter: {},
  condition: { kind: 'threshold', metric: 'failed-share', is: 'above', value: 0.05, windowMinutes: 15, atLeast: 1 },
  currency: 'USD',
  forMinutes: 0,
  channels: ['c1'],
  repeatHours: 0,
  isEnabled: true,
  state: { status: 'firing', since: 1, value: 0.2 },
  ...more,
});
const channel = {
  id: 'c1',
  project: 'default',
  kind: 'webhook',
  name: 'Team',
  destination: 'https://example.org/in',
  createdAt: 1,
};
let page: FakePage;
let roles: readonly string[];
let sent: { method: string; path: string; body: unknown }[];
let replies: Record<string, unknown>;
beforeEach(() => {
  [roles, sent] = [['owner'], []];
  replies = {
    'GET /api/alerts': { alerts: [alert()] },
    'GET /api/alert-channels': { channels: [channel] },
    'GET /api/workflows': { workflows: [] },
    'GET /api/alerts/a_1/history': {
      events: [
        {
          number: 1,
          alert: 'a_1',
          at: 5,
          kind: 'fired',
          text: 'share of failed runs: 20 %',
          runs: ['r/1'],
          isSilenced: false,
          deliveries: [{ channel: 'c1', status: 'sent', attempts: 1 }],
        },
      ],
    },
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

async function show(shown?: string): Promise<void> {
  const live = createLiveClient(createFakeSocket());
  await act(async () => {
    await readMe();
    page.root.render(
      <SessionProvider value={{ live } as unknown as Session}>
        <AlertsPage shown={shown} tabs={<nav />} />
      </SessionProvider>,
    );
  });
}
const submit = (): Promise<void> =>
  act(async () => void one('dialog form').dispatchEvent(new Event('submit', { bubbles: true, cancelable: true })));

describe('the alerts', () => {
  it('show their state, their figure and their history with runs to open', async () => {
    await show('a_1');
    expect(texts('.alert-state')).toEqual(['Firing']);
    expect(texts('.row-title')[0]).toContain(long);
    expect(pageText()).toContain('Failed runs, share above 5 % in 15 min; now 20 %');
    expect(pageText()).toContain('Team: sent.');
    expect(all<HTMLAnchorElement>('.alert-history a').map((link) => link.getAttribute('href'))).toEqual([
      '/runs/r%2F1',
    ]);
  });

  it('offer a viewer only the history, and show no channels', async () => {
    roles = ['viewer'];
    await show();
    expect(texts('.alert-row button')).toEqual([`History of ${long}`]);
    expect(pageText()).not.toContain('Channels');
  });

  it('offer to create the first one when there is none', async () => {
    replies['GET /api/alerts'] = { alerts: [] };
    await show();
    expect(pageText()).toContain('No alerts yet.');
    expect(texts('.empty-state button')).toEqual(['New alert']);
  });

  it('are silenced for four hours, and woken before', async () => {
    replies['POST /api/alerts/a_1/silence'] = alert();
    await show();
    replies['GET /api/alerts'] = { alerts: [alert({ silentUntil: 86_400_000 })] };
    await pressButton(`Silence for 4 hours: ${long}`);
    expect(sent).toEqual([{ method: 'POST', path: '/api/alerts/a_1/silence', body: { minutes: 240, reason: '' } }]);
    expect(pageText()).toContain('silent until');
    replies['GET /api/alerts'] = { alerts: [alert()] };
    await pressButton(`End silence: ${long}`);
    expect(sent.at(-1)).toEqual({ method: 'POST', path: '/api/alerts/a_1/silence', body: { minutes: 0, reason: '' } });
    expect(pageText()).not.toContain('silent until');
  });

  it('are created with a form in percent, which says what is missing', async () => {
    replies['POST /api/alerts'] = alert();
    await show();
    await pressButton('New alert');
    await submit();
    expect(pageText()).toContain('The name must have 1 to 200 characters.');
    await type(one('dialog input'), ' Failures ');
    await press(one('dialog .choice input'));
    await submit();
    expect(sent[0]?.body).toMatchObject({
      name: 'Failures',
      channels: ['c1'],
      condition: { kind: 'threshold', metric: 'failed-share', is: 'above', value: 0.05 },
    });
  });
});

describe('the channels', () => {
  it('are tested, and show why the receiver refused a test', async () => {
    replies['POST /api/alert-channels/c1/test'] = { isSent: false, error: 'The receiver answered with status 410.' };
    await show();
    await pressButton('Send a test to Team');
    expect(texts('[role=status]')).toEqual(['The receiver answered with status 410.']);
  });

  it('show the secret of a new webhook once', async () => {
    replies['POST /api/alert-channels'] = { ...channel, secret: 'whsec_abc' };
    await show();
    await pressButton('Add channel');
    const [name, address] = all('dialog input');
    await type(name ?? one('dialog input'), 'Team');
    await type(address ?? one('dialog input'), 'https://example.org/in');
    await submit();
    expect(sent[0]?.body).toEqual({ kind: 'webhook', name: 'Team', url: 'https://example.org/in' });
    expect(pageText()).toContain('whsec_abc');
    await pressButton('Done');
    expect(pageText()).not.toContain('whsec_abc');
  });
});
