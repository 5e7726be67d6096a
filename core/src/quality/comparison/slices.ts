import type { Steps } from '../../values/steps.js';
import { withoutUndefined } from '../../values/without-undefined.js';
import { bootstrapMeansSteps } from '../statistics/index.js';
import type { ComparisonSlice, SliceScore } from './comparison.js';
import { differencesOf } from './compare-pair.js';
import { meanOfColumn, pairsOf, type ComparedScores, type ScoreTable } from './score-table.js';

/** With more tags than this, slices would only list rows. */
const mostTags = 50;
/** Slices name no winner, so fewer resamples are enough. */
const resamples = 2_000;

interface Slicing extends Pick<ComparedScores, 'rows' | 'variants' | 'metrics'> {
  readonly baseline: string;
  readonly seed: number;
}

/** Computes means and differences for the rows of each tag, the most frequent tags first. */
export function* slicesOf(
  table: ScoreTable,
  slicing: Slicing,
): Steps<{ readonly slices: ComparisonSlice[]; readonly hiddenTags: number }> {
  const rowsOf = new Map<string, number[]>();
  for (const [at, { tags = [] }] of slicing.rows.entries())
    for (const tag of new Set(tags)) {
      const found = rowsOf.get(tag);
      if (found === undefined) rowsOf.set(tag, [at]);
      else found.push(at);
    }
  const tags = [...rowsOf].toSorted(([a, one], [b, other]) => other.length - one.length || (a < b ? -1 : 1));
  const slices: ComparisonSlice[] = [];
  for (const [tag, at] of tags.slice(0, mostTags))
    slices.push({ tag, rows: at.length, scores: yield* scoresOf(table, slicing, at) });
  return { slices, hiddenTags: Math.max(0, tags.length - mostTags) };
}

function* scoresOf(
  table: ScoreTable,
  { variants, metrics, baseline, seed }: Slicing,
  at: readonly number[],
): Steps<SliceScore[]> {
  const all = variants.flatMap((variant) => metrics.map(({ name }) => ({ variant, name })));
  const columns = all.map(({ variant, name }) => {
    const pairs = pairsOf(table.of(baseline, name), table.of(variant, name), variant === baseline ? [] : at);
    return { values: Float64Array.from(differencesOf(pairs)), levels: [0.95] };
  });
  const intervals = yield* bootstrapMeansSteps(columns, { resamples, seed });
  return all.map(({ variant, name }, slot) => {
    const { mean, rows } = meanOfColumn(table.of(variant, name), at);
    const difference = meanOfColumn(columns[slot]?.values ?? new Float64Array()).mean;
    const interval = intervals[slot]?.[0];
    return { variant, metric: name, rows, ...withoutUndefined({ mean, difference, interval }) };
  });
}
