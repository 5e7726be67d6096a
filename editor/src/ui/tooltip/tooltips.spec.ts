/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { tooltipPosition } from './tooltip-position.js';
import { startTooltips } from './tooltips.js';

let stop: () => void;
beforeEach(() => {
  jest.useFakeTimers();
  document.body.innerHTML =
    '<button id="a" data-tip="Undo (Ctrl+Z)" aria-describedby="note"><svg></svg></button><button id="b" data-tip="Redo">Redo</button><button id="c">Plain</button><p id="note">Note</p>';
  stop = startTooltips();
});
afterEach(() => {
  stop();
  jest.useRealTimers();
});

const element = (id: string): HTMLElement => document.getElementById(id) ?? document.body;
const tip = (): string | undefined => document.querySelector('[role=tooltip]')?.textContent ?? undefined;
/** jsdom has no pointer events. */
function point(kind: 'pointerover' | 'pointerdown', target: Element, pointerType = 'mouse', buttons = 0): void {
  target.dispatchEvent(Object.assign(new MouseEvent(kind, { bubbles: true, buttons }), { pointerType }));
}
const wait = (ms: number): void => {
  jest.advanceTimersByTime(ms);
};
const focusByKey = (id: string): void => {
  document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Tab' }));
  element(id).focus();
};

describe('a tooltip under the mouse', () => {
  it('appears after a delay, adds to the description of its control, and disappears after the pointer left', () => {
    point('pointerover', document.querySelector('svg') ?? document.body);
    wait(400);
    expect(tip()).toBeUndefined();
    wait(200);
    expect([tip(), element('a').getAttribute('aria-describedby')]).toEqual(['Undo (Ctrl+Z)', 'note tooltip']);
    point('pointerover', document.body);
    wait(200);
    expect([tip(), element('a').getAttribute('aria-describedby')]).toEqual([undefined, 'note']);
  });

  it('appears at once when another one was just shown, and stays while the pointer is on it', () => {
    point('pointerover', element('a'));
    wait(600);
    point('pointerover', element('b'));
    wait(1);
    expect(tip()).toBe('Redo');
    point('pointerover', element('c'));
    point('pointerover', document.querySelector('[role=tooltip]') ?? document.body);
    wait(1000);
    expect(tip()).toBe('Redo');
  });

  it('does not repeat the text of its control to screen readers', () => {
    point('pointerover', element('b'));
    wait(600);
    expect(element('b').hasAttribute('aria-describedby')).toBe(false);
  });

  it('disappears with a press, and does not reappear until the pointer was elsewhere', () => {
    point('pointerover', element('a'));
    wait(600);
    point('pointerdown', element('a'));
    expect(tip()).toBeUndefined();
    point('pointerover', document.querySelector('svg') ?? document.body);
    wait(1000);
    expect(tip()).toBeUndefined();
    point('pointerover', document.body);
    point('pointerover', element('a'));
    wait(600);
    expect(tip()).toBe('Undo (Ctrl+Z)');
  });

  it('does not appear on touch, during a drag, or when the pointer only passes', () => {
    point('pointerover', element('a'), 'touch');
    wait(1000);
    point('pointerover', element('a'), 'mouse', 1);
    wait(1000);
    point('pointerover', element('a'));
    wait(300);
    point('pointerover', element('c'));
    wait(1000);
    expect(tip()).toBeUndefined();
  });

  it('disappears with its control, and follows a new text', async () => {
    point('pointerover', element('a'));
    wait(600);
    element('a').setAttribute('data-tip', 'Nothing to undo');
    await Promise.resolve();
    expect(tip()).toBe('Nothing to undo');
    element('a').remove();
    await Promise.resolve();
    expect(tip()).toBeUndefined();
  });
});

describe('a tooltip of the focus', () => {
  it('appears at once with the keyboard, and disappears with Escape, which keeps its other effects', () => {
    focusByKey('a');
    expect(tip()).toBe('Undo (Ctrl+Z)');
    const escape = new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true });
    element('a').dispatchEvent(escape);
    expect([tip(), escape.defaultPrevented]).toEqual([undefined, false]);
  });

  it('disappears when the focus moves on', () => {
    focusByKey('a');
    focusByKey('c');
    expect(tip()).toBeUndefined();
  });

  it('does not appear with a tap', () => {
    point('pointerdown', element('a'), 'touch');
    element('a').focus();
    expect(tip()).toBeUndefined();
  });
});

describe('the position of a tooltip', () => {
  const page = { width: 390, height: 844 };
  const tooltip = { width: 200, height: 30 };
  it.each([
    ['below, in the middle', { left: 150, top: 100, width: 40, height: 30 }, { left: 70, top: 136 }],
    ['inside at the left edge', { left: 0, top: 100, width: 40, height: 30 }, { left: 4, top: 136 }],
    ['inside at the right edge', { left: 370, top: 100, width: 20, height: 30 }, { left: 186, top: 136 }],
    ['above at the bottom', { left: 150, top: 810, width: 40, height: 30 }, { left: 70, top: 774 }],
    [
      'inside over a control as high as the window',
      { left: 150, top: 0, width: 40, height: 844 },
      { left: 70, top: 810 },
    ],
  ])('is %s', (_where, control, corner) => {
    expect(tooltipPosition(control, tooltip, page)).toEqual(corner);
  });

  it('is beside a control of a column, and below it when there is no room', () => {
    const control = { left: 5, top: 100, width: 36, height: 36 };
    expect(tooltipPosition(control, tooltip, page, true)).toEqual({ left: 47, top: 103 });
    expect(tooltipPosition({ ...control, left: 300 }, tooltip, page, true)).toEqual({ left: 186, top: 142 });
  });
});
