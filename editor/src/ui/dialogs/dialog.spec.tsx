/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { CopyText } from '../buttons/CopyText.js';
import { RoleFields } from '../../features/people/users/RoleFields.js';
import { Confirm } from './Confirm.js';
import { SecretShown } from '../../features/triggers/SecretShown.js';
import { Dialog } from './Dialog.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

// jsdom does not implement the methods of a dialog. As in a browser, the dialog focuses its first focusable element when it opens, and
// returns the focus when it closes while it is in the page.
const before = new WeakMap<HTMLDialogElement, Element | null>();
Object.assign(HTMLDialogElement.prototype, {
  showModal(this: HTMLDialogElement) {
    before.set(this, document.activeElement);
    this.open = true;
    this.querySelector('button')?.focus();
  },
  close(this: HTMLDialogElement) {
    const focused = before.get(this);
    if (this.isConnected && focused instanceof HTMLElement) focused.focus();
  },
});

let root: Root;
function open(dialog: ReactNode): HTMLDialogElement | null {
  const container = document.createElement('div');
  document.body.append(container);
  root = createRoot(container);
  act(() => root.render(dialog));
  return container.querySelector('dialog');
}
afterEach(() => act(() => root.unmount()));

function focusedIn(children: ReactNode): Element | null {
  const container = document.createElement('div');
  document.body.append(container);
  root = createRoot(container);
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

it('a dialog focuses its first field, even when choices come before it', () => {
  const focused = focusedIn(
    <>
      {roles}
      <input type="text" aria-label="Name" />
    </>,
  );
  expect(focused?.getAttribute('aria-label')).toBe('Name');
});

it('a dialog focuses its first choice when it has no text field', () => {
  expect(focusedIn(roles)).toBe(document.querySelector('input[type=checkbox]'));
});

it('a dialog focuses Copy when there is something to copy and nothing to fill in', () => {
  expect(focusedIn(<CopyText text="https://heddle.example" what="the link" />)?.textContent).toBe('Copy the link');
});

it('a confirmation of a deletion focuses Cancel', () => {
  const container = document.createElement('div');
  document.body.append(container);
  root = createRoot(container);
  act(() =>
    root.render(
      <Confirm title="Delete it?" verb="Delete" onConfirm={() => undefined} onClose={() => undefined}>
        <p>It is gone for good.</p>
      </Confirm>,
    ),
  );
  expect(document.activeElement?.textContent).toBe('Cancel');
});

it('a dialog focuses Close when there is nothing else', () => {
  expect(focusedIn(<p>Words</p>)?.getAttribute('aria-label')).toBe('Close');
});

it('a dialog returns the focus to the element that opened it', () => {
  const opener = document.body.appendChild(document.createElement('button'));
  opener.focus();
  focusedIn(<input type="text" aria-label="Name" />);
  expect(document.activeElement).not.toBe(opener);
  act(() => root.render(null));
  expect(document.activeElement).toBe(opener);
  opener.remove();
});

it('a dialog returns the focus to the button of the menu that opened it, when the menu is gone', () => {
  const container = document.body.appendChild(document.createElement('div'));
  container.innerHTML =
    '<button id="more">More</button><div role="menu" aria-labelledby="more"><div role="menuitem" tabindex="-1">Rename</div></div>';
  container.querySelector<HTMLElement>('[role=menuitem]')?.focus();
  focusedIn(<input type="text" aria-label="Name" />);
  container.querySelector('[role=menu]')?.remove();
  act(() => root.render(null));
  expect(document.activeElement?.id).toBe('more');
  container.remove();
});

describe('a dialog', () => {
  let closed: number;
  beforeEach(() => {
    closed = 0;
  });
  const close = (): void => void (closed += 1);
  /** The browser's behaviour on Escape: the key event first, then, unless it is prevented, the cancel event. */
  const escape = (dialog: HTMLDialogElement | null): void => {
    const key = new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true });
    if (dialog?.querySelector('button')?.dispatchEvent(key) === true)
      act(() => void dialog.dispatchEvent(new Event('cancel', { cancelable: true })));
  };
  const pressBeside = (dialog: HTMLDialogElement | null): void =>
    act(() => void dialog?.dispatchEvent(new Event('pointerdown', { bubbles: true })));

  it('is closed by Escape, and by a click beside it', () => {
    const dialog = open(
      <Dialog title="Ada" onClose={close}>
        <p>Words</p>
      </Dialog>,
    );
    escape(dialog);
    expect(closed).toBe(1);
    pressBeside(dialog);
    expect(closed).toBe(2);
  });

  it('that shows a secret once is closed by its button only', () => {
    const dialog = open(
      <SecretShown title="Shop" secret="s" onClose={close}>
        <p>Words</p>
      </SecretShown>,
    );
    escape(dialog);
    pressBeside(dialog);
    expect(closed).toBe(0);
    expect(dialog?.querySelector('[aria-label=Close]')).toBeNull();
    act(() => [...(dialog?.querySelectorAll('button') ?? [])].find((one) => one.textContent === 'Done')?.click());
    expect(closed).toBe(1);
  });
});
