import type { Random } from '../statistics/random.js';
import { monteCarloTest, type MonteCarloOptions } from './monte-carlo.js';

interface EnergyTest {
  /** The energy distance, in the unit of the vector distances; 0 if both samples are the same. */
  readonly distance: number;
  readonly p: number;
}

/**
 * Tests whether two samples of vectors come from one distribution: the energy distance with a permutation test (Székely and Rizzo, 2004;
 * Rizzo and Székely, 2016). It detects differences of any kind and assumes no distribution.
 *
 * The distances of all pairs are computed once. Each permutation then only adds up the distances within the second sample.
 */
export function* energyTest(
  first: readonly Float32Array[],
  second: readonly Float32Array[],
  random: Random,
  options: MonteCarloOptions = {},
): Generator<void, EnergyTest, void> {
  const rows = first.length;
  const size = second.length;
  if (rows === 0 || size === 0) throw new RangeError('Both samples need at least one vector.');
  const all = [...first, ...second];
  const distances = yield* distancesOf(all);
  const sums = all.map((_, row) => sumOfRow(distances, row, all.length));
  const total = sums.reduce((sum, one) => sum + one, 0) / 2;
  const order = Uint32Array.from(all, (_, at) => at);
  const distanceOf = (members: Uint32Array): number => {
    let within = 0;
    let rowsOfMembers = 0;
    for (let a = 0; a < members.length; a += 1) {
      const row = members[a] ?? 0;
      rowsOfMembers += sums[row] ?? 0;
      for (let b = 0; b < a; b += 1) within += distances[row * all.length + (members[b] ?? 0)] ?? 0;
    }
    const between = rowsOfMembers - 2 * within;
    const rest = total - between - within;
    return (2 * between) / (rows * size) - (2 * rest) / (rows * rows) - (2 * within) / (size * size);
  };
  const observed = distanceOf(order.slice(rows));
  const draw = (): number => {
    // The first entries of a shuffled list are a random sample.
    for (let at = 0; at < size; at += 1) {
      const other = at + random.below(order.length - at);
      [order[at], order[other]] = [order[other] ?? 0, order[at] ?? 0];
    }
    return distanceOf(order.subarray(0, size));
  };
  const p = yield* monteCarloTest(observed, draw, options);
  return { distance: Math.max(0, observed), p };
}

/** Euclidean distances of all pairs, row by row. */
function* distancesOf(vectors: readonly Float32Array[]): Generator<void, Float64Array, void> {
  const count = vectors.length;
  const distances = new Float64Array(count * count);
  for (let a = 0; a < count; a += 1) {
    for (let b = 0; b < a; b += 1) {
      const distance = distanceBetween(vectors[a], vectors[b]);
      distances[a * count + b] = distance;
      distances[b * count + a] = distance;
    }
    if (a % 20 === 0) yield;
  }
  return distances;
}

/** Returns the Euclidean distance. */
export function distanceBetween(a: Float32Array = new Float32Array(), b: Float32Array = new Float32Array()): number {
  let sum = 0;
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) sum += ((a[at] ?? 0) - (b[at] ?? 0)) ** 2;
  return Math.sqrt(sum);
}

function sumOfRow(distances: Float64Array, row: number, count: number): number {
  let sum = 0;
  for (let at = 0; at < count; at += 1) sum += distances[row * count + at] ?? 0;
  return sum;
}
