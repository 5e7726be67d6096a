import { HeddleError } from '../../errors/heddle-error.js';
import { withoutUndefined } from '../../values/without-undefined.js';
import type { Score } from '../metrics/index.js';
import type { EvaluatorContext, Finding, Judged } from './define-evaluator.js';
import type { EvaluatorSetup } from './evaluator.js';
import type { EvaluationSubject } from './evaluators.js';

const mostExpected = 100;

/** Returns a text unchanged and everything else as JSON. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

/** Returns the output that an evaluator judges: the named one, or the first. Undefined if the run did not produce it. */
export function answerOf({ outputs }: EvaluationSubject, { output }: Pick<EvaluatorSetup, 'output'>): unknown {
  const name = output ?? Object.keys(outputs)[0];
  return name !== undefined && Object.hasOwn(outputs, name) ? outputs[name] : undefined;
}

/**
 * Returns the correct answers of a row. A list contains several correct answers, but an answer that is a list may also equal the whole
 * list. Errors: `evaluation_unfit` if there are too many.
 */
export function rightAnswers(expected: unknown, answer: unknown): readonly unknown[] {
  if (expected === undefined || expected === null) return [];
  if (!Array.isArray(expected)) return [expected];
  const list = expected as readonly unknown[];
  if (list.length > mostExpected)
    throw new HeddleError(
      'evaluation_unfit',
      `The row has ${list.length} right answers; the limit is ${mostExpected}.`,
    );
  return Array.isArray(answer) ? [list, ...list] : list;
}

/** Returns the best score over all correct answers. */
export async function bestOf<Found extends Score>(
  { expected }: Judged,
  context: Pick<EvaluatorContext, 'pause'>,
  score: (expected: unknown) => Found,
): Promise<Found> {
  let best: Found | undefined;
  for (const one of expected) {
    if (best !== undefined) await context.pause();
    const found = score(one);
    if (best === undefined || found.score > best.score) best = found;
    if (best.score >= 1) break;
  }
  if (best === undefined) throw new HeddleError('evaluation_no_expected', 'The row has no expected answer.');
  return best;
}

/** Converts a score to a finding. */
export const findingOf = ({ score, explanation }: Score, details?: Readonly<Record<string, unknown>>): Finding =>
  withoutUndefined({ value: score, explanation, details });

/** Formats a share with three digits. */
export const scoreText = (value: number): string => String(Math.round(value * 1_000) / 1_000);
