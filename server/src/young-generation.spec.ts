import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mostBytes, widenYoungGeneration } from './young-generation.js';

describe('the young generation of V8', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('may be widened until it is wide enough, and again where V8 has made it narrower', () => {
    const flags: string[] = [];
    let bytes = 1024 * 1024;
    const stop = widenYoungGeneration(
      () => bytes,
      (flag) => void flags.push(flag),
    );
    expect(flags).toEqual(['--semi-space-growth-factor=2']);
    bytes = mostBytes - 1;
    jest.advanceTimersByTime(5_000);
    expect(flags).toHaveLength(1);
    bytes = mostBytes;
    jest.advanceTimersByTime(5_000);
    expect(flags.slice(1)).toEqual(['--semi-space-growth-factor=1']);
    bytes = 1024 * 1024;
    jest.advanceTimersByTime(1_000);
    expect(flags.slice(2)).toEqual(['--semi-space-growth-factor=2']);
    stop();
    bytes = mostBytes;
    jest.advanceTimersByTime(5_000);
    expect(flags).toHaveLength(3);
  });
});
