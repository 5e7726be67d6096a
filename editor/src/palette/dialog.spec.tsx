/** @jest-environment jsdom */
import { afterEach, expect, it } from '@jest/globals';
import { act, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { CopyText } from '../frame/CopyText.js';
import { RoleFields } from '../pages/access/RoleFields.js';
import { Confirm } from '../pages/Confirm.js';
import { Dialog } from './Dialog.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

// jsdom has the element, and not yet what opens it: a browser gives the focus to the first thing that can have it.
Object.assign(HTMLDialogElement.prototype, {
  showModal(this: HTMLDialogElement) {
    this.open = true;
    this.querySelector('button')?.focus();
  },
  close: () => undefined,
});

let root: Root;
afterEach(() => act(() => root.unmount()));

function focusedIn(children: ReactNode): Element | null {
  const place = document.createElement('div');
  document.body.append(place);
  root = createRoot(place);
  act(() =>
    root.render(
      <Dialog title="Ada" onClose={() => undefined}>
        {children}
      </Dialog>,
    ),
  );
  return document.activeElement;
}

const roles = <RoleFields legend="Roles" roles={['editor']} onChange={() => undefined} />;

it('begins with the first field, also where choices stand before it', () => {
  const focused = focusedIn(
    <>
      {roles}
      <input type="text" aria-label="Name" />
    </>,
  );
  expect(focused?.getAttribute('aria-label')).toBe('Name');
});

it('begins with the first choice where nothing is written', () => {
  expect(focusedIn(roles)).toBe(document.querySelector('input[type=checkbox]'));
});

it('begins with Copy where there is something to copy and nothing to fill in', () => {
  expect(focusedIn(<CopyText text="https://heddle.example" what="the link" />)?.textContent).toBe('Copy the link');
});

it('begins with what harms nothing where it asks before something is gone', () => {
  const place = document.createElement('div');
  document.body.append(place);
  root = createRoot(place);
  const action = { isBusy: false, error: undefined, run: () => undefined, clear: () => undefined };
  act(() =>
    root.render(
      <Confirm title="Delete it?" verb="Delete" action={action} onConfirm={() => undefined} onClose={() => undefined}>
        <p>It is gone for good.</p>
      </Confirm>,
    ),
  );
  expect(document.activeElement?.textContent).toBe('Cancel');
});

it('begins with the way out where there is nothing else', () => {
  expect(focusedIn(<p>Words</p>)?.getAttribute('aria-label')).toBe('Close');
});
