/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { usePanePairs } from './use-pane-pairs.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let root: Root;
let container: HTMLElement;
let pairs: boolean[];

function Shown() {
  const isPair = usePanePairs();
  return (
    <>
      <div className="pane" onClick={(event) => pairs.push(isPair(event))} />
      <button type="button" onMouseDown={(event) => event.stopPropagation()} />
    </>
  );
}

beforeEach(() => {
  pairs = [];
  container = document.body.appendChild(document.createElement('div'));
  root = createRoot(container);
  act(() => root.render(<Shown />));
});
afterEach(() => {
  act(() => root.unmount());
  container.remove();
});

/** A mouse click: the first, second or a later one of a series. */
function click(selector: string, detail: number): void {
  const target = container.querySelector(selector);
  for (const type of ['mousedown', 'mouseup', 'click'])
    target?.dispatchEvent(new MouseEvent(type, { bubbles: true, detail }));
}

describe('a pair of clicks on the pane', () => {
  it('counts when both clicks fall on the pane', () => {
    click('.pane', 1);
    click('.pane', 2);
    click('.pane', 3);
    expect(pairs).toEqual([false, true, false]);
  });

  it('does not count when the first click fell on a button above the pane', () => {
    click('.pane', 1);
    click('button', 1);
    click('.pane', 2);
    expect(pairs).toEqual([false, false]);
  });
});
