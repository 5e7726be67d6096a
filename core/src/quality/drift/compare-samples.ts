import { holm } from '../statistics/corrections.js';
import { createRandom, type Random } from '../statistics/random.js';
import { countsTest } from './counts-test.js';
import type { DriftFinding, DriftKind, DriftSample } from './drift.js';
import { distanceBetween, energyTest } from './energy-distance.js';
import { ksTest } from './kolmogorov-smirnov.js';

/** Minimum number of runs on each side of a comparison. */
export const leastDriftRuns = 30;
/** The number of consecutive comparisons that the probability of a false alarm covers: one a day for a month. */
export const driftChecks = 30;
/** The probability of a false alarm in all these comparisons together. */
const driftLevel = 0.025;
const mostExamples = 5;

type Found = Omit<DriftFinding, 'p' | 'isDrifted' | 'since' | 'referenceRuns' | 'currentRuns'> & { readonly p: number };

/**
 * Compares current runs with reference runs in every kind of data that both have.
 *
 * Two corrections keep false alarms rare: Holm (1979) for the kinds within one comparison, and Bonferroni for comparisons over time. The
 * probability of a false alarm in 30 consecutive comparisons is at most 2.5 %. Both corrections also hold for dependent comparisons.
 */
export function* compareSamples(
  reference: readonly DriftSample[],
  current: readonly DriftSample[],
  seed: number,
): Generator<void, readonly DriftFinding[], void> {
  const random = createRandom(seed);
  const found: (Found & Pick<DriftFinding, 'referenceRuns' | 'currentRuns'>)[] = [];
  for (const compare of comparisons) {
    const first = reference.filter(compare.has);
    const second = current.filter(compare.has);
    if (first.length < leastDriftRuns || second.length < leastDriftRuns) continue;
    const one = yield* compare.test(first, second, random);
    found.push({ ...one, referenceRuns: first.length, currentRuns: second.length });
  }
  const corrected = holm(found.map(({ p }) => p));
  return found.map((one, at) => {
    const p = corrected[at] ?? 1;
    const isDrifted = p <= driftLevel / driftChecks;
    return { ...one, p, isDrifted, examples: isDrifted ? one.examples : [] };
  });
}

interface Comparison {
  readonly has: (sample: DriftSample) => boolean;
  readonly test: (
    reference: readonly DriftSample[],
    current: readonly DriftSample[],
    random: Random,
  ) => Generator<void, Found, void>;
}

const comparisons: readonly Comparison[] = [
  { has: ({ vector }) => vector !== undefined, test: compareInputs },
  numbers('retrieval', ({ topScore }) => topScore),
  choices('refusals', ({ isRefused }) => (isRefused === undefined ? undefined : isRefused ? 'refused' : 'answered')),
  numbers('input-length', ({ inputLength }) => inputLength),
  numbers('answer-length', ({ answerLength }) => answerLength),
  choices('routes', ({ route }) => route),
];

function* compareInputs(
  reference: readonly DriftSample[],
  current: readonly DriftSample[],
  random: Random,
): Generator<void, Found, void> {
  const vectorsOf = (samples: readonly DriftSample[]) => samples.map(({ vector = new Float32Array() }) => vector);
  const before = vectorsOf(reference);
  const now = vectorsOf(current);
  const { distance, p } = yield* energyTest(before, now, random);
  const mean = (vector: Float32Array, others: readonly Float32Array[]): number =>
    others.reduce((sum, other) => sum + distanceBetween(vector, other), 0) / others.length;
  // The best examples of the change are far from the reference runs and close to the current ones.
  const scored = current.map(({ runId, vector = new Float32Array() }) => ({
    runId,
    by: mean(vector, before) - mean(vector, now),
  }));
  return { kind: 'inputs', statistic: distance, p, examples: topOf(scored) };
}

function numbers(kind: DriftKind, valueOf: (sample: DriftSample) => number | undefined): Comparison {
  return {
    has: (sample) => valueOf(sample) !== undefined,
    *test(reference, current) {
      const [first, second] = [reference, current].map((samples) => samples.map((sample) => valueOf(sample) ?? 0));
      const { distance, p } = ksTest(first ?? [], second ?? []);
      yield;
      const before = median(first ?? []);
      const now = median(second ?? []);
      const sign = now >= before ? 1 : -1;
      const scored = current.map((sample) => ({ runId: sample.runId, by: sign * (valueOf(sample) ?? 0) }));
      return { kind, statistic: distance, p, before, now, examples: topOf(scored) };
    },
  };
}

function choices(kind: DriftKind, choiceOf: (sample: DriftSample) => string | undefined): Comparison {
  return {
    has: (sample) => choiceOf(sample) !== undefined,
    *test(reference, current, random) {
      const [first, second] = [reference, current].map((samples) => samples.map((sample) => choiceOf(sample) ?? ''));
      const { statistic, p } = yield* countsTest(first ?? [], second ?? [], random);
      const share = (list: readonly string[], choice: string): number =>
        list.filter((one) => one === choice).length / list.length;
      const moved = [...new Set([...(first ?? []), ...(second ?? [])])]
        .map((choice) => ({ choice, before: share(first ?? [], choice), now: share(second ?? [], choice) }))
        .sort((a, b) => b.now - b.before - (a.now - a.before));
      const top = kind === 'refusals' ? moved.find(({ choice }) => choice === 'refused') : moved[0];
      const { choice = 'refused', before = 0, now = 0 } = top ?? {};
      const shown = now >= before ? choice : 'answered';
      const examples = current.filter((sample) => choiceOf(sample) === shown).map(({ runId }) => runId);
      const route = kind === 'routes' ? { route: choice } : {};
      return { kind, statistic, p, before, now, ...route, examples: examples.slice(-mostExamples) };
    },
  };
}

const topOf = (scored: readonly { readonly runId: string; readonly by: number }[]): string[] =>
  [...scored]
    .sort((a, b) => b.by - a.by)
    .slice(0, mostExamples)
    .map(({ runId }) => runId);

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? 0)) / 2;
}
