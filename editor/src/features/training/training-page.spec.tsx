/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act } from 'react';
import { meStore } from '../../data/access/known-me.js';
import { readMe } from '../../data/access/me-store.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { all, buttonNamed, choose, one, pageText, pressButton, texts } from '../../ui/testing/fake-person.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { TrainingPage } from './TrainingPage.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

let page: FakePage;
let sent: { readonly path: string; readonly body: unknown }[];
let replies: Record<string, unknown>;
let roles: readonly string[];
beforeEach(() => {
  sent = [];
  roles = ['owner'];
  const leftOut = { consent: 7, label: 2, gone: 0, unfit: 0, same: 1 };
  replies = {
    'GET /api/workflows': { workflows: [{ id: 'w', slug: 'faq', name: 'Questions' }] },
    'GET /api/workflows/w/training-consent': { shares: { s1: 86_400_000 } },
    'GET /api/workflows/w/shares': {
      shares: [
        { id: 's1', name: 'Team' },
        { id: 's2', name: '<b>Public</b>' },
      ],
    },
    'POST /api/workflows/w/training-consent': { shares: {} },
    'POST /api/workflows/w/training-set': {
      format: 'openai',
      examples: 1,
      leftOut,
      sha256: 'x',
      content: '{}\n',
      card: '# Card',
    },
  };
  page = openFakePage(
    (method, path, body) => {
      if (method !== 'GET') sent.push({ path, body });
      if (path === '/api/auth/me')
        return {
          isSignInNeeded: true,
          hasUsers: true,
          principal: { id: 'user:u', kind: 'user', name: 'Una', roles: { default: roles } },
        };
      return replies[`${method} ${path}`];
    },
    () => ({ status: 403, body: { error: { code: 'forbidden', message: 'No.', retryable: false } } }),
  );
});
afterEach(() => {
  page.leave();
  meStore.setState({ me: undefined });
  window.history.replaceState(null, '', '/');
});

async function show(item: string | undefined = 'w'): Promise<void> {
  const live = createLiveClient(createFakeSocket());
  await act(async () => {
    await readMe();
    page.root.render(
      <SessionProvider value={{ live } as unknown as Session}>
        <TrainingPage item={item} tabs={<nav />} />
      </SessionProvider>,
    );
  });
}

describe('the consent to training', () => {
  it('is shown for callers and for each share link, with its meaning', async () => {
    await show();
    expect(texts('.training-consents strong')).toEqual([
      'Callers of the workflow',
      'Users of the link “Team”',
      'Users of the link “<b>Public</b>”',
    ]);
    const said = texts('.training-consents .quiet');
    expect(said[0]).toBe('No consent: none of their runs is used');
    expect(said[1]).toMatch(/^Consent since .*1970/);
    expect(pageText()).toContain('never for earlier ones');
  });

  it('is given and withdrawn only after a confirmation', async () => {
    await show();
    await pressButton('Give consent of Callers of the workflow');
    expect(sent).toEqual([]);
    expect(one('dialog').textContent).toContain('You say that they have agreed to this.');
    await pressButton('Give consent');
    expect(sent).toEqual([{ path: '/api/workflows/w/training-consent', body: { isGiven: true } }]);
    await pressButton('Withdraw consent of Users of the link “Team”');
    await pressButton('Withdraw consent');
    expect(sent.at(-1)?.body).toEqual({ isGiven: false, share: 's1' });
    expect(all('dialog')).toEqual([]);
  });

  it('is read-only without the right to publish, and names links that may not be seen by their ids', async () => {
    roles = ['viewer'];
    delete replies['GET /api/workflows/w/shares'];
    await show();
    expect(buttonNamed('Give consent of Callers of the workflow')).toBeUndefined();
    expect(texts('.training-consents strong')).toEqual(['Callers of the workflow', 'Users of the link “s1”']);
    expect(buttonNamed('Make training set')).toBeUndefined();
  });
});

describe('a training set', () => {
  it('says how many runs were left out, and why', async () => {
    await show();
    await choose(all('.training-fields select')[1] as HTMLElement, 'confidential');
    await pressButton('Make training set');
    expect(sent.at(-1)?.body).toMatchObject({ format: 'openai', clearance: 'confidential', answers: 'good' });
    expect(texts('.training-left-out tbody tr')).toEqual([
      'Their caller had not consented when they began7',
      'Above the highest label of the set2',
      'The same as another example1',
    ]);
    expect(pageText()).toContain('1 example');
  });

  it('without examples says so, and cannot be saved', async () => {
    const leftOut = { consent: 0, label: 0, gone: 0, unfit: 0, same: 0 };
    replies['POST /api/workflows/w/training-set'] = { format: 'openai', examples: 0, leftOut, content: '', card: '#' };
    await show();
    await pressButton('Make training set');
    expect(one('.training-made').textContent).toContain('0 examples: no run may be used yet');
    expect(one('.training-made').textContent).toContain('No run was left out.');
    expect(all('.training-left-out')).toEqual([]);
    expect(buttonNamed('Training set')?.disabled).toBe(true);
  });
});

it('the page of training asks for a workflow first, and puts it into the address', async () => {
  await show('');
  await choose(one('select'), 'w');
  expect(window.location.pathname).toBe('/quality/training/w');
});
