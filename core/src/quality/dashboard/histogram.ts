/**
 * Counts of durations in fixed buckets whose bounds grow by the eighth root of two: bucket `i` holds what is at most `2^(i/8)` milliseconds.
 * All histograms have the same bounds, so that the sum of two is the histogram of both. A percentile is within 4.5 % of the true one.
 */
export const bucketsOfHistogram = 256;

const perDoubling = 8;

/** Buckets with their counts, in pairs: most buckets of a stored histogram are empty. A bucket may come more than once. */
export type HistogramEntries = Uint32Array;

/** Adds entries to the counts of all buckets. Buckets that there are not add nothing. */
export function addEntries(counts: Uint32Array, entries: HistogramEntries): void {
  for (let at = 0; at + 1 < entries.length; at += 2) {
    const bucket = entries[at] ?? 0;
    if (bucket < counts.length) counts[bucket] = (counts[bucket] ?? 0) + (entries[at + 1] ?? 0);
  }
}

/** The bucket of a duration. */
export function bucketOf(ms: number): number {
  if (!(ms > 1)) return 0;
  return Math.min(bucketsOfHistogram - 1, Math.ceil(Math.log2(ms) * perDoubling - 1e-9));
}

/** The middle of a bucket, in milliseconds, by ratio. */
function middleOf(bucket: number): number {
  return bucket === 0 ? 1 : 2 ** ((bucket - 0.5) / perDoubling);
}

/** The number of values in all buckets. */
export function countOf(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < counts.length; index += 1) sum += counts[index] ?? 0;
  return sum;
}

/**
 * The nearest rank of a share; undefined for an empty histogram.
 *
 * @example percentileOf(counts, 0.95)
 */
export function percentileOf(counts: ArrayLike<number>, share: number): number | undefined {
  const total = countOf(counts);
  if (total === 0) return undefined;
  const rank = Math.max(1, Math.ceil(total * share));
  let seen = 0;
  for (let index = 0; index < counts.length; index += 1) {
    seen += counts[index] ?? 0;
    if (seen >= rank) return middleOf(index);
  }
  return undefined;
}

/** How many values are above a limit, to the precision of a bucket. */
export function countAbove(counts: ArrayLike<number>, ms: number): number {
  let sum = 0;
  for (let index = bucketOf(ms) + 1; index < counts.length; index += 1) sum += counts[index] ?? 0;
  return sum;
}
