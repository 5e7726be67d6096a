/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import './GrowingBody.js';
import { Markdown } from './Markdown.js';
import { WrittenText } from './WrittenText.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let root: Root;
let container: HTMLElement;
beforeEach(() => {
  container = document.createElement('div');
  root = createRoot(container);
});
afterEach(() => act(() => root.unmount()));

const write = (text: string, isWriting = true): Promise<void> =>
  act(async () => root.render(<WrittenText text={text} isWriting={isWriting} />));
const aPace = (): Promise<void> => act(() => new Promise<void>((resolve) => setTimeout(resolve, 1_200)));

it('formats a text while it is written, and keeps finished elements', async () => {
  await write('Take **war');
  expect(container.querySelector('strong')?.textContent).toBe('war');
  await write('# Yarn\n\nTake **warp** and');
  await aPace();
  const heading = container.querySelector('[role="heading"]');
  expect(heading?.textContent).toBe('Yarn');
  await write('# Yarn\n\nTake **warp** and [weft](https://exam');
  await aPace();
  expect(container.textContent).toBe('YarnTake warp and weft');
  expect(container.querySelector('[role="heading"]')).toBe(heading);
  expect(container.querySelector('[data-writing]')).not.toBeNull();
});

it('draws a text that changes with every token at a steady pace, and its end at once', async () => {
  await write('- a');
  for (const text of ['- a\n- b', '- a\n- b\n- c', '- a\n- b\n- c\n- d']) await write(text);
  expect(container.querySelectorAll('li').length).toBe(1);
  await write('- a\n- b\n- c\n- d\n- e', false);
  expect(container.querySelectorAll('li').length).toBe(5);
  expect(container.querySelector('[data-writing]')).toBeNull();
});

it('shows a text without Markdown as it arrives, with a caret', async () => {
  await write('48 euros a day');
  expect(container.querySelector('p.answer')?.textContent).toBe('48 euros a day');
  expect(container.querySelector('.caret')).not.toBeNull();
});

it('shows the whole text at the end without a moment of plain text', async () => {
  await write('Take **warp**');
  act(() => root.render(<Markdown text="Take **warp** and weft" />));
  expect(container.textContent).toBe('Take warp and weft');
});
