/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LabelledValue } from '@heddle/core';
import { act, type ReactElement } from 'react';
import { all, buttonNamed, one, pageText, press, pressButton, texts } from '../testing/fake-person.js';
import { openFakePage, type FakePage } from '../testing/fake-page.js';
import { ChatView } from './ChatView.js';
import { FileView } from './FileView.js';
import { JsonText } from './JsonText.js';
import { LongText } from './LongText.js';
import { TableView } from './TableView.js';
import { TreeView } from './TreeView.js';
import { ValueView } from './ValueView.js';
import { VectorView } from './VectorView.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let page: FakePage;
let asked: string[];
let reply: unknown;
let refusal: { readonly status: number; readonly body?: unknown };
beforeEach(() => {
  [asked, reply, refusal] = [[], undefined, { status: 404 }];
  page = openFakePage(
    (_method, path) => {
      asked.push(path);
      return reply;
    },
    () => refusal,
  );
});
afterEach(() => page.leave());
const show = (element: ReactElement): Promise<void> => act(async () => page.root.render(element));
const label: LabelledValue['label'] = { level: 'internal', marks: [] };
const hostile = '<img src=x onerror=alert(1)>';

describe('a value of a run', () => {
  it.each<[string, unknown, string]>([
    ['a text', 'Hello', 'Hello'],
    ['zero', 0, '0'],
    ['false', false, 'false'],
    ['an empty text', '', 'Empty'],
    ['an empty list', [], 'Empty'],
    ['null', null, 'Empty'],
  ])('that is %s is shown as text', async (_what, value, shown) => {
    await show(<ValueView value={{ value, label }} />);
    expect(one('.value-view').textContent).toContain(shown);
  });

  it('with several views shows the chosen one', async () => {
    await show(<ValueView value={{ value: [{ a: 1 }, { a: 2 }], label }} />);
    expect(texts('.view-choice button')).toEqual(['Table', 'Tree', 'JSON']);
    expect(all('table')).toHaveLength(1);
    await pressButton('JSON');
    expect([all('table'), buttonNamed('JSON')?.getAttribute('aria-pressed')]).toEqual([[], 'true']);
    expect(one('pre').textContent).toContain('"a": 2');
  });

  it('that is small and was sent as a preview is loaded whole at once', async () => {
    reply = { value: 'The whole text', label };
    await show(<ValueView value={{ preview: 'The wh', size: 500, label }} runId="r" path="each[2]/a" port="text" />);
    expect(asked).toEqual(['/api/runs/r/values?path=each%5B2%5D%2Fa&port=text']);
    expect(pageText()).toContain('The whole text');
    expect(pageText()).not.toContain('Truncated');
  });

  it('that cannot be loaded keeps its beginning, and says why', async () => {
    refusal = { status: 403, body: { error: { code: 'forbidden', message: 'Not for you.', retryable: false } } };
    await show(<ValueView value={{ preview: 'The wh', size: 500, label }} runId="r" path="a" port="text" />);
    expect(one('pre').textContent).toBe('The wh');
    expect(texts('.field-error')).toEqual(['Not for you.']);
  });

  it('without a location to load from is its preview, marked as such', async () => {
    await show(<ValueView value={{ preview: 'The wh', size: 5_000_000, label }} />);
    expect([asked, texts('[role=status]')]).toEqual([[], ['Truncated (5.0 MB in total).']]);
  });

  it('is never rendered as markup', async () => {
    for (const value of [hostile, [hostile], { [hostile]: hostile }, [{ [hostile]: hostile }]]) {
      await act(async () => page.root.render(null));
      await show(<ValueView value={{ value, label }} />);
      expect([all('img'), pageText().includes('onerror')]).toEqual([[], true]);
    }
  });
});

describe('a table of values', () => {
  it('shows fifty of ten thousand rows, and more on request', async () => {
    await show(<TableView rows={Array.from({ length: 10_000 }, (_none, index) => ({ n: index }))} />);
    expect([all('tbody tr').length, texts('p.quiet').at(-1)]).toEqual([50, '50 of 10,000 rows. Show more']);
    await pressButton('Show more');
    expect(all('tbody tr')).toHaveLength(250);
  });

  it('has a cell for each column, which is empty when the row has no such key', async () => {
    await show(
      <TableView
        rows={[
          { a: 0, b: null },
          { c: false, constructor: 'x' },
        ]}
      />,
    );
    expect(texts('th')).toEqual(['#', 'a', 'b', 'c', 'constructor']);
    expect(texts('tbody tr:first-child td')).toEqual(['1', '0', '', '', '']);
    expect(texts('tbody tr:last-child td')).toEqual(['2', '', '', 'false', 'x']);
  });

  it('counts the columns that it does not show', async () => {
    const wide = Object.fromEntries(Array.from({ length: 45 }, (_none, index) => [`k${index}`, index]));
    await show(<TableView rows={[wide]} />);
    expect([all('th').length, pageText().includes('5 more columns in the tree view.')]).toEqual([41, true]);
  });
});

describe('a tree of values', () => {
  it('opens and closes its parts, and does not draw closed ones', async () => {
    await show(<TreeView value={{ list: [1, 2], text: 'x', none: [] }} />);
    const toggle = one('.tree-toggle');
    expect([toggle.getAttribute('aria-expanded'), texts('.tree-key')]).toEqual([
      'true',
      ['list', '0', '1', 'text', 'none'],
    ]);
    await press(toggle);
    expect([toggle.getAttribute('aria-expanded'), texts('.tree-key')]).toEqual(['false', ['list', 'text', 'none']]);
  });

  it('of ten thousand entries shows a hundred at first, all of them closed', async () => {
    await show(<TreeView value={Array.from({ length: 10_000 }, () => ({ a: 1 }))} />);
    expect([all('.tree-toggle').length, all('[aria-expanded=true]')]).toEqual([100, []]);
    await pressButton('Show more');
    expect(all('.tree-toggle')).toHaveLength(500);
  });

  it('cuts a long text, and shows all of it on request', async () => {
    await show(<TreeView value={{ text: 'x'.repeat(5000) }} />);
    expect(one('.tree-text').textContent?.length).toBeLessThan(300);
    await pressButton('all 5,000 characters');
    expect(one('.tree-text').textContent?.length).toBeGreaterThan(5000);
    await pressButton('less');
    expect(one('.tree-text').textContent?.length).toBeLessThan(300);
  });

  it.each([
    [[], 'Empty list'],
    [{}, 'Empty object'],
    [null, 'null'],
    [0, '0'],
    ['a "b"', '"a \\"b\\""'],
  ])('of %j says %s', async (value, text) => {
    await show(<TreeView value={value} />);
    expect(pageText()).toBe(text);
  });
});

describe('a long text', () => {
  it.each([
    ['plain', <LongText key="p" text={'x'.repeat(300_000)} />, '.value-text', 220_000],
    ['JSON', <JsonText key="j" value={'x'.repeat(300_000)} />, 'pre', 120_000],
  ])('as %s is shown in parts', async (_what, element, selector, then) => {
    await show(element);
    expect(one(selector).textContent).toHaveLength(20_000);
    expect(texts('p.quiet').at(-1)).toContain('The first 20,000 of 300,000 characters.');
    await pressButton('Show more');
    expect(one(selector).textContent).toHaveLength(then);
  });

  it('shows characters that would change its reading direction', async () => {
    await show(<LongText text={'invoice\u202Efdp.exe'} />);
    expect(pageText()).toBe('invoice⟨U+202E⟩fdp.exe');
    expect(one('p').dir).toBe('auto');
  });
});

describe('other kinds of values', () => {
  it('vectors show their length, even of zeros, and only twenty at first', async () => {
    await show(<VectorView vectors={Array.from({ length: 21 }, () => Array.from({ length: 768 }, () => 0))} />);
    expect(texts('.vectors li')).toHaveLength(20);
    expect(texts('.vectors li p')[0]).toBe('768 dimensions length 0.000');
    await pressButton('Show more');
    expect(texts('.vectors li')).toHaveLength(21);
  });

  it('files link to their content only, whatever their id says', async () => {
    await show(<FileView files={[{ id: '../../evil?x', name: 'a\u202Eb.txt', mediaType: 'text/html', size: 0 }]} />);
    expect(one('a').getAttribute('href')).toBe('/api/files/..%2F..%2Fevil%3Fx');
    expect([texts('.file-name'), texts('.file-line .figure'), all('img')]).toEqual([
      ['a⟨U+202E⟩b.txt'],
      ['text/html · 0 B'],
      [],
    ]);
  });

  it('an SVG image is offered as a file, and a large image is shown on request', async () => {
    const file = { id: 'f', name: 'x', mediaType: 'image/svg+xml', size: 10 };
    await show(<FileView files={[file, { ...file, mediaType: 'image/png', size: 9_000_000 }]} />);
    expect([asked, all('img')]).toEqual([[], []]);
    refusal = { status: 503 };
    await pressButton('Show image (9.0 MB)');
    expect(asked).toEqual(['/api/files/f']);
    expect(texts('.field-error')[0]).toContain('Heddle does not answer.');
  });

  it('a conversation names the roles, and shows tool calls closed', async () => {
    await show(
      <ChatView
        messages={[
          { role: 'user', content: hostile },
          { role: 'assistant', content: '', toolCalls: [{ id: 'c', name: 'search', arguments: { q: 'wool' } }] },
          { role: 'tool', name: 'search', content: 'Nothing.' },
        ]}
      />,
    );
    expect(texts('.chat-role')).toEqual(['User', 'Assistant', 'Tool search']);
    expect([texts('summary'), one<HTMLDetailsElement>('details').open, all('img')]).toEqual([
      ['Calls search'],
      false,
      [],
    ]);
  });
});
