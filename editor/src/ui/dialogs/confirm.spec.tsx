/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { act } from 'react';
import { ApiError } from '../../data/http/http.js';
import { Confirm } from './Confirm.js';
import { openFakePage, type FakePage } from '../testing/fake-page.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not implement the methods of a dialog.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

let page: FakePage;
beforeEach(() => {
  page = openFakePage(() => undefined);
});
afterEach(() => page.leave());

const show = (what: string, onConfirm: () => Promise<void>): Promise<void> =>
  act(async () =>
    page.root.render(
      <Confirm key={what} title={`Remove ${what}?`} verb="Remove" onConfirm={onConfirm} onClose={() => undefined}>
        <p>It cannot be restored.</p>
      </Confirm>,
    ),
  );
const button = (): HTMLButtonElement | undefined =>
  [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'Remove');
const problem = (): string | undefined => document.querySelector('[role=alert]')?.textContent ?? undefined;

it('a confirmation runs its action once, and cannot be pressed again meanwhile', async () => {
  let end = (): void => undefined;
  const work = jest.fn(() => new Promise<void>((resolve) => (end = resolve)));
  await show('one', work);
  await act(async () => button()?.click());
  expect(button()?.disabled).toBe(true);
  await act(async () => button()?.click());
  expect(work).toHaveBeenCalledTimes(1);
  await act(async () => end());
  expect(button()?.disabled).toBe(false);
});

it('a confirmation shows why its action failed, and the next one starts without that error', async () => {
  await show('one', () => Promise.reject(new ApiError('conflict', 'It is in use.', 409)));
  await act(async () => button()?.click());
  expect(problem()).toContain('It is in use.');
  await show('another', () => Promise.resolve());
  expect(problem()).toBeUndefined();
});
