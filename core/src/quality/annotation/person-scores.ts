import { HeddleError } from '../../errors/heddle-error.js';
import type { PersonValue, Rubric } from './annotation.js';

/** A person's score of a run's answer, from 0 (lowest level) to 1 (highest). */
export interface PersonScore {
  readonly run: string;
  readonly person: string;
  readonly score: number;
}

/**
 * Converts the values of one criterion to scores, to compare a judge with people. Without a name, the rubric must have exactly one
 * criterion. Errors: `bad_request`.
 *
 * @example personScores(rubric, undefined, [{ run: 'r', criterion: 'clear', value: 3, person: 'user:a' }]) // levels 1 to 5: score 0.5
 */
export function personScores(
  { criteria }: Pick<Rubric, 'criteria'>,
  named: string | undefined,
  values: readonly PersonValue[],
): readonly PersonScore[] {
  const criterion = named === undefined && criteria.length > 1 ? undefined : criteria.find(isNamed(named));
  if (criterion === undefined)
    throw new HeddleError(
      'bad_request',
      criteria.length === 0
        ? 'The rubric of the queue has no criterion with levels: a judge can only be compared on such a criterion.'
        : `Name one criterion of the queue: ${criteria.map(({ name }) => name).join(', ')}.`,
    );
  const levels = criterion.levels.map(({ value }) => value);
  const low = Math.min(...levels);
  const high = Math.max(...levels);
  return values
    .filter((one) => one.criterion === criterion.name)
    .map(({ run, person, value }) => ({ run, person, score: (value - low) / (high - low) }));
}

const isNamed =
  (named: string | undefined) =>
  ({ name }: { readonly name: string }): boolean =>
    named === undefined || name === named;
