import { z } from 'zod';
import { MetricInfo } from '../evaluators/evaluator.js';
import { lazyObject } from '../../values/lazy-object.js';

/** An interval of an estimate in a reply, both ends included. */
export const ComparedInterval = lazyObject(() => ({ low: z.number(), high: z.number() })).meta({
  id: 'ComparedInterval',
});
export type ComparedInterval = z.infer<typeof ComparedInterval>;

/** What one variant scored by one metric. */
export const VariantScore = lazyObject(() => ({
  variant: z.string(),
  metric: z.string(),
  /** The mean over rows, each row the mean of its repeats. Missing where no row has a value. */
  mean: z.number().optional(),
  /** Rows with a value. */
  rows: z.int().nonnegative(),
  /** Rows without a value: the run failed, or the evaluator could not judge. They are not zeros. */
  missing: z.int().nonnegative(),
})).meta({ id: 'VariantScore' });
export type VariantScore = z.infer<typeof VariantScore>;

/** How many rows a difference needs, and which difference these rows show, with a power of 80 %. */
export const ComparisonPower = lazyObject(() => ({
  /** The difference that is asked for, in the unit of the metric: 0.05 is 5 points. */
  difference: z.number(),
  /** About so many rows show it. Missing where the rows say nothing about their spread. */
  rowsNeeded: z.int().positive().optional(),
  /** The smallest difference that the rows at hand would show. */
  visible: z.number().optional(),
})).meta({ id: 'ComparisonPower' });
export type ComparisonPower = z.infer<typeof ComparisonPower>;

/** What the rows say: `better` and `worse` are proved, `undecided` is everything else. */
export const ComparisonVerdict = z.enum(['better', 'worse', 'undecided']).meta({ id: 'ComparisonVerdict' });
export type ComparisonVerdict = z.infer<typeof ComparisonVerdict>;

/** A variant against the baseline by one metric, on the rows that both have. */
export const VariantComparison = lazyObject(() => ({
  variant: z.string(),
  metric: z.string(),
  /** Rows with a value of both. */
  rows: z.int().nonnegative(),
  /** Rows that are left out because one of both has no value. */
  leftOut: z.int().nonnegative(),
  /** The mean of variant minus baseline. Missing without a common row. */
  difference: z.number().optional(),
  /** Bootstrap over rows, 95 %. */
  interval: ComparedInterval.optional(),
  /** The same at the level that Holm's order of all comparisons asks for. */
  correctedInterval: ComparedInterval.optional(),
  test: z.enum(['mcnemar', 'sign', 'wilcoxon']),
  /** Two-sided. */
  p: z.number(),
  /** After Holm's correction over all comparisons of the table. */
  correctedP: z.number(),
  /** Rows on which the variant is better, and worse, than the baseline. */
  better: z.int().nonnegative(),
  worse: z.int().nonnegative(),
  /** Said only where the corrected interval leaves out 0 and the corrected p is at most 0.05. */
  verdict: ComparisonVerdict,
  power: ComparisonPower,
})).meta({ id: 'VariantComparison' });
export type VariantComparison = z.infer<typeof VariantComparison>;

/** The variants that no other one beats in quality without a higher price. */
export const ParetoFront = lazyObject(() => ({
  /** The metric of quality. */
  quality: z.string(),
  /** The metric of the price: money or time. */
  price: z.string(),
  /** From the lowest price on. */
  variants: z.array(z.string()),
})).meta({ id: 'ParetoFront' });
export type ParetoFront = z.infer<typeof ParetoFront>;

/** A variant in a slice. Slices are for finding questions: they are not corrected, so they name no winner. */
export const SliceScore = lazyObject(() => ({
  variant: z.string(),
  metric: z.string(),
  mean: z.number().optional(),
  rows: z.int().nonnegative(),
  /** The mean of variant minus baseline over common rows; missing for the baseline. */
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

/** The best variant by a metric: proved better than every other one. */
export const ComparisonWinner = lazyObject(() => ({ metric: z.string(), variant: z.string() })).meta({
  id: 'ComparisonWinner',
});
export type ComparisonWinner = z.infer<typeof ComparisonWinner>;

/** Which of several variants is better, by how much, and how sure that is. Rows are the unit: repeats of a row count once. */
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
  /** Tags that are not shown: only the most frequent ones are. */
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
