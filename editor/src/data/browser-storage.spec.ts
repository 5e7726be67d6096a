/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { localValues, sessionValues } from './browser-storage.js';
import { chooseTheme, currentTheme } from '../ui/theme/theme.js';
import { panelSize, setPanelSize } from '../features/view/panel-size.js';

const names = ['localStorage', 'sessionStorage'] as const;
const real = names.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);
const realMedia = globalThis.matchMedia;

describe('a browser whose settings forbid storage', () => {
  beforeEach(() => {
    for (const name of names)
      Object.defineProperty(globalThis, name, {
        configurable: true,
        get: () => {
          throw new DOMException('Access is denied for this document.', 'SecurityError');
        },
      });
    Object.assign(globalThis, { matchMedia: () => ({ matches: false }) });
  });
  afterEach(() => {
    for (const [name, descriptor] of real)
      if (descriptor !== undefined) Object.defineProperty(globalThis, name, descriptor);
    Object.assign(globalThis, { matchMedia: realMedia });
  });

  it('keeps stored values while the page is open', () => {
    for (const values of [localValues, sessionValues]) {
      values().setItem('heddle.test', 'a');
      expect([values().getItem('heddle.test'), values().length, values().key(0)]).toEqual(['a', 1, 'heddle.test']);
      values().removeItem('heddle.test');
      expect(values().getItem('heddle.test')).toBeNull();
    }
  });

  it('still applies a chosen panel size and theme', () => {
    setPanelSize({ width: 400 });
    expect(panelSize.getState().width).toBe(400);
    chooseTheme('dark');
    expect(currentTheme()).toBe('dark');
    chooseTheme(undefined);
    expect(currentTheme()).toBe('light');
  });
});
