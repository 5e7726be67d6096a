import { describe, expect, it } from '@jest/globals';
import { untilAborted } from './until-aborted.js';

describe('untilAborted', () => {
  it('returns the result of the promise, and throws its failure', async () => {
    const { signal } = new AbortController();
    expect(await untilAborted(Promise.resolve(1), signal)).toBe(1);
    expect(await untilAborted(Promise.resolve(2), undefined)).toBe(2);
    await expect(untilAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
  });

  it('stops waiting when the signal aborts or has aborted before', async () => {
    const controller = new AbortController();
    const waiting = untilAborted(new Promise(() => undefined), controller.signal);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
    await expect(untilAborted(new Promise(() => undefined), controller.signal)).rejects.toMatchObject({
      code: 'aborted',
    });
  });
});
