import type { Random } from '../statistics/random.js';
import { monteCarloTest } from './monte-carlo.js';

interface CountsTest {
  readonly statistic: number;
  readonly p: number;
}

/**
 * Tests whether two samples of choices come from one distribution: Pearson's chi-square on the counts of each choice, with a Monte Carlo
 * p-value (Hope, 1968), like R's `chisq.test(simulate.p.value = TRUE)`. Unlike the chi-square distribution, this is also valid for rare
 * choices.
 */
export function* countsTest(
  first: readonly string[],
  second: readonly string[],
  random: Random,
): Generator<void, CountsTest, void> {
  if (first.length === 0 || second.length === 0) throw new RangeError('Both samples need at least one choice.');
  const names = [...new Set([...first, ...second])];
  const numbers = new Map(names.map((name, at) => [name, at]));
  const pooled = Uint32Array.from([...first, ...second], (name) => numbers.get(name) ?? 0);
  const totals = new Float64Array(names.length);
  for (const choice of pooled) totals[choice] = (totals[choice] ?? 0) + 1;
  const size = second.length;
  const share = second.length / pooled.length;
  const statisticOf = (choices: Uint32Array): number => {
    const counts = new Float64Array(names.length);
    for (const choice of choices) counts[choice] = (counts[choice] ?? 0) + 1;
    let sum = 0;
    for (let at = 0; at < counts.length; at += 1) {
      const wanted = (totals[at] ?? 0) * share;
      // The other sample deviates by the same count in the opposite direction.
      sum += (((counts[at] ?? 0) - wanted) ** 2 / wanted) * (1 / (1 - share));
    }
    return sum;
  };
  const observed = statisticOf(pooled.slice(first.length));
  const draw = (): number => {
    for (let at = 0; at < size; at += 1) {
      const other = at + random.below(pooled.length - at);
      [pooled[at], pooled[other]] = [pooled[other] ?? 0, pooled[at] ?? 0];
    }
    return statisticOf(pooled.subarray(0, size));
  };
  return { statistic: observed, p: yield* monteCarloTest(observed, draw) };
}
