import { checkFinite, checkShare, type Interval } from './interval.js';

/** The state of a sequence of bounded values. It is plain data, so it can be stored and continued after a restart. */
export interface BoundedSequence {
  readonly level: number;
  readonly lowest: number;
  readonly highest: number;
  readonly rows: number;
  /** Sums over values scaled to [0, 1]: of the values (`sum`), and of their squared distances from the running mean. */
  readonly sum: number;
  readonly squares: number;
  /** Sums of the method's bets and their penalty terms. */
  readonly bets: number;
  readonly betSum: number;
  readonly penalty: number;
}

/**
 * Starts an always-valid interval for the mean of bounded values, such as paired differences of scores from 0 to 1 (range -1 to 1). The
 * interval may be read after each row, and the experiment may be stopped at any time: the probability that the interval ever excludes the
 * true mean is at most 1 - level, for any number of rows and any distribution. The method is the predictable plug-in empirical Bernstein
 * confidence sequence (Waudby-Smith and Ramdas, 2023, theorem 2; after Howard and others, 2021).
 */
export function startBoundedSequence({ level = 0.95, lowest = -1, highest = 1 } = {}): BoundedSequence {
  checkShare('The level', level);
  if (!(lowest < highest)) throw new RangeError(`The bounds are ${lowest} and ${highest}: the first must be lower`);
  return { level, lowest, highest, rows: 0, sum: 0, squares: 0, bets: 0, betSum: 0, penalty: 0 };
}

/** Adds values to the sequence in the order in which they arrived. */
export function extendBoundedSequence(sequence: BoundedSequence, values: readonly number[]): BoundedSequence {
  checkFinite('Value', values);
  const { level, lowest, highest } = sequence;
  let { rows, sum, squares, bets, betSum, penalty } = sequence;
  for (const value of values) {
    if (value < lowest || value > highest) throw new RangeError(`${value} is not between ${lowest} and ${highest}`);
    const scaled = (value - lowest) / (highest - lowest);
    const guess = (0.5 + sum) / (rows + 1);
    const variance = (0.25 + squares) / (rows + 1);
    rows += 1;
    const bet = Math.min(Math.sqrt((2 * Math.log(2 / (1 - level))) / (variance * rows * Math.log1p(rows))), mostBet);
    bets += bet;
    betSum += bet * scaled;
    penalty += (scaled - guess) ** 2 * (-Math.log1p(-bet) - bet);
    sum += scaled;
    squares += (scaled - (0.5 + sum) / (rows + 1)) ** 2;
  }
  return { level, lowest, highest, rows, sum, squares, bets, betSum, penalty };
}

const mostBet = 0.5;

/** Returns the interval of the mean after the rows so far; before the first row, the whole range. */
export function boundedInterval({ level, lowest, highest, rows, bets, betSum, penalty }: BoundedSequence): Interval {
  if (rows === 0) return { low: lowest, high: highest };
  const centre = betSum / bets;
  const reach = (Math.log(2 / (1 - level)) + penalty) / bets;
  const unscale = (share: number): number => lowest + (highest - lowest) * Math.min(1, Math.max(0, share));
  return { low: unscale(centre - reach), high: unscale(centre + reach) };
}
