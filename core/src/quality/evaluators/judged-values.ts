import { HeddleError } from '../../errors/heddle-error.js';
import { withoutUndefined } from '../../values/without-undefined.js';
import type { Score } from '../metrics/index.js';
import type { EvaluatorContext, Finding, Judged } from './define-evaluator.js';
import type { EvaluatorSetup } from './evaluator.js';
import type { EvaluationSubject } from './evaluators.js';

/** The most right answers of a row. */
const mostExpected = 100;

/** A value as text: a text is itself, everything else is JSON. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

/** The output that an evaluator judges: the named one, or the first. Undefined where the run did not give it. */
export function answerOf({ outputs }: EvaluationSubject, { output }: Pick<EvaluatorSetup, 'output'>): unknown {
  const name = output ?? Object.keys(outputs)[0];
  return name !== undefined && Object.hasOwn(outputs, name) ? outputs[name] : undefined;
}

/**
 * The right answers of a row: a list holds several. An answer that is a list may also equal the whole list. Errors: `evaluation_unfit`
 * for too many.
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

/** The best score over all right answers. */
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

/** A score as a finding. */
export const findingOf = ({ score, explanation }: Score, details?: Readonly<Record<string, unknown>>): Finding =>
  withoutUndefined({ value: score, explanation, details });

/** A share for people: three digits. */
export const shown = (value: number): string => String(Math.round(value * 1_000) / 1_000);
