import { averagePrecision, bestThreshold, calibrate, type Calibration, type LabelScore } from './calibrate.js';
import type { HeadMeasure, LabelMeasure } from './head-file.js';
import { headValues, sigmoid } from './head-scores.js';
import { isKnown, trainHead, type LabelledVector, type TrainOptions } from './train-head.js';

/** The result of cross-validation: the quality of the head, and the calibration of each label. */
interface CrossValidation {
  readonly measured: HeadMeasure;
  readonly calibrations: readonly Calibration[];
}

/** The value of a label for a text, from a head that was not trained on the text. */
interface Judged extends LabelScore {
  readonly example: LabelledVector;
  readonly fold: number;
}

/**
 * Trains on all folds but one and tests on that one, for each fold. So each text is judged by a head that was not trained on it. The
 * calibration and the threshold for a fold come from the other folds. A label that is unknown for a text is ignored for that text.
 */
export function crossValidate(
  examples: readonly LabelledVector[],
  labels: readonly string[],
  folds: number,
  options: TrainOptions = {},
): CrossValidation {
  const judged = judge(examples, labels, folds, options);
  const byLabel = labels.map((label, at) => measureLabel(label, judged[at] ?? [], folds));
  const said = new Map<LabelledVector, Set<string>>(examples.map((example) => [example, new Set()]));
  labels.forEach((label, at) => byLabel[at]?.flagged.forEach((example) => said.get(example)?.add(label)));
  const isRight = (example: LabelledVector, answer: ReadonlySet<string>): boolean =>
    labels.every((label) => !isKnown(example, label) || example.labels.has(label) === answer.has(label));
  const share = (answerOf: (example: LabelledVector) => ReadonlySet<string>): number =>
    examples.filter((example) => isRight(example, answerOf(example))).length / examples.length;
  const commonest = commonestOf(examples);
  return {
    calibrations: judged.map(calibrate),
    measured: {
      folds,
      texts: examples.length,
      exact: share((example) => said.get(example) ?? new Set()),
      baseline: Math.max(...commonest.map((answer) => share(() => answer))),
      labels: byLabel.map(({ measure }) => measure),
    },
  };
}

/** The judged texts for each label, without the texts for which the label is unknown. */
function judge(
  examples: readonly LabelledVector[],
  labels: readonly string[],
  folds: number,
  options: TrainOptions,
): readonly (readonly Judged[])[] {
  const foldOf = assignFolds(examples, folds);
  const judged: Judged[][] = labels.map(() => []);
  for (let fold = 0; fold < folds; fold += 1) {
    const head = trainHead(
      examples.filter((_, index) => foldOf[index] !== fold),
      labels,
      options,
    );
    examples.forEach((example, index) => {
      if (foldOf[index] !== fold) return;
      headValues(head, example.vector).forEach((value, at) => {
        const label = labels[at] ?? '';
        if (isKnown(example, label)) judged[at]?.push({ example, fold, value, has: example.labels.has(label) });
      });
    });
  }
  return judged;
}

function measureLabel(
  label: string,
  judged: readonly Judged[],
  folds: number,
): { readonly measure: LabelMeasure; readonly flagged: readonly LabelledVector[] } {
  const scored: (Judged & { readonly isBest: boolean })[] = [];
  for (let fold = 0; fold < folds; fold += 1) {
    const others = judged.filter((one) => one.fold !== fold);
    const scoreOf = scorer(calibrate(others));
    const threshold = bestThreshold(others.map(scoreOf));
    for (const one of judged)
      if (one.fold === fold) scored.push({ ...scoreOf(one), isBest: scoreOf(one).value >= threshold });
  }
  const flagged = scored.filter(({ value }) => value >= 0.5);
  return {
    flagged: flagged.map(({ example }) => example),
    measure: {
      label,
      texts: judged.filter(({ has }) => has).length,
      known: judged.length,
      ...rates(scored, flagged),
      averagePrecision: averagePrecision(scored),
      threshold: bestThreshold(judged.map(scorer(calibrate(judged)))),
      atThreshold: rates(
        scored,
        scored.filter(({ isBest }) => isBest),
      ),
    },
  };
}

const scorer =
  ({ slope, shift }: Calibration) =>
  (one: Judged): Judged => ({ ...one, value: sigmoid(slope * one.value + shift) });

function rates(
  all: readonly LabelScore[],
  flagged: readonly LabelScore[],
): { readonly precision: number; readonly recall: number; readonly f1: number } {
  const texts = all.filter(({ has }) => has).length;
  const both = flagged.filter(({ has }) => has).length;
  const precision = flagged.length === 0 ? 0 : both / flagged.length;
  const recall = texts === 0 ? 0 : both / texts;
  return { precision, recall, f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}

const keyOf = (labels: ReadonlySet<string>): string => [...labels].sort().join('\n');

/** The most frequent sets of labels. One of them is the best constant answer. */
function commonestOf(examples: readonly LabelledVector[]): readonly ReadonlySet<string>[] {
  const counts = new Map<string, { readonly labels: ReadonlySet<string>; count: number }>();
  for (const { labels } of examples) {
    const entry = counts.get(keyOf(labels)) ?? { labels, count: 0 };
    entry.count += 1;
    counts.set(keyOf(labels), entry);
  }
  return [...counts.values()]
    .toSorted((a, b) => b.count - a.count)
    .slice(0, 4)
    .map(({ labels }) => labels);
}

/** Assigns the texts of each set of labels to the folds in rotation. The result depends only on the order of the texts. */
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
