import { describe, expect, it } from '@jest/globals';
import { createBell } from './bell.js';

describe('a bell', () => {
  it('wakes a waiter once for all rings since the last wait, before the wait or during it', async () => {
    const bell = createBell();
    bell.ring();
    bell.ring();
    await bell.heard();
    const heard: string[] = [];
    const waiting = bell.heard().then(() => heard.push('heard'));
    await Promise.resolve();
    expect(heard).toEqual([]);
    bell.ring();
    await waiting;
    expect(heard).toEqual(['heard']);
  });
});
