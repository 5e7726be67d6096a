/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act } from 'react';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { SignInPage } from './SignInPage.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const token = `hl_${'x'.repeat(43)}`;
let page: FakePage;
let hasUsers: boolean;
let refusal: { readonly code: string; readonly message: string };
let isSignInNeeded: boolean;
let sent: string[];
/** Whether the link still works when it is opened. */
let isGood: boolean;

beforeEach(() => {
  [hasUsers, isSignInNeeded, sent, isGood] = [true, true, [], true];
  page = openFakePage(
    (method, path) => {
      sent.push(`${method} ${path}`);
      if (path === '/api/auth/setup/check') return isGood ? {} : undefined;
      return path === '/api/auth/me' ? { isSignInNeeded, hasUsers } : undefined;
    },
    () => ({ status: 401, body: { error: refusal } }),
  );
});
afterEach(() => {
  page.leave();
  window.history.replaceState(null, '', '/');
});

async function open(setup?: string): Promise<void> {
  window.history.replaceState(null, '', setup === undefined ? '/sign-in' : `/sign-in?setup=${setup}`);
  const session = { live: { onConnection: () => () => undefined } } as unknown as Session;
  await act(async () =>
    page.root.render(
      <SessionProvider value={session}>
        <SignInPage />
      </SessionProvider>,
    ),
  );
}
async function submit(password: string): Promise<void> {
  const field = document.querySelector<HTMLInputElement>('input[type=password]');
  await act(async () => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, password);
    field?.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await act(async () => {
    field?.form?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
  });
}
const title = (): string | null | undefined => document.querySelector('h1')?.textContent;
const text = (): string => document.body.textContent ?? '';

describe('a one-time link', () => {
  it('that is no longer valid says so instead of its form, and who can create another one', async () => {
    refusal = { code: 'sign_in_failed', message: 'The link is no longer valid: ask for a new one.' };
    await open(token);
    expect(title()).toBe('Choose your password');
    await submit('correct horse battery');
    expect([title(), document.querySelector('form')]).toEqual(['This link does not work', null]);
    expect(text()).toContain('ask the sender or an owner');
    expect(document.querySelector('a')?.getAttribute('href')).toBe('/sign-in');
  });

  it('says when it is opened that it is no longer valid, and shows no form', async () => {
    isGood = false;
    refusal = { code: 'sign_in_failed', message: 'The link is no longer valid: ask for a new one.' };
    await open(token);
    expect([title(), document.querySelector('form')]).toEqual(['This link does not work', null]);
    expect(sent).not.toContain('POST /api/auth/setup');
  });

  it('shows its form when the server cannot check it', async () => {
    isGood = false;
    refusal = { code: 'too_many_requests', message: 'Wait a while.' };
    await open(token);
    expect(title()).toBe('Choose your password');
  });

  it('keeps its form when only the password is refused', async () => {
    refusal = { code: 'bad_request', message: 'Use at least 12 characters.' };
    await open(token);
    await submit('short');
    expect([title(), document.querySelector('[role=alert]')?.textContent]).toEqual([
      'Choose your password',
      'Use at least 12 characters.',
    ]);
  });

  it('that is malformed shows no form, and requests no check', async () => {
    await open('made-up');
    expect([title(), document.querySelector('form')]).toEqual(['This link does not work', null]);
    expect(sent).toEqual(['GET /api/auth/me']);
  });

  it('says where to find a new link when there are no accounts', async () => {
    hasUsers = false;
    await open('made-up');
    expect(text()).toContain('Heddle prints a new link each time it starts');
    expect(document.querySelector('a')).toBeNull();
  });

  it('leads home when no sign-in is needed', async () => {
    [hasUsers, isSignInNeeded] = [false, false];
    await open('made-up');
    expect(document.querySelector('a')?.getAttribute('href')).toBe('/');
  });
});

describe('signing in', () => {
  it('asks for an email address and a password', async () => {
    await open();
    expect([title(), document.querySelectorAll('input').length]).toEqual(['Sign in', 2]);
  });

  it('shows no form when there are no accounts, and says how to create the first one', async () => {
    hasUsers = false;
    await open();
    expect([title(), document.querySelector('form')]).toEqual(['No accounts yet', null]);
    expect(text()).toContain('Heddle prints a new link each time it starts');
    expect(document.querySelector('a')).toBeNull();
  });

  it('leads home when no sign-in is needed', async () => {
    [hasUsers, isSignInNeeded] = [false, false];
    await open();
    expect([title(), document.querySelector('form')]).toEqual(['You do not need to sign in', null]);
    expect(document.querySelector('a')?.getAttribute('href')).toBe('/');
  });
});
