import { act } from 'react';

// What a person does on a page in a spec. Each function waits until React has rendered the result.

const done = (work: () => void): Promise<void> =>
  act(() => {
    work();
    return Promise.resolve();
  });

export const pageText = (): string => document.body.textContent ?? '';

export const all = <Found extends HTMLElement = HTMLElement>(selector: string): Found[] => [
  ...document.querySelectorAll<Found>(selector),
];

export const texts = (selector: string): string[] => all(selector).map(({ textContent }) => textContent?.trim() ?? '');

/** The first element that matches a selector. Throws if there is none. */
export function one<Found extends HTMLElement = HTMLElement>(selector: string): Found {
  const found = document.querySelector<Found>(selector);
  if (found === null) throw new Error(`No element matches ${selector}`);
  return found;
}

/** Finds a button by its label or its text. */
export const buttonNamed = (name: string): HTMLButtonElement | undefined =>
  all<HTMLButtonElement>('button').find(
    (button) => (button.getAttribute('aria-label') ?? button.textContent?.trim()) === name,
  );

export const press = (element: HTMLElement): Promise<void> => done(() => element.click());

/** Presses the button with a name. Throws if there is none. */
export async function pressButton(name: string): Promise<void> {
  const button = buttonNamed(name);
  if (button === undefined) throw new Error(`No button is named ${name}: ${texts('button').join(', ')}`);
  await press(button);
}

/** Replaces the text of a field. */
export async function type(field: HTMLElement, text: string): Promise<void> {
  const prototype = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype;
  await done(() => {
    Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(field, text);
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

export async function choose(select: HTMLElement, value: string): Promise<void> {
  await done(() => {
    Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value')?.set?.call(select, value);
    select.dispatchEvent(new Event('change', { bubbles: true }));
  });
}

/** Presses a key on an element. Returns true if no listener prevented the default action of the browser. */
export async function pressKey(element: HTMLElement, key: string, more: KeyboardEventInit = {}): Promise<boolean> {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  await done(() => void element.dispatchEvent(event));
  return !event.defaultPrevented;
}

/** Moves the focus away from an element. */
export const leaveField = (element: HTMLElement): Promise<void> =>
  done(() => void element.dispatchEvent(new FocusEvent('focusout', { bubbles: true })));
