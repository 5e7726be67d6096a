import { describe, expect, it } from '@jest/globals';
import { createLimits } from './limits.js';

describe('limits', () => {
  it('gives slots first come, first served, and reports positions in the queue', () => {
    const limits = createLimits(() => 1);
    const seen: string[] = [];
    const take = (name: string) =>
      limits.acquire(
        ['m'],
        () => seen.push(name),
        (limit, position) => seen.push(`${name} ${limit} ${position}`),
      );
    take('a');
    take('b');
    take('c');
    expect(seen.splice(0)).toEqual(['a', 'b m 1', 'c m 2']);
    limits.release(['m']);
    expect(seen.splice(0)).toEqual(['c m 1', 'b m 0', 'b']);
  });

  it('takes several slots together or none, and lets requests for other slots pass meanwhile', () => {
    const limits = createLimits((name) => (name === 'wide' ? 2 : 1));
    const seen: string[] = [];
    limits.acquire(['a'], () => seen.push('holds a'));
    limits.acquire(['a', 'b'], () => seen.push('both'));
    limits.acquire(['wide'], () => seen.push('passes'));
    limits.acquire(['b'], () => seen.push('after both'));
    expect(seen.splice(0)).toEqual(['holds a', 'passes']);
    limits.release(['a']);
    expect(seen.splice(0)).toEqual(['both']);
    limits.release(['a', 'b']);
    expect(seen).toEqual(['after both']);
  });

  it('removes a request that is given up from the queue', () => {
    const limits = createLimits(() => 1);
    const seen: string[] = [];
    limits.acquire(['m'], () => seen.push('a'));
    const giveUp = limits.acquire(['m'], () => seen.push('b'));
    limits.acquire(['m'], () => seen.push('c'));
    giveUp();
    giveUp();
    limits.release(['m']);
    expect(seen).toEqual(['a', 'c']);
  });

  it('never waits if there is no limit', () => {
    const limits = createLimits(() => Infinity);
    let count = 0;
    for (let index = 0; index < 100; index += 1) limits.acquire(['m'], () => (count += 1));
    expect(count).toBe(100);
  });
});
