import { z } from 'zod';
import { MetricInfo } from '../evaluators/evaluator.js';
import { lazyObject } from '../../values/lazy-object.js';

/** An interval of an estimate in a reply; both ends are included. */
export const ComparedInterval = lazyObject(() => ({ low: z.number(), high: z.number() })).meta({
  id: 'ComparedInterval',
});
export type ComparedInterval = z.infer<typeof ComparedInterval>;

/** The result of one variant in one metric. */
export const VariantScore = lazyObject(() => ({
  variant: z.string(),
  metric: z.string(),
  /** The mean over rows; each row is the mean of its repeats. Missing if no row has a value. */
  mean: z.number().optional(),
  rows: z.int().nonnegative(),
  /** Rows without a value, because the run failed or the evaluator could not judge. They do not count as zeros. */
  missing: z.int().nonnegative(),
})).meta({ id: 'VariantScore' });
export type VariantScore = z.infer<typeof VariantScore>;

/** How many rows it takes to find a difference, and which difference the existing rows can show, with a power of 80 %. */
export const ComparisonPower = lazyObject(() => ({
  /** The difference to find, in the unit of the metric: 0.05 is 5 points. */
  difference: z.number(),
  /** Approximate number of rows needed. Missing if the rows show no variation. */
  rowsNeeded: z.int().positive().optional(),
  /** The smallest difference that the existing rows can show. */
  visible: z.number().optional(),
})).meta({ id: 'ComparisonPower' });
export type ComparisonPower = z.infer<typeof ComparisonPower>;

/** `better` and `worse` are proved; everything else is `undecided`. */
export const ComparisonVerdict = z.enum(['better', 'worse', 'undecided']).meta({ id: 'ComparisonVerdict' });
export type ComparisonVerdict = z.infer<typeof ComparisonVerdict>;

/** A variant compared with the baseline in one metric, on the rows that both have. */
export const VariantComparison = lazyObject(() => ({
  variant: z.string(),
  metric: z.string(),
  /** Rows with a value for both variants. */
  rows: z.int().nonnegative(),
  /** Rows left out because only one of the two variants has a value. */
  leftOut: z.int().nonnegative(),
  /** Mean of variant minus baseline. Missing if there is no common row. */
  difference: z.number().optional(),
  /** 95 % bootstrap interval over rows. */
  interval: ComparedInterval.optional(),
  /** The bootstrap interval at the level of this comparison's step in Holm's correction. */
  correctedInterval: ComparedInterval.optional(),
  test: z.enum(['mcnemar', 'sign', 'wilcoxon']),
  /** Two-sided p-value. */
  p: z.number(),
  /** The p-value after Holm's correction over all comparisons of the table. */
  correctedP: z.number(),
  /** Number of rows on which the variant is better (`better`) or worse (`worse`) than the baseline. */
  better: z.int().nonnegative(),
  worse: z.int().nonnegative(),
  /** `better` or `worse` only if the corrected interval excludes 0 and the corrected p is at most 0.05. */
  verdict: ComparisonVerdict,
  power: ComparisonPower,
})).meta({ id: 'VariantComparison' });
export type VariantComparison = z.infer<typeof VariantComparison>;

/** The variants that no other variant beats in both quality and price. */
export const ParetoFront = lazyObject(() => ({
  quality: z.string(),
  /** The name of the price metric: money or time. */
  price: z.string(),
  /** Sorted from the lowest price. */
  variants: z.array(z.string()),
})).meta({ id: 'ParetoFront' });
export type ParetoFront = z.infer<typeof ParetoFront>;

/** A variant in a slice. Slices suggest questions for further study. They are not corrected, so they name no winner. */
export const SliceScore = lazyObject(() => ({
  variant: z.string(),
  metric: z.string(),
  mean: z.number().optional(),
  rows: z.int().nonnegative(),
  /** Mean of variant minus baseline over common rows; missing for the baseline. */
  difference: z.number().optional(),
  interval: ComparedInterval.optional(),
})).meta({ id: 'SliceScore' });
export type SliceScore = z.infer<typeof SliceScore>;

/** The rows with one tag. */
export const ComparisonSlice = lazyObject(() => ({
  tag: z.string(),
  rows: z.int().nonnegative(),
  scores: z.array(SliceScore),
})).meta({ id: 'ComparisonSlice' });
export type ComparisonSlice = z.infer<typeof ComparisonSlice>;

/** The best variant in a metric, proved better than every other one. */
export const ComparisonWinner = lazyObject(() => ({ metric: z.string(), variant: z.string() })).meta({
  id: 'ComparisonWinner',
});
export type ComparisonWinner = z.infer<typeof ComparisonWinner>;

/** Shows which variant is better, by how much, and how certain that is. Rows are the unit: repeats of a row count once. */
export const ComparisonTable = lazyObject(() => ({
  baseline: z.string(),
  variants: z.array(z.string()),
  metrics: z.array(MetricInfo),
  rows: z.int().nonnegative(),
  scores: z.array(VariantScore),
  comparisons: z.array(VariantComparison),
  winners: z.array(ComparisonWinner),
  fronts: z.array(ParetoFront),
  slices: z.array(ComparisonSlice),
  /** Number of tags that are not shown; only the most frequent ones are. */
  hiddenTags: z.int().nonnegative(),
})).meta({ id: 'ComparisonTable' });
export type ComparisonTable = z.infer<typeof ComparisonTable>;

/** A row that passed with one variant and failed with the other. */
export const ChangedRow = lazyObject(() => ({
  row: z.string(),
  metric: z.string(),
  baseline: z.number(),
  variant: z.number(),
  now: z.enum(['better', 'worse']),
})).meta({ id: 'ChangedRow' });
export type ChangedRow = z.infer<typeof ChangedRow>;
