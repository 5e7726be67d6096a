import type { AlertRule, AlertState } from './alert.js';

const minute = 60_000;
/** How long a condition must not hold before an alert is resolved. This keeps a figure near the limit from notifying again and again. */
export const calmMs = 5 * minute;

interface AlertChange {
  readonly state: AlertState;
  readonly event: 'fired' | 'still firing' | 'resolved' | undefined;
}

/** The figure of a check. `isOver` is undefined if too little was measured; a firing alert then keeps firing. */
export interface AlertCheck {
  readonly isOver: boolean | undefined;
  readonly value: number | undefined;
}

/**
 * Returns the next state of a rule. It depends only on the previous state, the check and the time, so a restart changes nothing.
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
      // Without data, the alert keeps firing and keeps its calm time. If the condition holds again, the calm time starts over.
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
  // If the clock was set back, the alert must still fire.
  const begun = status === 'pending' ? Math.min(since, now) : now;
  if (now - begun < forMinutes * minute)
    return { state: { status: 'pending', since: begun, notifiedAt, ...seen }, event: undefined };
  return { state: { status: 'firing', since: now, notifiedAt: now, ...seen }, event: 'fired' };
}
