/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act } from 'react';
import { openFakePage, type FakePage } from '../testing/fake-page.js';
import { all, buttonNamed, one, press, pressKey, texts, type } from '../testing/fake-person.js';
import '../markdown/MarkdownBody.js';
import { ChatComposer } from './ChatComposer.js';
import { ChatAnswer, ChatQuestion } from './ChatMessages.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let page: FakePage;
let sent: unknown[];
let stops: number;
let isAccepted: boolean;
beforeEach(() => {
  page = openFakePage(() => undefined);
  sent = [];
  stops = 0;
  isAccepted = true;
});
afterEach(() => page.leave());

const show = (isBusy = false, files?: { isMany: boolean; isImage: boolean; maxBytes: number }): Promise<void> =>
  act(async () =>
    page.root.render(
      <ChatComposer
        isBusy={isBusy}
        files={files}
        onSend={(text, given) => {
          sent.push([text, ...given.map(({ name }) => name)]);
          return isAccepted;
        }}
        onStop={() => void (stops += 1)}
      />,
    ),
  );
const field = (): HTMLTextAreaElement => one('textarea');
const choose = (...files: readonly File[]): Promise<void> =>
  act(async () => {
    const input = one<HTMLInputElement>('input[type=file]');
    Object.defineProperty(input, 'files', { value: files, configurable: true });
    Object.defineProperty(input, 'value', { value: '', writable: true, configurable: true });
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });

describe('the message field of a chat', () => {
  it('sends with Enter and is empty afterwards, and adds a line with Shift and Enter', async () => {
    await show();
    await type(field(), ' Why? ');
    expect(await pressKey(field(), 'Enter', { shiftKey: true })).toBe(true);
    expect(sent).toEqual([]);
    await pressKey(field(), 'Enter');
    expect([sent, field().value]).toEqual([[['Why?']], '']);
  });

  it('keeps a message that is not accepted', async () => {
    isAccepted = false;
    await show();
    await type(field(), 'Why?');
    await press(buttonNamed('Send') as HTMLElement);
    expect([sent, field().value]).toEqual([[['Why?']], 'Why?']);
  });

  it('says that a message is missing, until one is written', async () => {
    await show();
    await pressKey(field(), 'Enter');
    expect([sent, texts('[role=alert]')]).toEqual([[], ['Enter a message first.']]);
    await type(field(), 'a');
    expect(texts('[role=alert]')).toEqual([]);
  });

  it('stops the answer while one streams, and sends nothing', async () => {
    await show(true);
    await type(field(), 'Why?');
    await pressKey(field(), 'Enter');
    await press(buttonNamed('Stop') as HTMLElement);
    expect([sent, stops]).toEqual([[], 1]);
  });

  it('sends nothing while an input method composes', async () => {
    await show();
    await type(field(), 'Why?');
    await pressKey(field(), 'Enter', { isComposing: true });
    expect(sent).toEqual([]);
  });

  it('sends files that fit, and names the one that is too large', async () => {
    await show(false, { isMany: true, isImage: false, maxBytes: 1 });
    await choose(new File(['x'], 'a.txt'), new File(['xx'], 'large.txt'));
    expect(texts('[role=alert]')).toEqual(["'large.txt' is larger than 1 B."]);
    await choose(new File(['x'], 'b.txt'), new File(['x'], 'c.txt'));
    await press(buttonNamed('Remove b.txt') as HTMLElement);
    await type(field(), 'See');
    await pressKey(field(), 'Enter');
    expect([sent, all('.chat-attached')]).toEqual([[['See', 'a.txt', 'c.txt']], []]);
  });

  it('offers no files when none are allowed', async () => {
    await show();
    expect(all('input[type=file]')).toEqual([]);
  });
});

describe('a message and its answer', () => {
  const draw = (...content: readonly React.ReactElement[]): Promise<void> => act(async () => page.root.render(content));

  it('are text and Markdown, never HTML, with the names of files', async () => {
    await draw(
      <ChatQuestion key="q" text="<b>Why</b>" files={['a\u202E.txt']} />,
      <ChatAnswer key="a" text={'**So** <img src=x>'} />,
    );
    expect([texts('.chat-question')[0], texts('.chat-file')]).toEqual([
      'You: <b>Why</b>a⟨U+202E⟩.txt',
      ['a⟨U+202E⟩.txt'],
    ]);
    expect([texts('strong'), all('b, img')]).toEqual([['So'], []]);
  });

  it('show when they wait, stream and fail', async () => {
    await draw(<ChatAnswer key="a" text="" isWriting />);
    expect(texts('.chat-dots')).toEqual(['Running…']);
    await draw(<ChatAnswer key="a" text="So" isWriting />);
    expect([texts('.chat-dots'), all('.caret').length]).toEqual([[], 1]);
    await draw(<ChatAnswer key="a" text="" error="It failed." />);
    expect(texts('.failed-text')).toEqual(['It failed.']);
  });
});
