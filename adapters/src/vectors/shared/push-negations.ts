import type { Filter } from '@heddle/core';
import { leafTerms } from './prefix-terms.js';
import { filterTooLarge } from './filter-too-large.js';

/** The limits and the syntax of a server's conditions. */
interface ConditionForm<Condition> {
  readonly mostLevels: number;
  readonly mostConditions: number;
  /** Most values in one condition. */
  readonly mostValues: number;
  readonly join: (op: 'and' | 'or', conditions: readonly Condition[]) => Condition;
  /** Selects passages that have one of these terms or, if `isWanted` is false, none of them. */
  readonly leaf: (terms: readonly string[], isWanted: boolean) => Condition;
}

/**
 * Converts a filter into conditions in which only values are negated: negations are pushed down to the values, and a range becomes the list
 * of all prefixes that values above or below the limit have. Errors: `filter_invalid`.
 *
 * @example pushNegations(filter, { mostLevels: 20, mostConditions: 1_000, mostValues: 10_000, join, leaf });
 */
export function pushNegations<Condition>(filter: Filter, form: ConditionForm<Condition>): Condition {
  const { mostLevels, mostConditions, mostValues, join, leaf } = form;
  let count = 0;
  const of = (one: Filter, isWanted: boolean, depth: number): Condition => {
    if (depth > mostLevels) throw filterTooLarge(`${mostLevels} levels: join its conditions in fewer levels`);
    switch (one.op) {
      case 'not':
        return of(one.filter, !isWanted, depth + 1);
      case 'and':
      case 'or': {
        const inner = one.filters.map((each) => of(each, isWanted, depth + 1));
        const [only, ...others] = inner;
        if (only !== undefined && others.length === 0) return only;
        return join((one.op === 'and') === isWanted ? 'and' : 'or', inner);
      }
      default: {
        count += 1;
        if (count > mostConditions)
          throw filterTooLarge(`${mostConditions} conditions: use "in" with a list of values`);
        const values = [...new Set(leafTerms(one))];
        if (values.length > mostValues) throw filterTooLarge(`${mostValues} values in a list`);
        return leaf(values, isWanted);
      }
    }
  };
  return of(filter, true, 0);
}
