/**
 * Number of fixed buckets for durations. Bucket bounds grow by the eighth root of two: bucket `i` holds durations of at most `2^(i/8)`
 * milliseconds. All histograms have the same bounds, so two can be merged by adding their counts. A percentile is within 4.5 % of the true
 * value.
 */
export const bucketsOfHistogram = 256;

const perDoubling = 8;

/** Pairs of bucket and count, because most buckets of a stored histogram are empty. A bucket may occur more than once. */
export type HistogramEntries = Uint32Array;

/** Adds entries to the counts of all buckets. Ignores buckets that do not exist. */
export function addEntries(counts: Uint32Array, entries: HistogramEntries): void {
  for (let at = 0; at + 1 < entries.length; at += 2) {
    const bucket = entries[at] ?? 0;
    if (bucket < counts.length) counts[bucket] = (counts[bucket] ?? 0) + (entries[at + 1] ?? 0);
  }
}

/** Returns the bucket of a duration. */
export function bucketOf(ms: number): number {
  if (!(ms > 1)) return 0;
  return Math.min(bucketsOfHistogram - 1, Math.ceil(Math.log2(ms) * perDoubling - 1e-9));
}

/** The geometric middle of a bucket, in milliseconds. */
function middleOf(bucket: number): number {
  return bucket === 0 ? 1 : 2 ** ((bucket - 0.5) / perDoubling);
}

/** Returns the number of values in all buckets. */
export function countOf(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < counts.length; index += 1) sum += counts[index] ?? 0;
  return sum;
}

/**
 * Returns the nearest-rank percentile for a share from 0 to 1; undefined for an empty histogram.
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

/** Returns how many values exceed a limit, to the precision of a bucket. */
export function countAbove(counts: ArrayLike<number>, ms: number): number {
  let sum = 0;
  for (let index = bucketOf(ms) + 1; index < counts.length; index += 1) sum += counts[index] ?? 0;
  return sum;
}
