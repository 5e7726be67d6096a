/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { loadPart } from './lazy-page.js';

const realFetch = globalThis.fetch;
let isAway: boolean;
let asked: number;
beforeEach(() => {
  jest.useFakeTimers();
  sessionStorage.clear();
  [isAway, asked] = [true, 0];
  globalThis.fetch = async () => {
    asked += 1;
    if (isAway) throw new TypeError('Failed to fetch');
    return {} as Response;
  };
});
afterEach(() => {
  jest.useRealTimers();
  globalThis.fetch = realFetch;
});

describe('a part of a page', () => {
  it('waits for an unreachable server, and does not reload the page', async () => {
    const load = async (): Promise<string> => {
      if (isAway) throw new TypeError('Failed to fetch dynamically imported module');
      return 'the part';
    };
    const part = loadPart(load);
    await jest.advanceTimersByTimeAsync(5000);
    expect([asked, sessionStorage.getItem('heddle.reloaded')]).toEqual([6, null]);
    isAway = false;
    await jest.advanceTimersByTimeAsync(1000);
    expect(await part).toBe('the part');
  });

  it('that is still missing after a reload of the page is an error', async () => {
    isAway = false;
    sessionStorage.setItem('heddle.reloaded', String(Date.now()));
    const load = async (): Promise<string> => {
      throw new TypeError('Failed to fetch dynamically imported module');
    };
    await expect(loadPart(load)).rejects.toThrow('dynamically imported');
  });
});
