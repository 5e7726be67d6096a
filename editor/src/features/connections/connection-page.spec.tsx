/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act } from 'react';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { ConnectionPage } from './ConnectionPage.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const presets = [
  { id: 'openai', title: 'OpenAI', kind: 'openai', needsKey: true, isLocal: false, hint: 'Its models.' },
  { id: 'anthropic', title: 'Anthropic', kind: 'anthropic', needsKey: true, isLocal: false, hint: 'Its models.' },
];

describe('a new connection', () => {
  let page: FakePage;
  beforeEach(() => {
    page = openFakePage((_method, path) => {
      if (path === '/api/connections/presets') return { presets };
      return path === '/api/connections' ? { connections: [] } : undefined;
    });
  });
  afterEach(() => page.leave());

  async function open(name: string | undefined): Promise<void> {
    const runs = { leave: () => undefined };
    const session = { runs, live: createLiveClient(createFakeSocket()) } as unknown as Session;
    await act(async () =>
      page.root.render(
        <SessionProvider value={session}>
          <ConnectionPage id={undefined} name={name} />
        </SessionProvider>,
      ),
    );
  }
  const press = (name: string): Promise<void> =>
    act(async () => [...document.querySelectorAll('button')].find((one) => one.textContent?.includes(name))?.click());
  const title = (): string | null | undefined => document.querySelector('h1')?.textContent;
  const values = (): readonly string[] => [...document.querySelectorAll('input')].map(({ value }) => value);

  it('starts with the provider of its name, and offers to choose another', async () => {
    await open('openai');
    expect([title(), values().includes('openai')]).toEqual(['Connect OpenAI', true]);
    await press('Choose another');
    expect(title()).toBe('Add connection');
    await press('Anthropic');
    expect([title(), values().includes('openai')]).toEqual(['Connect Anthropic', true]);
  });

  it('asks for the provider when none has its name, and keeps the name', async () => {
    await open('office');
    expect(title()).toBe('Add connection');
    await press('OpenAI');
    expect(values()).toContain('office');
  });
});
