import { rollupUnits } from '@heddle/core';

const { minute, hour, day } = rollupUnits;
/** Steps that people read easily, and up to which length of time each is used: at most about 200 points. */
const steps: readonly (readonly [number, number])[] = [
  [3 * hour.ms, minute.ms],
  [12 * hour.ms, 5 * minute.ms],
  [26 * hour.ms, 10 * minute.ms],
  [2 * day.ms, 30 * minute.ms],
  [8 * day.ms, hour.ms],
  [15 * day.ms, 6 * hour.ms],
];

/** A time in whole steps. */
export interface Steps {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** The step of a chart, of what is still kept; the time begins and ends on a step. */
export function chooseStep(from: number, to: number, now: number): Steps {
  const [, fitting = day.ms] = steps.find(([most]) => to - from <= most) ?? [];
  const least = from >= now - minute.keepMs ? minute.ms : from >= now - hour.keepMs ? hour.ms : day.ms;
  const step = Math.max(fitting, least);
  return { step, from: Math.floor(from / step) * step, to: Math.ceil(to / step) * step };
}
