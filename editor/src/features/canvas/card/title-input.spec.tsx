/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { TitleInput } from './TitleInput.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let root: Root;
let container: HTMLElement;
let frames: FrameRequestCallback[];

beforeEach(() => {
  frames = [];
  jest.spyOn(globalThis, 'requestAnimationFrame').mockImplementation((callback) => frames.push(callback));
  container = document.body.appendChild(document.createElement('div'));
  root = createRoot(container);
});
afterEach(() => {
  act(() => root.unmount());
  container.remove();
  jest.restoreAllMocks();
});

const show = () =>
  act(() => root.render(<TitleInput label="Title" value="Prompt" onSave={() => undefined} onEnd={() => undefined} />));
const nextFrame = () => act(() => frames.splice(0).forEach((callback) => callback(0)));

it('takes the focus at once if it can, with its text selected', () => {
  show();
  const input = container.querySelector('input');
  expect(document.activeElement).toBe(input);
  expect([input?.selectionStart, input?.selectionEnd, frames.length]).toEqual([0, 6, 0]);
});

it('takes the focus at a later frame when its node is hidden until it is measured', () => {
  const focus = jest.spyOn(HTMLElement.prototype, 'focus').mockImplementation(() => undefined);
  show();
  nextFrame();
  expect([document.activeElement, frames.length]).toEqual([document.body, 1]);
  focus.mockRestore();
  nextFrame();
  expect([document.activeElement, frames.length]).toEqual([container.querySelector('input'), 0]);
});
