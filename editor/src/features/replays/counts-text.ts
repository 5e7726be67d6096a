import type { ReplayRowCounts } from '@heddle/core';

/** The number of rows by result, in one line. Leaves out results without rows. @example '3 runs · 2 the same · 1 changed' */
export function countsText({ total, same, changed, wouldCall, failed, suspended, leftOut }: ReplayRowCounts): string {
  const parts: readonly (readonly [number, string])[] = [
    [same, 'the same'],
    [changed, 'changed'],
    [wouldCall, 'would call'],
    [failed, 'failed'],
    [suspended, 'wait for a person'],
    [leftOut, 'left out'],
  ];
  const shown = parts.flatMap(([count, name]) => (count === 0 ? [] : [`${count.toLocaleString('en')} ${name}`]));
  return [`${total.toLocaleString('en')} ${total === 1 ? 'run' : 'runs'}`, ...shown].join(' · ');
}
