/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { localPrincipal } from '@heddle/core';
import { act } from 'react';
import { meStore } from '../../data/access/known-me.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { SecretsPage } from './SecretsPage.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not implement the methods of a dialog.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

const card = (name: string, more: object = {}) => ({
  name,
  owner: 'default',
  hosts: ['crm.example'],
  uses: ['request'],
  source: { kind: 'stored' },
  needsHost: false,
  updatedAt: 1,
  usedBy: [],
  ...more,
});

describe('the page of secrets', () => {
  let page: FakePage;
  const asked: string[] = [];
  beforeEach(async () => {
    asked.length = 0;
    page = openFakePage((method, path) => {
      asked.push(`${method} ${path}`);
      if (path === '/api/secrets?owner=installation')
        return {
          secrets: [
            card('from-outside', { hosts: [], needsHost: true, updatedAt: 0, source: { kind: 'environment' } }),
          ],
          names: [],
        };
      if (path === '/api/secrets')
        return { secrets: [card('crm', { usedBy: [{ kind: 'workflow', id: 'w', title: 'Orders' }] })], names: [] };
      return method === 'PUT' ? {} : undefined;
    });
    const { kind, id, name } = localPrincipal;
    meStore.setState({ me: { principal: { kind, id, name, roles: {} }, isSignInNeeded: false } as never });
    const session = {
      runs: { leave: () => undefined },
      live: { onConnection: () => () => undefined, watchTopic: () => () => undefined },
    };
    await act(async () =>
      page.root.render(
        <SessionProvider value={session as unknown as Session}>
          <SecretsPage />
        </SessionProvider>,
      ),
    );
  });
  afterEach(() => page.leave());
  const rows = (): string[] => [...document.querySelectorAll('li')].map(({ textContent }) => textContent);
  const button = (label: string): HTMLButtonElement | undefined =>
    [...document.querySelectorAll('button')].find(
      (one) => one.getAttribute('aria-label') === label || one.textContent.trim() === label,
    );

  it('shows the hosts, the location and the uses of each secret, and which one needs a host', () => {
    expect(rows()).toEqual([
      expect.stringMatching(/^crm sent to crm\.example · stored in Heddle · set .* · used by Orders/),
      expect.stringMatching(/^from-outside Needs a hostno hosts · in the environment · not used/),
    ]);
    // A secret outside Heddle without a card cannot be removed here.
    expect([button('Remove crm') !== undefined, button('Remove from-outside')]).toEqual([true, undefined]);
  });

  it('changes the settings of a secret without its value, for its owner', async () => {
    await act(async () => button('Edit from-outside')?.click());
    expect(document.querySelector('input[type=password]')).toBeNull();
    await act(async () => button('Save')?.click());
    expect(asked).toContain('PUT /api/secrets/from-outside?owner=installation');
    await act(async () => button('Edit crm')?.click());
    const value = document.querySelector<HTMLInputElement>('input[type=password]');
    expect([value?.required, value?.value]).toEqual([false, '']);
    await act(async () => button('Save')?.click());
    expect(asked).toContain('PUT /api/secrets/crm');
  });
});
