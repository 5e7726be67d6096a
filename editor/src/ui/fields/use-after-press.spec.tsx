/** @jest-environment jsdom */
import { afterEach, expect, it } from '@jest/globals';
import { act, type ReactElement } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { Combobox } from './Combobox.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let root: Root;
afterEach(() => act(() => root.unmount()));

function Form(): ReactElement {
  const items = [{ value: 'a', title: 'A', detail: '' }];
  const rest = { placeholder: undefined, empty: 'None', isReadOnly: false, isInvalid: false, describedBy: undefined };
  return (
    <>
      <Combobox id="model" value="" items={items} onChange={() => undefined} {...rest} />
      <button type="button">Save</button>
    </>
  );
}

const isOpen = (): string | null | undefined => document.querySelector('input')?.getAttribute('aria-expanded');

function open(): HTMLButtonElement {
  const container = document.body.appendChild(document.createElement('div'));
  root = createRoot(container);
  act(() => root.render(<Form />));
  act(() => document.querySelector('input')?.focus());
  act(() => document.querySelector('input')?.click());
  expect(isOpen()).toBe('true');
  return document.querySelector('button') as HTMLButtonElement; // rendered above
}

it('a combobox keeps its list while a button beside it is pressed, so that the button stays under the pointer', async () => {
  const save = open();
  act(() => void save.dispatchEvent(new Event('pointerdown', { bubbles: true })));
  act(() => save.focus());
  expect(isOpen()).toBe('true');
  await act(async () => {
    save.dispatchEvent(new Event('pointerup', { bubbles: true }));
    await new Promise((resolve) => setTimeout(resolve, 5));
  });
  expect(isOpen()).toBe('false');
});

it('a combobox closes at once when the focus leaves it by the keyboard', () => {
  const save = open();
  act(() => save.focus());
  expect(isOpen()).toBe('false');
});
