/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { ApiError } from '../../data/http/http.js';
import { NotOpened } from './NotOpened.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let root: Root;
let container: HTMLElement;
let asked: number;

beforeEach(() => {
  asked = 0;
  container = document.createElement('div');
  root = createRoot(container);
});
afterEach(() => act(() => root.unmount()));

const show = (code: string, status: number): void =>
  act(() =>
    root.render(
      <NotOpened
        error={
          new ApiError(
            code,
            "Workflow 'x' does not exist: list the workflows with heddle export, or create it.",
            status,
          )
        }
        again={() => (asked += 1)}
      />,
    ),
  );

it('explains a missing workflow with a text of the page, a link home and no retry', () => {
  show('workflow_not_found', 404);
  expect(container.querySelector('h1')?.textContent).toBe('The workflow does not exist');
  expect(container.textContent).not.toContain('heddle export');
  expect(container.querySelector('button')).toBeNull();
  expect(container.querySelector('a')?.getAttribute('href')).toBe('/');
});

it('shows the message of a failure, and lets the user try again', () => {
  show('internal', 500);
  expect(container.querySelector('[role=alert]')?.textContent).toContain("Workflow 'x' does not exist");
  act(() => container.querySelector('button')?.click());
  expect(asked).toBe(1);
});
