import type { AlertRule, AlertState } from './alert.js';

const minute = 60_000;
/** A condition must be over for this long before an alert is resolved: a figure at the limit does not tell again and again. */
export const calmMs = 5 * minute;

/** What a check at a rule changes. */
interface AlertChange {
  readonly state: AlertState;
  readonly event: 'fired' | 'still firing' | 'resolved' | undefined;
}

/** The figure of a check. `isOver` is undefined where too little was measured: then an alert stays as it is. */
export interface AlertCheck {
  readonly isOver: boolean | undefined;
  readonly value: number | undefined;
}

/**
 * The next state of a rule. It follows from the state before, the check and the time alone, so that a restart changes nothing.
 *
 * @example nextAlertState(rule, state, { isOver: true, value: 0.2 }, now) // { state: { status: 'firing', … }, event: 'fired' }
 */
export function nextAlertState(
  { forMinutes, repeatHours }: Pick<AlertRule, 'forMinutes' | 'repeatHours'>,
  before: AlertState,
  { isOver, value }: AlertCheck,
  now: number,
): AlertChange {
  const seen = { value, checkedAt: now };
  const { status, since, notifiedAt } = before;
  if (status === 'firing') {
    const kept = { status, since, notifiedAt, ...seen };
    if (isOver !== false) {
      // Without data nothing is over; the time of calm begins anew.
      const isDue = repeatHours > 0 && now - (notifiedAt ?? since) >= repeatHours * 60 * minute;
      return isDue && isOver === true
        ? { state: { ...kept, notifiedAt: now }, event: 'still firing' }
        : { state: { ...kept, calmSince: isOver === undefined ? before.calmSince : undefined }, event: undefined };
    }
    const calmSince = Math.min(before.calmSince ?? now, now);
    if (now - calmSince < calmMs) return { state: { ...kept, calmSince }, event: undefined };
    return { state: { status: 'ok', since: now, notifiedAt: now, ...seen }, event: 'resolved' };
  }
  if (isOver !== true)
    return { state: { status: 'ok', since: status === 'ok' ? since : now, notifiedAt, ...seen }, event: undefined };
  // A clock that was set back must not delay an alert for ever.
  const begun = status === 'pending' ? Math.min(since, now) : now;
  if (now - begun < forMinutes * minute)
    return { state: { status: 'pending', since: begun, notifiedAt, ...seen }, event: undefined };
  return { state: { status: 'firing', since: now, notifiedAt: now, ...seen }, event: 'fired' };
}
