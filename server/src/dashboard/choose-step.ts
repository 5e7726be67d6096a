import { rollupUnits } from '@heddle/core';

const { minute, hour, day } = rollupUnits;
/** Steps that are easy to read on a chart, each with the longest period that it is used for. A chart has about 200 points at most. */
const steps: readonly (readonly [number, number])[] = [
  [3 * hour.ms, minute.ms],
  [12 * hour.ms, 5 * minute.ms],
  [26 * hour.ms, 10 * minute.ms],
  [2 * day.ms, 30 * minute.ms],
  [8 * day.ms, hour.ms],
  [15 * day.ms, 6 * hour.ms],
];

/** A period whose start and end lie on a step, in epoch milliseconds. */
export interface Steps {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** Chooses the step of a chart among the sums that are still kept, and widens the period to whole steps. */
export function chooseStep(from: number, to: number, now: number): Steps {
  const [, fitting = day.ms] = steps.find(([most]) => to - from <= most) ?? [];
  const least = from >= now - minute.keepMs ? minute.ms : from >= now - hour.keepMs ? hour.ms : day.ms;
  const step = Math.max(fitting, least);
  return { step, from: Math.floor(from / step) * step, to: Math.ceil(to / step) * step };
}
