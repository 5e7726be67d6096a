/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { act } from 'react';
import { ApiError } from '../../data/http/http.js';
import { all, one, press, texts } from '../testing/fake-person.js';
import { openFakePage, type FakePage } from '../testing/fake-page.js';
import { offerUndo, undoStore } from './undo-store.js';
import { UndoToasts } from './UndoToasts.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let page: FakePage;
let restored: string[];
beforeEach(async () => {
  jest.useFakeTimers();
  restored = [];
  page = openFakePage(() => undefined);
  await act(async () => page.root.render(<UndoToasts />));
});
afterEach(() => {
  page.leave();
  undoStore.setState({ offers: [] });
  jest.useRealTimers();
});

const offer = (what: string, restore: () => Promise<unknown> = () => Promise.resolve()): Promise<void> =>
  act(async () =>
    offerUndo({
      what,
      restore: async () => {
        restored.push(`restore ${what}`);
        await restore();
      },
      onRestored: () => void restored.push(`show ${what}`),
    }),
  );
const pass = (milliseconds: number): Promise<void> =>
  act(async () => {
    jest.advanceTimersByTime(milliseconds);
  });
const undo = (index: number): Promise<void> => press(all('.undo-toast .button')[index] as HTMLElement);

it('a deletion is announced, and can be undone after 9 seconds', async () => {
  // The region exists before it gets the text, as screen readers announce it only then.
  const region = one('[role=status]');
  expect(region.getAttribute('aria-live')).toBe('polite');
  await offer('“Echo”');
  expect(one('[role=status]')).toBe(region);
  expect(texts('.undo-text')).toEqual(['Deleted “Echo”.']);
  await pass(9_000);
  await undo(0);
  expect(restored).toEqual(['restore “Echo”', 'show “Echo”']);
  expect(all('.undo-toast')).toEqual([]);
});

it('the offer ends after 10 seconds', async () => {
  await offer('“Echo”');
  await pass(10_000);
  expect(all('.undo-toast')).toEqual([]);
  expect(restored).toEqual([]);
});

it('two deletions have separate offers with their names', async () => {
  await offer('“a.md”');
  await pass(6_000);
  await offer('“<b>b</b>”');
  expect(texts('.undo-text')).toEqual(['Deleted “a.md”.', 'Deleted “<b>b</b>”.']);
  expect(all('.undo-toast .button').map((button) => button.textContent?.trim())).toEqual([
    'Undo the deletion of “a.md”',
    'Undo the deletion of “<b>b</b>”',
  ]);
  await undo(0);
  await pass(6_000);
  expect(texts('.undo-text')).toEqual(['Deleted “<b>b</b>”.']);
  await undo(0);
  expect(restored.filter((entry) => entry.startsWith('restore'))).toEqual(['restore “a.md”', 'restore “<b>b</b>”']);
});

it('the focus moves to the offer when the deleted item had it, and stays anywhere else', async () => {
  const field = document.createElement('input');
  document.body.append(field);
  field.focus();
  await offer('“a.md”');
  await pass(100);
  expect(document.activeElement).toBe(field);
  // The list is loaded again, and the button that had the focus disappears.
  field.remove();
  await pass(1_000);
  expect(document.activeElement?.textContent).toContain('Undo');
});

it('says why a deletion can no longer be undone', async () => {
  await offer('“a.md”', () =>
    Promise.reject(new ApiError('not_found', 'The document can no longer be restored.', 404)),
  );
  await undo(0);
  expect(texts('.undo-text')).toEqual(['The document can no longer be restored.']);
  expect(restored).toEqual(['restore “a.md”']);
  await press(one('[aria-label=Dismiss]'));
  expect(all('.undo-toast')).toEqual([]);
});
