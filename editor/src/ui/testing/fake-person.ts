import { act } from 'react';

// What a person does on a page in a spec. Each function waits until React has drawn the result.

/** Does something, and waits until React has drawn the result. */
const done = (work: () => void): Promise<void> =>
  act(() => {
    work();
    return Promise.resolve();
  });

/** The visible text of the page. */
export const pageText = (): string => document.body.textContent ?? '';

/** All elements of a selector. */
export const all = <Found extends HTMLElement = HTMLElement>(selector: string): Found[] => [
  ...document.querySelectorAll<Found>(selector),
];

/** The texts of all elements of a selector. */
export const texts = (selector: string): string[] => all(selector).map(({ textContent }) => textContent?.trim() ?? '');

/** The first element of a selector. Throws where there is none. */
export function one<Found extends HTMLElement = HTMLElement>(selector: string): Found {
  const found = document.querySelector<Found>(selector);
  if (found === null) throw new Error(`No element matches ${selector}`);
  return found;
}

/** The button with a name: its label, or its text. */
export const buttonNamed = (name: string): HTMLButtonElement | undefined =>
  all<HTMLButtonElement>('button').find(
    (button) => (button.getAttribute('aria-label') ?? button.textContent?.trim()) === name,
  );

/** Presses an element. */
export const press = (element: HTMLElement): Promise<void> => done(() => element.click());

/** Presses the button with a name. Throws where there is none. */
export async function pressButton(name: string): Promise<void> {
  const button = buttonNamed(name);
  if (button === undefined) throw new Error(`No button is named ${name}: ${texts('button').join(', ')}`);
  await press(button);
}

/** Types a text into a field in place of its text. */
export async function type(field: HTMLElement, text: string): Promise<void> {
  const prototype = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype;
  await done(() => {
    Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(field, text);
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

/** Chooses an option of a select by its value. */
export async function choose(select: HTMLElement, value: string): Promise<void> {
  await done(() => {
    Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value')?.set?.call(select, value);
    select.dispatchEvent(new Event('change', { bubbles: true }));
  });
}

/** Presses a key on an element. Returns whether the browser would still do its own part. */
export async function pressKey(element: HTMLElement, key: string, more: KeyboardEventInit = {}): Promise<boolean> {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  await done(() => void element.dispatchEvent(event));
  return !event.defaultPrevented;
}

/** Moves the focus away from an element. */
export const leaveField = (element: HTMLElement): Promise<void> =>
  done(() => void element.dispatchEvent(new FocusEvent('focusout', { bubbles: true })));
