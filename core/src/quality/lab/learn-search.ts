import type { LabConfiguration, LabLearnt } from './lab.js';
import { compareScores } from './race.js';

/** Minimum number of distinct questions to learn from. */
export const fewestLearntFrom = 30;
const folds = 5;

interface Measured {
  readonly configurations: readonly Pick<LabConfiguration, 'number' | 'index' | 'search'>[];
  /** Scores of the configurations that answered all questions, by configuration number. */
  readonly scores: ReadonlyMap<number, readonly number[]>;
  /** The questions, in the order of the scores. */
  readonly questions: readonly string[];
}

/**
 * Chooses the best search for the current index and estimates, by five-fold cross-validation, how good the choice is on unseen questions. A
 * question that occurs several times in the dataset counts once. Undefined if there is nothing to choose or there are too few questions;
 * the search then stays as it is.
 */
export function learnSearch({ configurations, scores, questions }: Measured, seed: number): LabLearnt | undefined {
  const [first] = configurations;
  if (first === undefined) return undefined;
  const index = JSON.stringify(first.index);
  const numbers = configurations
    // A collection cannot store rewriting; that needs a node in a workflow.
    .filter(({ search }) => search.rewrite === undefined)
    .filter((one) => JSON.stringify(one.index) === index && scores.has(one.number))
    .map(({ number }) => number);
  const groups = groupsOf(questions);
  if (numbers.length < 2 || numbers[0] !== first.number || groups.length < fewestLearntFrom) return undefined;
  const table = new Map(
    numbers.map((number) => [number, groups.map((group) => meanAt(scores.get(number) ?? [], group))]),
  );
  const valuesOf = (number: number): readonly number[] => table.get(number) ?? [];
  const chosenWithout = Array.from({ length: folds }, (_, fold) =>
    bestOn(numbers, valuesOf, (at) => at % folds !== fold),
  );
  const heldOut = groups.map((_, at) => valuesOf(chosenWithout[at % folds] ?? first.number)[at] ?? 0);
  const compared = compareScores(valuesOf(first.number), heldOut, { comparisons: 1, seed });
  const number = bestOn(numbers, valuesOf, () => true);
  return {
    number,
    questions: groups.length,
    ...compared,
    verdict: number === first.number ? 'undecided' : compared.verdict,
  };
}

/** Positions of the same question, ignoring case, spaces and punctuation. */
function groupsOf(questions: readonly string[]): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  for (const [at, question] of questions.entries()) {
    const key = (
      question
        .normalize('NFKC')
        .toLowerCase()
        .match(/[\p{L}\p{N}]+/gu) ?? []
    ).join(' ');
    groups.set(key, [...(groups.get(key) ?? []), at]);
  }
  return [...groups.values()];
}

const meanAt = (values: readonly number[], positions: readonly number[]): number =>
  positions.reduce((sum, at) => sum + (values[at] ?? 0), 0) / positions.length;

/** The number with the highest mean over some questions. Ties go to the first, which is the current search if it is included. */
function bestOn(
  numbers: readonly number[],
  valuesOf: (number: number) => readonly number[],
  counts: (at: number) => boolean,
): number {
  let best = numbers[0] ?? 0;
  let most = Number.NEGATIVE_INFINITY;
  for (const number of numbers) {
    const sum = valuesOf(number).reduce((total, value, at) => total + (counts(at) ? value : 0), 0);
    if (sum > most + 1e-9) [best, most] = [number, sum];
  }
  return best;
}
