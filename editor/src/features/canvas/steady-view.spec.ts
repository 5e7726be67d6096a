/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createSteadyView, type SteadyView } from './steady-view.js';

let canvas: HTMLElement;
let steady: SteadyView;
let isReduced: boolean;
const setViewport = jest.fn(() => Promise.resolve(true));
const here = { x: 10, y: 20, zoom: 1 };

beforeEach(() => {
  jest.useFakeTimers();
  isReduced = false;
  Object.assign(window, { matchMedia: () => ({ matches: isReduced }) });
  canvas = document.body.appendChild(document.createElement('div'));
  setViewport.mockClear();
  steady = createSteadyView({ getViewport: () => here, setViewport }, canvas);
});
afterEach(() => {
  steady.end();
  canvas.remove();
  jest.useRealTimers();
});

const press = () => canvas.dispatchEvent(new Event('pointerdown', { bubbles: true }));
const release = (kind = 'pointerup') => window.dispatchEvent(new Event(kind));

describe('a view that the program moves', () => {
  it('moves at once when no pointer is pressed, without animation for reduced motion', () => {
    const move = jest.fn();
    steady.move(move);
    isReduced = true;
    steady.move(move);
    expect(move.mock.calls).toEqual([[160], [0]]);
  });

  it.each(['pointerup', 'pointercancel'])('waits for %s, and makes only the last movement', (kind) => {
    const first = jest.fn();
    const last = jest.fn();
    press();
    steady.move(first);
    steady.move(last);
    jest.runAllTimers();
    expect(last).not.toHaveBeenCalled();
    release(kind);
    // The handlers of the release run before the movement.
    expect(last).not.toHaveBeenCalled();
    jest.runAllTimers();
    expect([first.mock.calls.length, last.mock.calls.length]).toEqual([0, 1]);
    release(kind);
    jest.runAllTimers();
    expect(last).toHaveBeenCalledTimes(1);
  });

  it('stops once when a pointer is pressed', () => {
    press();
    release();
    expect(setViewport).not.toHaveBeenCalled();
    steady.move(() => undefined);
    press();
    release();
    press();
    expect(setViewport.mock.calls).toEqual([[here]]);
  });
});
