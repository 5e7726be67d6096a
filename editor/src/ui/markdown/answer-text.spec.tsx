/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import './MarkdownBody.js';
import { AnswerText } from './AnswerText.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const citations = [{ number: 1, passageId: 'p', documentId: 'd', title: 'Expenses', quote: '48 euros' }] as never;
let root: Root;
let container: HTMLElement;

beforeEach(() => {
  container = document.createElement('div');
  root = createRoot(container);
});
afterEach(() => act(() => root.unmount()));

const show = (text: string): Promise<void> =>
  act(async () => root.render(<AnswerText text={text} citations={citations} />));

it('shows a Markdown answer formatted, with numbers that lead to their sources', async () => {
  await show('A weaver needs:\n\n1. **Yarn** [1], and\n2. a loom [2].');
  expect([...container.querySelectorAll('li')].map(({ textContent }) => textContent)).toEqual([
    'Yarn\u20091, and',
    'a loom [2].',
  ]);
  expect(container.querySelector('strong')?.textContent).toBe('Yarn');
  expect([...container.querySelectorAll('a')].map((mark) => mark.getAttribute('href'))).toEqual(['#source-1']);
});

it('shows any other answer unchanged, with numbers that lead to their sources', async () => {
  await show('48 euros a day [1].\n  2 * 3 * 4');
  expect(container.querySelector('p.answer')?.textContent).toBe('48 euros a day\u20091.\n  2 * 3 * 4');
  expect(container.querySelector('a')?.getAttribute('href')).toBe('#source-1');
});
