import { createPace, runThrough, type Steps } from '../../values/steps.js';
import { normalCdf, normalQuantile } from './distributions.js';
import { checkShare, type Interval } from './interval.js';
import { createRandom } from './random.js';

interface BootstrapOptions {
  /** Number of resamples. Default 10,000. */
  readonly resamples?: number;
  /** Confidence level. Default 0.95. */
  readonly level?: number;
  /** The same seed gives the same interval. Default 1. */
  readonly seed?: number;
}

/**
 * Computes the bias-corrected and accelerated (BCa) bootstrap interval of a mean (Efron, 1987), like `scipy.stats.bootstrap(method='BCa')`.
 * If all values are equal, the interval has no width.
 */
export function bootstrapMean(
  values: Float64Array,
  { level = 0.95, ...options }: BootstrapOptions = {},
): Interval | undefined {
  return bootstrapMeans([{ values, levels: [level] }], options)[0]?.[0];
}

/** Values, and the confidence levels of the intervals to compute for their mean. */
interface BootstrapColumn {
  readonly values: Float64Array;
  readonly levels: readonly number[];
}

/**
 * Computes the intervals of many columns; each is the same as from `bootstrapMean`. Columns of equal length share their resamples, because
 * drawing rows takes most of the time.
 */
export const bootstrapMeans = (
  columns: readonly BootstrapColumn[],
  options?: Omit<BootstrapOptions, 'level'>,
): readonly (readonly (Interval | undefined)[])[] => runThrough(bootstrapMeansSteps(columns, options));

/** Like `bootstrapMeans`, but in steps. */
export function* bootstrapMeansSteps(
  columns: readonly BootstrapColumn[],
  { resamples = 10_000, seed = 1 }: Omit<BootstrapOptions, 'level'> = {},
): Steps<readonly (readonly (Interval | undefined)[])[]> {
  for (const { levels } of columns) for (const level of levels) checkShare('The level', level);
  if (!(resamples >= 100)) throw new RangeError(`There are ${resamples} resamples: an interval needs at least 100`);
  const found = columns.map(({ levels }) => levels.map((): Interval | undefined => undefined));
  for (const [length, group] of groupsOf(columns)) {
    const values = group.map((at) => columns[at]?.values ?? none);
    const means = length === constant ? [] : yield* resampledMeans(values, resamples, seed);
    for (const [slot, at] of group.entries()) {
      const sorted = means[slot]?.sort();
      found[at] = (columns[at]?.levels ?? []).map((level) => intervalOf(values[slot] ?? none, sorted, level));
    }
  }
  return found;
}

const none = new Float64Array();
const stretch = 200_000;
/** Marks a column whose values are all equal: there is nothing to resample. */
const constant = -1;

/** Indexes into `columns`, grouped by the length of the column. */
function groupsOf(columns: readonly BootstrapColumn[]): ReadonlyMap<number, readonly number[]> {
  const groups = new Map<number, number[]>();
  for (const [at, { values }] of columns.entries()) {
    const length = values.every((value) => value === values[0]) ? constant : values.length;
    groups.set(length, [...(groups.get(length) ?? []), at]);
  }
  return groups;
}

function intervalOf(values: Float64Array, sorted: Float64Array | undefined, level: number): Interval | undefined {
  if (values.length < 2) return undefined;
  const mean = meanOf(values);
  if (sorted === undefined) return { low: mean, high: mean };
  const bias = normalQuantile(shareBelow(sorted, mean));
  const acceleration = accelerationOf(values, mean);
  const end = (z: number): number => quantileOf(sorted, normalCdf(bias + (bias + z) / (1 - acceleration * (bias + z))));
  return { low: end(normalQuantile((1 - level) / 2)), high: end(normalQuantile((1 + level) / 2)) };
}

/** Returns the arithmetic mean. */
export function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** The means of the resamples for several columns of equal length. */
function* resampledMeans(
  columns: readonly Float64Array[],
  resamples: number,
  seed: number,
): Steps<readonly Float64Array[]> {
  const isDue = createPace(stretch);
  const { below } = createRandom(seed);
  const count = columns[0]?.length ?? 0;
  const width = columns.length;
  // The values of a row are adjacent, so a drawn row is one contiguous range of memory.
  const table = new Float64Array(count * width);
  for (const [slot, values] of columns.entries())
    for (let row = 0; row < count; row += 1) table[row * width + slot] = values[row] ?? 0;
  const means = columns.map(() => new Float64Array(resamples));
  const sums = new Float64Array(width);
  for (let resample = 0; resample < resamples; resample += 1) {
    sums.fill(0);
    for (let draw = 0; draw < count; draw += 1) {
      const start = below(count) * width;
      for (let slot = 0; slot < width; slot += 1) sums[slot] = (sums[slot] ?? 0) + (table[start + slot] ?? 0);
    }
    for (const [slot, of] of means.entries()) of[resample] = (sums[slot] ?? 0) / count;
    if (isDue(count)) yield;
  }
  return means;
}

/**
 * Means equal to the estimate count half. The comparison has a tolerance, because adding the same values in another order changes the last
 * bits.
 */
function shareBelow(sorted: Float64Array, estimate: number): number {
  const width = 1e-12 * Math.max(1, Math.abs(estimate));
  let below = 0;
  let equal = 0;
  for (const mean of sorted) {
    if (mean < estimate - width) below += 1;
    else if (mean <= estimate + width) equal += 1;
    else break;
  }
  return (below + equal / 2) / sorted.length;
}

/**
 * The acceleration by the jackknife. For a mean, leaving out a row changes the estimate in proportion to the row's distance from the mean.
 */
function accelerationOf(values: Float64Array, mean: number): number {
  let squares = 0;
  let cubes = 0;
  for (const value of values) {
    const distance = value - mean;
    squares += distance ** 2;
    cubes += distance ** 3;
  }
  return cubes / (6 * squares ** 1.5);
}

/** A quantile with linear interpolation, like `numpy.quantile`. */
function quantileOf(sorted: Float64Array, share: number): number {
  const at = Math.min(Math.max(share, 0), 1) * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}
