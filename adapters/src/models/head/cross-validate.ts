import type { HeadMeasure, LabelMeasure } from './head-file.js';
import { headScores } from './head-scores.js';
import { trainHead, type LabelledVector, type TrainOptions } from './train-head.js';

/** Trains on all folds but one and asks the one, in turn: every text is judged by a head that has not seen it. */
export function crossValidate(
  examples: readonly LabelledVector[],
  labels: readonly string[],
  folds: number,
  options: TrainOptions = {},
): HeadMeasure {
  const foldOf = assignFolds(examples, folds);
  const said = new Map<LabelledVector, ReadonlySet<string>>();
  for (let fold = 0; fold < folds; fold += 1) {
    const head = trainHead(
      examples.filter((_, index) => foldOf[index] !== fold),
      labels,
      options,
    );
    examples.forEach((example, index) => {
      if (foldOf[index] !== fold) return;
      const scores = headScores(head, example.vector);
      said.set(example, new Set(labels.filter((_, label) => (scores[label] ?? 0) >= 0.5)));
    });
  }
  const sayOf = (example: LabelledVector): ReadonlySet<string> => said.get(example) ?? new Set();
  const right = examples.filter((example) => keyOf(sayOf(example)) === keyOf(example.labels)).length;
  return {
    folds,
    texts: examples.length,
    exact: right / examples.length,
    baseline: Math.max(...countsOf(examples).values()) / examples.length,
    labels: labels.map((label) => measure(label, examples, sayOf)),
  };
}

function measure(
  label: string,
  examples: readonly LabelledVector[],
  sayOf: (example: LabelledVector) => ReadonlySet<string>,
): LabelMeasure {
  const [texts, found, both] = [
    examples.filter(({ labels }) => labels.has(label)).length,
    examples.filter((example) => sayOf(example).has(label)).length,
    examples.filter((example) => example.labels.has(label) && sayOf(example).has(label)).length,
  ];
  const precision = found === 0 ? 0 : both / found;
  const recall = texts === 0 ? 0 : both / texts;
  return {
    label,
    texts,
    precision,
    recall,
    f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall),
  };
}

const keyOf = (labels: ReadonlySet<string>): string => [...labels].sort().join('\n');

function countsOf(examples: readonly LabelledVector[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { labels } of examples) counts.set(keyOf(labels), (counts.get(keyOf(labels)) ?? 0) + 1);
  return counts;
}

/** Deals the texts of each set of labels out in turn, in an order that follows from the texts' position alone. */
function assignFolds(examples: readonly LabelledVector[], folds: number): readonly number[] {
  const dealt = new Map<string, number>();
  let next = 0;
  return examples.map(({ labels }) => {
    const key = keyOf(labels);
    const fold = dealt.get(key) ?? next++ % folds;
    dealt.set(key, (fold + 1) % folds);
    return fold;
  });
}
