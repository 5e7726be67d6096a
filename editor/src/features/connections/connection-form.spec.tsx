/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import type { Preset } from '../../data/api/reply-parts.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { draftFrom } from './connection-draft.js';
import { ConnectionForm } from './ConnectionForm.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not implement the methods of a dialog.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

const realFetch = globalThis.fetch;
const preset = { id: 'shop', title: 'Shop', kind: 'openai', needsKey: true, isLocal: false, hint: '' } as Preset;
let root: Root;
let stored: Set<string>;
let isReachable: boolean;

function answer(method: string, path: string, body: unknown): unknown {
  const [, id = ''] = /^\/api\/connections\/([^/]+)/.exec(path) ?? [];
  if (path === '/api/connections' && method === 'POST') {
    stored.add(String((body as { id: unknown }).id));
    return { ...(body as object), key: 'none', activity: { circuit: 'closed', inFlight: 0, waiting: 0 } };
  }
  if (method === 'DELETE') stored.delete(id);
  if (path.endsWith('/test'))
    return isReachable
      ? { isReachable, ms: 5, models: ['m'] }
      : { isReachable, ms: 5, models: [], code: 'provider_unauthorized', message: 'The key is wrong.' };
  return {};
}

beforeEach(async () => {
  [stored, isReachable] = [new Set(), false];
  globalThis.fetch = (async (path: string, { method = 'GET', body = '{}' }: Record<string, string | undefined>) => {
    const reply = answer(method, path, JSON.parse(body));
    return {
      ok: true,
      status: 200,
      headers: new Map(),
      json: async () => reply,
      text: async () => JSON.stringify(reply),
    };
  }) as unknown as typeof fetch;
  window.history.replaceState(null, '', '/connections/+');
  const container = document.createElement('div');
  document.body.append(container);
  root = createRoot(container);
  const session = { live: { onConnection: () => () => undefined } } as unknown as Session;
  await act(async () => {
    root.render(
      <SessionProvider value={session}>
        <ConnectionForm initial={draftFrom(preset, [])} needsKey />
      </SessionProvider>,
    );
    // The form also loads the rights of the user.
    await new Promise((resolve) => setTimeout(resolve, 0));
  });
});
afterEach(() => {
  act(() => root.unmount());
  globalThis.fetch = realFetch;
});

const keyField = (): HTMLInputElement | null => document.querySelector('input[type=password]');
const press = (name: string): Promise<void> =>
  act(async () => [...document.querySelectorAll('button')].find(({ textContent }) => textContent === name)?.click());
const dialog = (): string | undefined => document.querySelector('dialog')?.textContent ?? undefined;
const isOpened = (): boolean => window.location.pathname === '/connections/shop';
async function saveWithKey(): Promise<void> {
  act(() => {
    const field = keyField();
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, 'a-key');
    field?.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await press('Save and test');
}

describe('a new connection whose test fails', () => {
  beforeEach(saveWithKey);

  it('asks whether to keep it, and says why the test failed', () => {
    expect(dialog()).toContain('Keep Shop anyway?');
    expect(dialog()).toContain('The provider refused the key');
    expect(dialog()).toContain('The key is wrong.');
    expect(isOpened()).toBe(false);
  });

  it('is removed when it is edited first, and its form keeps the key', async () => {
    await press('Edit');
    expect([dialog(), [...stored], keyField()?.value]).toEqual([undefined, [], 'a-key']);
    isReachable = true;
    await press('Save and test');
    expect([[...stored], isOpened()]).toEqual([['shop'], true]);
  });

  it('is kept when the user confirms', async () => {
    await press('Keep');
    expect([[...stored], isOpened()]).toEqual([['shop'], true]);
  });
});

it('a new connection that answers is kept without a question', async () => {
  isReachable = true;
  await saveWithKey();
  expect([dialog(), [...stored], isOpened()]).toEqual([undefined, ['shop'], true]);
});
