import { describe, expect, it } from '@jest/globals';
import type { AlertState } from './alert.js';
import { calmMs, nextAlertState } from './next-alert-state.js';

const minute = 60_000;
const start: AlertState = { status: 'ok', since: 0 };

/** Checks once a minute; gives the events with their minutes. */
function watch(checks: readonly (boolean | undefined)[], rule = { forMinutes: 0, repeatHours: 0 }): [number, string][] {
  let state = start;
  return checks.flatMap((isOver, index): [number, string][] => {
    const next = nextAlertState(rule, state, { isOver, value: 1 }, index * minute);
    // As after a restart.
    state = JSON.parse(JSON.stringify(next.state)) as AlertState;
    return next.event === undefined ? [] : [[index, next.event]];
  });
}

const times = (count: number, isOver: boolean | undefined): (boolean | undefined)[] =>
  Array.from({ length: count }, () => isOver);

describe('the state of an alert', () => {
  it('is sent once when it fires and once when it is over', () => {
    expect(watch([...times(3, false), ...times(30, true), ...times(20, false)])).toEqual([
      [3, 'fired'],
      [33 + calmMs / minute, 'resolved'],
    ]);
  });

  it('waits until the condition held for long enough, and starts again if it did not', () => {
    const rule = { forMinutes: 5, repeatHours: 0 };
    expect(watch([...times(4, true), false, ...times(6, true)], rule)).toEqual([[10, 'fired']]);
  });

  it('sends a figure at the limit twice, and not at each check', () => {
    const flapping = Array.from({ length: 120 }, (_, index) => index % 2 === 0);
    expect(watch(flapping)).toEqual([[0, 'fired']]);
    expect(watch([...flapping, ...times(10, false)]).map(([, event]) => event)).toEqual(['fired', 'resolved']);
  });

  it('stays as it is while nothing is measured', () => {
    expect(watch([true, ...times(60, undefined), ...times(10, false)])).toEqual([
      [0, 'fired'],
      [66, 'resolved'],
    ]);
    expect(watch(times(60, undefined))).toEqual([]);
  });

  it('sends again only after the hours of the rule', () => {
    expect(watch(times(130, true), { forMinutes: 0, repeatHours: 1 })).toEqual([
      [0, 'fired'],
      [60, 'still firing'],
      [120, 'still firing'],
    ]);
  });

  it('fires although the clock was set back', () => {
    const rule = { forMinutes: 5, repeatHours: 0 };
    const { state } = nextAlertState(rule, start, { isOver: true, value: 1 }, 1e12);
    const back = nextAlertState(rule, state, { isOver: true, value: 1 }, 1e6);
    expect(nextAlertState(rule, back.state, { isOver: true, value: 1 }, 1e6 + 5 * minute).event).toBe('fired');
  });
});
