/** @jest-environment jsdom */
import type { ClockReply } from '@heddle/core';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { act } from 'react';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { ClockNotice } from './ClockNotice.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const trusted: ClockReply = { status: 'trusted', time: 2, trustedTime: 2, aheadMs: 0, wasSet: false };
const inDoubt: ClockReply = { ...trusted, status: 'doubt', message: 'The clock of this machine is 7 days ahead.' };

let page: FakePage;
let asked: string[];
let confirmed: number;
beforeEach(() => {
  asked = [];
  confirmed = 0;
  page = openFakePage((method, path) => {
    if (method !== 'POST') return undefined;
    asked.push(path);
    return trusted;
  });
});
afterEach(() => page.leave());

async function show(clock: ClockReply | undefined): Promise<string> {
  const session = { live: { onConnection: () => () => undefined, watchTopic: () => () => undefined } };
  await act(async () =>
    page.root.render(
      <SessionProvider value={session as unknown as Session}>
        <ClockNotice clock={clock} onConfirmed={() => (confirmed += 1)} />
      </SessionProvider>,
    ),
  );
  return document.body.textContent;
}

it('shows nothing while the clock is trusted, or when its state is unknown', async () => {
  expect([await show(trusted), await show(undefined)]).toEqual(['', '']);
});

it('says what is wrong with the clock, and confirms the clock on request', async () => {
  expect(await show(inDoubt)).toContain('7 days ahead');
  await act(async () => {
    document.querySelector('button')?.click();
    await new Promise((resolve) => setTimeout(resolve, 10));
  });
  expect([asked, confirmed]).toEqual([['/api/clock/confirm'], 1]);
});
