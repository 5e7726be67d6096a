import { describe, expect, it } from '@jest/globals';
import { runSign, runSummary } from './run-summary.js';

describe('the summary of how a node runs', () => {
  it('is empty when every setting has its default', () => {
    expect(runSummary(undefined)).toBeUndefined();
    expect(runSummary({ retry: { attempts: 1, backoffMs: 500 }, join: 'all', atMostOnce: false })).toBeUndefined();
  });

  it('lists the settings that differ from their defaults', () => {
    expect(runSummary({ retry: { attempts: 3, backoffMs: 500 }, wallMs: 30_000 })).toBe('3 attempts, timeout 30 s');
    expect(runSummary({ idleMs: 120_000, join: 'any', atMostOnce: true, disabled: true })).toBe(
      'idle timeout 2 min, starts at the first input, at most once, bypassed',
    );
  });

  it('does not promise attempts that are never made', () => {
    expect(runSummary({ retry: { attempts: 3, backoffMs: 0 }, atMostOnce: true })).toBe('at most once');
  });

  it('has one sign for the card, and none for attempts that are never made', () => {
    expect(runSign({ retry: { attempts: 3, backoffMs: 0 }, wallMs: 1 })).toEqual({ kind: 'attempts', attempts: 3 });
    expect(runSign({ retry: { attempts: 3, backoffMs: 0 }, atMostOnce: true })).toEqual({ kind: 'once' });
    expect(runSign({ idleMs: 1 })).toEqual({ kind: 'deadline' });
    expect(runSign({ join: 'any' })).toEqual({ kind: 'join' });
    expect(runSign({ disabled: true })).toBeUndefined();
  });
});
