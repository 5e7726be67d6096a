import type { TrainingLeftOut } from '@heddle/core';

const reasons: Readonly<Record<keyof TrainingLeftOut, string>> = {
  consent: 'Their caller had not consented when they began',
  label: 'Above the highest label of the set',
  gone: 'Removed, failed, or without values',
  unfit: 'Neither corrected nor rated good, or a pair with different questions',
  same: 'The same as another example',
};

/** Why runs with feedback are missing in a training set. The most frequent reason comes first. */
export function leftOutRows(leftOut: TrainingLeftOut): readonly (readonly [reason: string, runs: number])[] {
  const all = Object.entries(reasons).map(
    ([key, reason]) => [reason, leftOut[key as keyof TrainingLeftOut]] as const, // Object.entries types the keys as strings
  );
  return all.filter(([, runs]) => runs > 0).toSorted((a, b) => b[1] - a[1]);
}
