/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act } from 'react';
import type { ConsentReply } from '@heddle/core';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { ConsentPage } from './ConsentPage.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const asked: ConsentReply = {
  id: 'oq_1',
  client: { name: 'Desk <b>', goesTo: '127.0.0.1:7777' },
  who: 'Ada',
  projects: [
    { id: 'default', name: 'Default', permissions: ['run:published', 'collection:read'] },
    { id: 'shop', name: 'Shop', permissions: ['run:published'] },
  ],
};

describe('the page that connects a program', () => {
  let page: FakePage;
  let sent: [string, unknown][];
  let reply: ConsentReply | undefined;
  beforeEach(() => {
    [sent, reply] = [[], asked];
    page = openFakePage(
      (method, path, body) => {
        sent.push([`${method} ${path}`, body]);
        return method === 'GET' ? reply : undefined;
      },
      () => ({ status: 404, body: { error: { code: 'not_found', message: 'This request is over.' } } }),
    );
  });
  afterEach(() => {
    page.leave();
    window.history.replaceState(null, '', '/');
  });

  async function open(query: string): Promise<void> {
    window.history.replaceState(null, '', `/connect?${query}`);
    const session = { live: { onConnection: () => () => undefined } } as unknown as Session;
    await act(async () =>
      page.root.render(
        <SessionProvider value={session}>
          <ConsentPage />
        </SessionProvider>,
      ),
    );
  }
  const text = (): string => document.body.textContent ?? '';
  const button = (name: string): HTMLButtonElement | undefined =>
    [...document.querySelectorAll('button')].find(({ textContent }) => textContent === name);

  it('shows the program, the user, the address and each right, and sends the decision', async () => {
    await open('request=oq_1');
    for (const part of ['Connect Desk <b>?', 'Ada', '127.0.0.1:7777', 'Run published workflows', 'Read collections'])
      expect(text()).toContain(part);
    const [, collections] = document.querySelectorAll<HTMLInputElement>('input[type=checkbox]');
    await act(async () => collections?.click());
    await act(async () => button('Connect')?.click());
    expect(sent.at(-1)).toEqual([
      'POST /api/consents/oq_1',
      { decision: 'allow', project: 'default', permissions: ['run:published'] },
    ]);
    await act(async () => button('Do not connect')?.click());
    expect(sent.at(-1)).toEqual(['POST /api/consents/oq_1', { decision: 'deny' }]);
    expect(document.querySelector('[role=alert]')?.textContent).toContain('This request is over.');
  });

  it('cannot connect without a right', async () => {
    await open('request=oq_1');
    for (const box of document.querySelectorAll<HTMLInputElement>('input[type=checkbox]'))
      await act(async () => box.click());
    expect(button('Connect')?.disabled).toBe(true);
    reply = { ...asked, projects: [] };
    await open('request=oq_2');
    expect(text()).toContain('rights that you have in no project');
  });

  it('explains why there is nothing to decide', async () => {
    await open('failed=invalid_redirect_uri');
    expect(text()).toContain('did not register');
    await open('failed=%3Cscript%3E');
    expect(text()).toContain('The request of the program is not valid');
    reply = undefined;
    await open('request=oq_3');
    expect(text()).toContain('This request is over.');
  });
});
