import { normalCdf, normalQuantile } from './distributions.js';
import { checkFinite, checkShare, type Interval } from './interval.js';
import { createRandom } from './random.js';

/** How an interval is resampled. */
export interface BootstrapOptions {
  /** 10,000 unless given. */
  readonly resamples?: number;
  /** The share of intervals that contain the true value: 0.95 unless given. */
  readonly level?: number;
  /** The same seed gives the same interval: 1 unless given. */
  readonly seed?: number;
}

/** A mean difference between two variants on the same rows. */
export interface PairedDifference {
  readonly rows: number;
  /** The mean of second minus first. */
  readonly mean: number;
  /** Undefined for fewer than two rows: one row says nothing about the spread. */
  readonly interval: Interval | undefined;
}

/**
 * The mean of `second - first` over rows that both variants answered, with its bootstrap interval.
 *
 * @example pairedDifference([0.2, 0.5, 0.4], [0.3, 0.5, 0.9]).mean // 0.2
 */
export function pairedDifference(
  first: readonly number[],
  second: readonly number[],
  options: BootstrapOptions = {},
): PairedDifference {
  if (first.length !== second.length)
    throw new RangeError(
      `There are ${first.length} and ${second.length} scores: a paired difference needs both scores of each row`,
    );
  checkFinite('First score', first);
  checkFinite('Second score', second);
  const differences = Float64Array.from(second, (score, row) => score - (first[row] ?? Number.NaN));
  const rows = differences.length;
  return { rows, mean: rows === 0 ? 0 : meanOf(differences), interval: bootstrapMean(differences, options) };
}

/**
 * The bias-corrected and accelerated (BCa) bootstrap interval of a mean (Efron, 1987), as `scipy.stats.bootstrap(method='BCa')`. Values that
 * are all equal give an interval without width.
 */
export function bootstrapMean(
  values: Float64Array,
  { resamples = 10_000, level = 0.95, seed = 1 }: BootstrapOptions = {},
): Interval | undefined {
  checkShare('The level', level);
  if (!(resamples >= 100)) throw new RangeError(`There are ${resamples} resamples: an interval needs at least 100`);
  if (values.length < 2) return undefined;
  const mean = meanOf(values);
  if (values.every((value) => value === values[0])) return { low: mean, high: mean };
  const means = resampledMeans(values, resamples, seed).sort();
  const bias = normalQuantile(shareBelow(means, mean));
  const acceleration = accelerationOf(values, mean);
  const end = (z: number): number => quantileOf(means, normalCdf(bias + (bias + z) / (1 - acceleration * (bias + z))));
  return { low: end(normalQuantile((1 - level) / 2)), high: end(normalQuantile((1 + level) / 2)) };
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function resampledMeans(values: Float64Array, resamples: number, seed: number): Float64Array {
  const { below } = createRandom(seed);
  const count = values.length;
  const means = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample += 1) {
    let sum = 0;
    for (let row = 0; row < count; row += 1) sum += values[below(count)] ?? 0;
    means[resample] = sum / count;
  }
  return means;
}

/** Means that are equal to the estimate count half. Sums of the same values in another order differ in their last bits, so equal has a width. */
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

/** The acceleration by the jackknife. For a mean, leaving a row out moves the estimate by the row's own distance. */
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

/** A quantile with linear interpolation, as `numpy.quantile`. */
function quantileOf(sorted: Float64Array, share: number): number {
  const at = Math.min(Math.max(share, 0), 1) * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}
