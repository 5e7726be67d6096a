import { describe, expect, it } from '@jest/globals';
import type { AlertState } from './alert.js';
import { calmMs, nextAlertState } from './next-alert-state.js';

const minute = 60_000;
const start: AlertState = { status: 'ok', since: 0 };

/** Checks once a minute and returns the events, each with its minute. */
function watch(checks: readonly (boolean | undefined)[], rule = { forMinutes: 0, repeatHours: 0 }): [number, string][] {
  let state = start;
  return checks.flatMap((isOver, index): [number, string][] => {
    const next = nextAlertState(rule, state, { isOver, value: 1 }, index * minute);
    // The state is written and read again, as after a restart.
    state = JSON.parse(JSON.stringify(next.state)) as AlertState;
    return next.event === undefined ? [] : [[index, next.event]];
  });
}

const times = (count: number, isOver: boolean | undefined): (boolean | undefined)[] =>
  Array.from({ length: count }, () => isOver);

describe('an alert', () => {
  it('sends one message when it fires and one when it is resolved', () => {
    expect(watch([...times(3, false), ...times(30, true), ...times(20, false)])).toEqual([
      [3, 'fired'],
      [33 + calmMs / minute, 'resolved'],
    ]);
  });

  it('fires only after the condition was true for the minutes of the rule without a break', () => {
    const rule = { forMinutes: 5, repeatHours: 0 };
    expect(watch([...times(4, true), false, ...times(6, true)], rule)).toEqual([[10, 'fired']]);
  });

  it('sends two messages, not one at each check, for a figure that moves around the limit', () => {
    const flapping = Array.from({ length: 120 }, (_, index) => index % 2 === 0);
    expect(watch(flapping)).toEqual([[0, 'fired']]);
    expect(watch([...flapping, ...times(10, false)]).map(([, event]) => event)).toEqual(['fired', 'resolved']);
  });

  it('keeps its state while nothing is measured', () => {
    expect(watch([true, ...times(60, undefined), ...times(10, false)])).toEqual([
      [0, 'fired'],
      [66, 'resolved'],
    ]);
    expect(watch(times(60, undefined))).toEqual([]);
  });

  it('repeats the message only after the hours of the rule', () => {
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
