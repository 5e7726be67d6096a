/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { FeedbackBar } from './FeedbackBar.js';
import { feedbackValuesOf, type FeedbackValues } from './feedback-of-run.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let root: Root;
let container: HTMLElement;
let given: (FeedbackValues | undefined)[];
beforeEach(() => {
  container = document.body.appendChild(document.createElement('div'));
  root = createRoot(container);
  given = [];
});
afterEach(() => {
  act(() => root.unmount());
  container.remove();
});

const show = (said?: FeedbackValues, isBusy = false): Promise<void> =>
  act(async () =>
    root.render(
      <FeedbackBar
        said={said}
        answer="It is 41."
        isBusy={isBusy}
        status="Saved"
        onGive={(next) => given.push(next)}
        onRemove={() => given.push(undefined)}
      />,
    ),
  );
const named = (name: string): HTMLElement | undefined =>
  [...container.querySelectorAll<HTMLElement>('button')].find(
    (one) => (one.getAttribute('aria-label') ?? one.textContent) === name,
  );
const press = (name: string): Promise<void> =>
  act(async () => {
    const found = named(name);
    if (found === undefined) throw new Error(`no button ${name}`);
    found.click();
    await new Promise((resolve) => setTimeout(resolve, 20));
  });
const write = (label: string, text: string): Promise<void> =>
  act(async () => {
    const area = [...container.querySelectorAll('label')]
      .find(({ textContent }) => textContent === label)
      ?.querySelector('textarea');
    // React listens to the setter of the prototype.
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')?.set?.call(area, text);
    area?.dispatchEvent(new Event('input', { bubbles: true }));
  });

it('gives a thumb, changes it, and removes it by another press', async () => {
  await show();
  await press('Good answer');
  await show({ thumb: 'up' });
  expect(named('Good answer')?.getAttribute('aria-pressed')).toBe('true');
  await press('Bad answer');
  await press('Good answer');
  expect(given).toEqual([{ thumb: 'up' }, { thumb: 'down' }, undefined]);
});

it('keeps the comment and the correction when a thumb is removed', async () => {
  await show({ thumb: 'down', comment: 'Wrong', correction: '42' });
  await press('Bad answer');
  expect(given).toEqual([{ comment: 'Wrong', correction: '42' }]);
});

it('gives a rating instead of a thumb, with a comment and a corrected answer', async () => {
  await show({ thumb: 'down' });
  await press('Rate, comment or correct');
  expect(document.activeElement?.tagName).toBe('TEXTAREA');
  await press('4 of 5');
  await write('Comment', '  Nearly. ');
  await press('Start from the answer');
  await press('Save feedback');
  expect(given).toEqual([{ rating: 4, comment: 'Nearly.', correction: 'It is 41.' }]);
  expect(container.querySelector('form')).toBeNull();
});

it('shows earlier feedback, and removes it', async () => {
  await show({ rating: 2, comment: 'Old', correction: 'New' });
  await press('Change the rating, comment or correction');
  expect([...container.querySelectorAll('textarea')].map(({ value }) => value)).toEqual(['Old', 'New']);
  expect(named('2 of 5')?.getAttribute('aria-pressed')).toBe('true');
  await press('Remove feedback');
  expect(given).toEqual([undefined]);
});

it('saves nothing when nothing is entered, and closes with Escape', async () => {
  await show();
  await press('Rate, comment or correct');
  expect((named('Save feedback') as HTMLButtonElement).disabled).toBe(true);
  await act(async () => {
    container.querySelector('form')?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
  });
  expect(container.querySelector('form')).toBeNull();
  await show(undefined, true);
  expect((named('Good answer') as HTMLButtonElement).disabled).toBe(true);
});

it('writes a corrected value that is no text as JSON', () => {
  const times = { createdAt: 0, updatedAt: 0 };
  expect(feedbackValuesOf({ ...times, correction: { total: 3 } }).correction).toBe('{\n  "total": 3\n}');
  expect(feedbackValuesOf({ ...times, correction: 'text' }).correction).toBe('text');
});
