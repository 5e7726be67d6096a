/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { marksOf } from './marks-of.js';
import { PageLink } from './PageLink.js';
import './PageDialog.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const boxes = [
  {
    page: 3,
    width: 200,
    height: 400,
    unit: 'pt' as const,
    lines: [[20, 40, 120, 50, 0] as [number, number, number, number, number]],
  },
];

/** The parts of a reply that the page uses: jsdom has no Response. */
const replyOf = (status: number, headers: Readonly<Record<string, string>>, body?: unknown) => ({
  ok: status === 200,
  status,
  headers: new Map(Object.entries(headers)),
  arrayBuffer: async () => new ArrayBuffer(1),
  json: async () => body,
  text: async () => JSON.stringify(body),
});

describe('the marks of a page', () => {
  it('are shares of the page, one for each line', () => {
    expect(marksOf(boxes, 3)).toEqual([{ left: '10%', top: '10%', width: '50%', height: '2.5%' }]);
    expect(marksOf(boxes, 4)).toEqual([]);
    expect(marksOf(undefined, 3)).toEqual([]);
  });

  it('stay on the page, and boxes outside it are left out', () => {
    const [first] = boxes;
    const odd = (lines: (typeof boxes)[0]['lines'], size = {}) => marksOf([{ ...first!, ...size, lines }], 3);
    expect(odd([[-50, -50, 900, 900, 0]])).toEqual([{ left: '0%', top: '0%', width: '100%', height: '100%' }]);
    expect(odd([[300, 10, 400, 20, 0]])).toEqual([]);
    expect(odd([[50, 10, 40, 20, 0]])).toEqual([]);
    expect(odd([[20, 40, 120, 50, 0]], { width: 0 })).toEqual([]);
    expect(odd(Array.from({ length: 5_000 }, () => [1, 1, 2, 2, 0]))).toHaveLength(500);
  });
});

describe('the link to the page of a source', () => {
  let root: Root;
  let container: HTMLElement;
  const asked: string[] = [];
  let reply: () => unknown;
  beforeEach(() => {
    asked.length = 0;
    reply = () => replyOf(200, { 'content-type': 'image/png' });
    Object.assign(HTMLDialogElement.prototype, {
      showModal(this: HTMLDialogElement) {
        this.open = true;
      },
      close(this: HTMLDialogElement) {
        this.open = false;
      },
    });
    Object.assign(URL, { createObjectURL: () => 'blob:page', revokeObjectURL: () => undefined });
    globalThis.fetch = jest.fn(async (address: unknown) => {
      asked.push(String(address));
      return reply();
    }) as unknown as typeof fetch;
    container = document.body.appendChild(document.createElement('div'));
    root = createRoot(container);
  });
  afterEach(() => {
    act(() => root.unmount());
    container.remove();
  });
  const click = (name: string) =>
    act(async () => {
      [...document.querySelectorAll('button')]
        .find((button) => (button.getAttribute('aria-label') ?? button.textContent ?? '').trim() === name)
        ?.click();
    });
  const settled = () => act(async () => new Promise((resolve) => setTimeout(resolve, 20)));

  it('opens the page with its marks, and turns to the next one, which has none', async () => {
    const source = { collection: 'notes', document: 'a b/c.pdf', place: { page: 3, boxes } };
    await act(async () => root.render(<PageLink source={source} />));
    await click('Show page 3');
    await settled();

    expect(asked).toEqual(['/api/collections/notes/documents/a%20b%2Fc.pdf/page?page=3']);
    expect(document.querySelector('img')?.getAttribute('src')).toBe('blob:page');
    expect(document.querySelectorAll('.page-mark')).toHaveLength(1);
    await click('Next page');
    await settled();
    expect(asked.at(-1)).toMatch(/page=4$/);
    expect(document.querySelectorAll('.page-mark')).toHaveLength(0);
    await click('Close');
    expect(document.querySelector('dialog')).toBeNull();
  });

  it('says why a page cannot be shown', async () => {
    reply = () => replyOf(404, {}, { error: { code: 'document_page', message: 'There is no page 3.' } });
    await act(async () =>
      root.render(<PageLink source={{ collection: 'notes', document: 'c.pdf', place: { page: 3 } }} />),
    );
    await click('Show page 3');
    await settled();

    expect(document.body.textContent).toContain('There is no page 3.');
  });

  it('is hidden for a source without pages, such as a slide or a text', async () => {
    for (const source of [
      { collection: 'notes', document: 'talk.pptx', place: { page: 2 } },
      { collection: 'notes', document: 'a.md', place: { line: 2 } },
      { document: 'c.pdf', place: { page: 1 } },
    ]) {
      await act(async () => root.render(<PageLink source={source} />));
      expect(container.querySelector('button')).toBeNull();
    }
  });
});
