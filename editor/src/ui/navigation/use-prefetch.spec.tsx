/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { act } from 'react';
import { openFakePage, type FakePage } from '../testing/fake-page.js';
import { usePrefetch } from './use-prefetch.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let page: FakePage;
let fetched: string[];
let parts: readonly (() => Promise<unknown>)[];

function Page(): null {
  usePrefetch(parts);
  return null;
}

beforeEach(async () => {
  jest.useFakeTimers();
  fetched = [];
  parts = ['menu', 'gone', 'dialog'].map((name) => async () => {
    fetched.push(name);
    if (name === 'gone') throw new Error('this part is gone');
  });
  page = openFakePage(() => undefined);
  await act(async () => page.root.render(<Page />));
});
afterEach(() => {
  page.leave();
  jest.useRealTimers();
});

const wait = (ms: number): Promise<void> => act(() => jest.advanceTimersByTimeAsync(ms));

describe('parts that are fetched ahead', () => {
  it('are fetched after the page was shown for a while, even after one that fails', async () => {
    await wait(2000);
    expect(fetched).toEqual([]);
    await wait(2000);
    expect(fetched).toEqual(['menu', 'gone', 'dialog']);
  });

  it('are not fetched for a page that was left', async () => {
    await act(async () => page.root.render(null));
    await wait(10_000);
    expect(fetched).toEqual([]);
  });
});
