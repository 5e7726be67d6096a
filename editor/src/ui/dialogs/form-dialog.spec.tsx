/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { act, type ReactElement } from 'react';
import { ApiError } from '../../data/http/http.js';
import { guardLeaving, isLeavingGuarded, leaveSaved, leaveThrough } from '../navigation/leave-guard.js';
import { all, buttonNamed, one, pageText, pressButton, texts } from '../testing/fake-person.js';
import { openFakePage, type FakePage } from '../testing/fake-page.js';
import { FormDialog } from './FormDialog.js';
import { LeaveGuard } from './LeaveGuard.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not implement the methods of a dialog.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

let page: FakePage;
beforeEach(() => {
  page = openFakePage(() => undefined);
});
afterEach(() => page.leave());

const show = (element: ReactElement): Promise<void> => act(async () => page.root.render(element));

describe('a form in a dialog', () => {
  function NameForm({
    onSubmit,
    onClose = () => undefined,
    isDisabled = false,
  }: {
    readonly onSubmit: () => Promise<void>;
    readonly onClose?: () => void;
    readonly isDisabled?: boolean;
  }): ReactElement {
    return (
      <FormDialog
        title="New key"
        verb="Create"
        busyVerb="Creating…"
        isDisabled={isDisabled}
        onSubmit={onSubmit}
        onClose={onClose}
      >
        <label>
          Name <input />
        </label>
      </FormDialog>
    );
  }
  const submit = (): Promise<void> =>
    act(async () => void one('form').dispatchEvent(new Event('submit', { bubbles: true, cancelable: true })));

  it('focuses its first field', async () => {
    await show(<NameForm onSubmit={async () => undefined} />);
    expect(document.activeElement).toBe(one('input'));
    expect(one('dialog').getAttribute('aria-label')).toBe('New key');
  });

  it('submits once, and is disabled until the reply arrives', async () => {
    let end = (): void => undefined;
    const onSubmit = jest.fn(() => new Promise<void>((resolve) => (end = resolve)));
    await show(<NameForm onSubmit={onSubmit} />);
    await submit();
    expect([onSubmit.mock.calls.length, buttonNamed('Creating…')?.disabled]).toEqual([1, true]);
    await act(async () => end());
    expect(buttonNamed('Create')?.disabled).toBe(false);
  });

  it.each([
    ['forbidden', 'This needs the role owner.', 403],
    ['conflict', 'A key has this name.', 409],
    ['unreachable', 'Heddle does not answer.', 0],
  ])('stays open with the typed text when the server says %s', async (code, message, status) => {
    const onClose = jest.fn();
    await show(<NameForm onSubmit={() => Promise.reject(new ApiError(code, message, status))} onClose={onClose} />);
    one<HTMLInputElement>('input').value = 'deploy';
    await submit();
    expect(one('[role=alert]').textContent).toContain(message);
    expect([one<HTMLInputElement>('input').value, onClose.mock.calls.length]).toEqual(['deploy', 0]);
    expect(buttonNamed('Create')?.disabled).toBe(false);
  });

  it('clears the last error when it is submitted again', async () => {
    const answers = [Promise.reject(new ApiError('conflict', 'Taken.', 409)), Promise.resolve()];
    await show(<NameForm onSubmit={() => answers.shift() ?? Promise.resolve()} />);
    await submit();
    expect(all('[role=alert]')).toHaveLength(1);
    await submit();
    expect(all('[role=alert]')).toEqual([]);
  });

  it('cannot be submitted by its button while a value is missing, and can be cancelled', async () => {
    const onClose = jest.fn();
    await show(<NameForm onSubmit={async () => undefined} onClose={onClose} isDisabled />);
    expect(buttonNamed('Create')?.disabled).toBe(true);
    await pressButton('Cancel');
    expect(onClose).toHaveBeenCalledTimes(1);
  });
});

describe('unsaved changes', () => {
  afterEach(() => leaveSaved(() => undefined));

  it('cause no question when there are none', async () => {
    const leave = jest.fn();
    await show(<LeaveGuard isChanged={false} what="test" />);
    leaveThrough(leave);
    expect([leave.mock.calls.length, isLeavingGuarded(), pageText()]).toEqual([1, false, '']);
  });

  it('are kept until a person discards them, and then the page is left', async () => {
    const leave = jest.fn();
    await show(<LeaveGuard isChanged what="test" />);
    await act(async () => leaveThrough(leave));
    expect(texts('h2')).toEqual(['Discard the changes to this test?']);
    expect(leave).not.toHaveBeenCalled();
    await pressButton('Keep editing');
    expect([leave.mock.calls.length, all('dialog').length]).toEqual([0, 0]);
    await act(async () => leaveThrough(leave));
    await pressButton('Discard changes');
    expect([leave.mock.calls.length, all('dialog').length]).toEqual([1, 0]);
  });

  it('let the browser ask when the tab is closed, only while there are some', async () => {
    const isAsked = (): boolean => {
      const event = new Event('beforeunload', { cancelable: true });
      window.dispatchEvent(event);
      return event.defaultPrevented;
    };
    await show(<LeaveGuard isChanged what="test" />);
    expect(isAsked()).toBe(true);
    await show(<LeaveGuard isChanged={false} what="test" />);
    expect(isAsked()).toBe(false);
  });

  it('cause no question once they are saved', async () => {
    const asks = jest.fn();
    const stop = guardLeaving(asks);
    const leave = jest.fn();
    leaveSaved(leave);
    expect([leave.mock.calls.length, asks.mock.calls.length, isLeavingGuarded()]).toEqual([1, 0, false]);
    stop();
  });

  it('of a page that closes late do not release the guard of the next page', () => {
    const stopFirst = guardLeaving(() => undefined);
    const stopSecond = guardLeaving(() => undefined);
    stopFirst();
    expect(isLeavingGuarded()).toBe(true);
    stopSecond();
    expect(isLeavingGuarded()).toBe(false);
  });
});
