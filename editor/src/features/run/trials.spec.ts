import { describe, expect, it } from '@jest/globals';
import { clearTrials, createTrialStore, persistTrials, setPin, toggleBreakpoints, trialOptions } from './trials.js';

function storage() {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

describe('pins and breakpoints', () => {
  it('are stored separately for each workflow', () => {
    const store = createTrialStore();
    const open = persistTrials(store, storage());
    open('one');
    setPin(store, 'search', { passages: [] });
    toggleBreakpoints(store, ['answer']);
    open('two');
    expect(store.getState()).toMatchObject({ pins: {}, breakpoints: [] });
    open('one');
    expect(store.getState()).toMatchObject({ pins: { search: { passages: [] } }, breakpoints: ['answer'] });
  });

  it('leave nothing behind once they are cleared, and ignore malformed stored ones', () => {
    const store = createTrialStore();
    const kept = storage();
    const open = persistTrials(store, kept);
    open('one');
    toggleBreakpoints(store, ['a']);
    clearTrials(store);
    expect(kept.kept.size).toBe(0);
    kept.setItem('heddle.trial.two', '{"pins":7}');
    open('two');
    expect(store.getState().pins).toEqual({});
  });

  it('go into a test run only while they are on, and only for existing nodes', () => {
    const store = createTrialStore();
    setPin(store, 'a', { out: 1 });
    setPin(store, 'gone', { out: 2 });
    toggleBreakpoints(store, ['b', 'gone']);
    expect(trialOptions(store.getState(), { a: {}, b: {} })).toEqual({ pins: { a: { out: 1 } }, breakpoints: ['b'] });
    store.setState({ isOff: true });
    expect(trialOptions(store.getState(), { a: {}, b: {} })).toEqual({});
  });

  it('toggle together: all get a breakpoint unless each has one', () => {
    const store = createTrialStore();
    toggleBreakpoints(store, ['a']);
    toggleBreakpoints(store, ['a', 'b']);
    expect(store.getState().breakpoints).toEqual(['a', 'b']);
    toggleBreakpoints(store, ['a', 'b']);
    expect(store.getState().breakpoints).toEqual([]);
  });
});
