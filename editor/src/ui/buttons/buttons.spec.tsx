/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { act, type ReactElement } from 'react';
import {
  all,
  buttonNamed,
  leaveField,
  one,
  press,
  pressButton,
  pressKey,
  texts,
  type,
} from '../testing/fake-person.js';
import { openFakePage, type FakePage } from '../testing/fake-page.js';
import { CopyText } from './CopyText.js';
import { saveFile } from './save-file.js';
import { SegmentedControl } from './SegmentedControl.js';
import { ShowMore } from './ShowMore.js';
import { Stepper } from './Stepper.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let page: FakePage;
beforeEach(() => {
  page = openFakePage(() => undefined);
});
afterEach(() => page.leave());
const show = (element: ReactElement): Promise<void> => act(async () => page.root.render(element));

describe('a text to copy', () => {
  const withClipboard = (writeText: (text: string) => Promise<void>): void =>
    void Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true });

  it('is copied exactly, and the button says so', async () => {
    const copied: string[] = [];
    const onCopied = jest.fn();
    withClipboard(async (text) => void copied.push(text));
    await show(<CopyText text={'curl "<a>"\n'} what="the call" onCopied={onCopied} />);
    expect(texts('button')).toEqual(['Copy the call']);
    await press(one('button'));
    expect([copied, texts('[aria-live]'), onCopied.mock.calls.length]).toEqual([['curl "<a>"\n'], ['Copied'], 1]);
  });

  it('says what to do when the browser refuses the clipboard', async () => {
    const onCopied = jest.fn();
    withClipboard(() => Promise.reject(new DOMException('Denied', 'NotAllowedError')));
    await show(<CopyText text="secret" what="the key" onCopied={onCopied} />);
    await press(one('button'));
    expect([texts('[aria-live]'), onCopied.mock.calls.length]).toEqual([['Select the text: no clipboard access'], 0]);
    expect(texts('code')).toEqual(['secret']);
  });
});

describe('a choice of a few options', () => {
  it('shows which option is pressed, and gives the value of another', async () => {
    const onChange = jest.fn();
    await show(
      <SegmentedControl
        label="State"
        choices={[
          [undefined, 'All'],
          [0, 'None'],
          [1, 'Some'],
        ]}
        value={0}
        onChange={onChange}
      />,
    );
    expect(one('[role=group]').getAttribute('aria-label')).toBe('State');
    expect(all('button').map((button) => button.getAttribute('aria-pressed'))).toEqual(['false', 'true', 'false']);
    await pressButton('All');
    await pressButton('Some');
    expect(onChange.mock.calls).toEqual([[undefined], [1]]);
  });
});

describe('the button for older items', () => {
  const pages = (hasMore: boolean, isLoading: boolean, more = () => undefined) => ({ hasMore, isLoading, more });

  it('is hidden at the end of the list', async () => {
    await show(<ShowMore pages={pages(false, false)} what="runs" />);
    expect(all('button')).toEqual([]);
  });

  it('loads one page at a time', async () => {
    const more = jest.fn(() => undefined);
    await show(<ShowMore pages={pages(true, false, more)} what="runs" />);
    await pressButton('Show older runs');
    await show(<ShowMore pages={pages(true, true, more)} what="runs" />);
    expect(buttonNamed('Loading…')?.disabled).toBe(true);
    await pressButton('Loading…');
    expect(more).toHaveBeenCalledTimes(1);
  });
});

describe('a stepper', () => {
  const changes = jest.fn();
  beforeEach(() => void changes.mockClear());
  const stepper = (index: number, count: number): Promise<void> =>
    show(<Stepper what="iteration" index={index} count={count} onChange={changes} />);
  const field = (): HTMLInputElement => one<HTMLInputElement>('input');

  it.each([
    [0, 3, true, false],
    [1, 3, false, false],
    [2, 3, false, true],
    [0, 1, true, true],
    [0, 0, true, true],
  ])('at %s of %s disables the buttons that lead out of the range', async (index, count, isFirst, isLast) => {
    await stepper(index, count);
    expect(buttonNamed('Previous iteration')?.disabled).toBe(isFirst);
    expect(buttonNamed('Next iteration')?.disabled).toBe(isLast);
  });

  it('goes one item back or forward, counted from zero', async () => {
    await stepper(1, 3);
    await pressButton('Previous iteration');
    await pressButton('Next iteration');
    expect(changes.mock.calls).toEqual([[0], [2]]);
    expect(one('[role=group]').getAttribute('aria-label')).toBe('iteration 2 of 3');
  });

  it.each([
    ['7', [[6]]],
    [' 3 ', [[2]]],
    ['2', []],
    ['0', []],
    ['10001', []],
    ['-1', []],
    ['1.5', []],
    ['two', []],
    ['', []],
  ])('accepts the number “%s” only if it is another one in the range', async (text, calls) => {
    await stepper(1, 10_000);
    await type(field(), text);
    await pressKey(field(), 'Enter');
    expect(changes.mock.calls).toEqual(calls);
  });

  it('takes the number when its field is left, and keeps keys from the canvas', async () => {
    const onKeyDown = jest.fn();
    await show(
      <div onKeyDown={onKeyDown}>
        <Stepper what="item" index={0} count={9} onChange={changes} />
      </div>,
    );
    await type(field(), '4');
    await pressKey(field(), 'Delete');
    expect([onKeyDown.mock.calls.length, changes.mock.calls.length]).toEqual([0, 0]);
    await leaveField(field());
    expect(changes.mock.calls).toEqual([[3]]);
  });

  it('shows the number of the new item', async () => {
    await stepper(1, 3);
    await type(field(), '9');
    await stepper(2, 3);
    expect(field().value).toBe('3');
  });
});

describe('a file to save', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => {
    jest.useRealTimers();
    Object.assign(URL, { createObjectURL: undefined, revokeObjectURL: undefined });
  });

  it('has its name and its type, and its memory is released later', () => {
    const blobs: Blob[] = [];
    const revoked: string[] = [];
    Object.assign(URL, {
      createObjectURL: (blob: Blob) => `blob:${blobs.push(blob)}`,
      revokeObjectURL: (address: string) => void revoked.push(address),
    });
    const pressed: string[] = [];
    const clicks = jest.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function click(
      this: HTMLAnchorElement,
    ) {
      pressed.push(`${this.download} ${this.href}`);
    });
    saveFile('values.json', '{"a":1}');
    saveFile('answer.txt', 'Hello', 'text/plain');
    clicks.mockRestore();
    expect(pressed).toEqual(['values.json blob:1', 'answer.txt blob:2']);
    expect(blobs.map(({ type: kind, size }) => [kind, size])).toEqual([
      ['application/json', 7],
      ['text/plain', 5],
    ]);
    expect(revoked).toEqual([]);
    jest.runAllTimers();
    expect(revoked).toEqual(['blob:1', 'blob:2']);
  });
});
