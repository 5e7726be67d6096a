import { HeddleError, type Filter } from '@heddle/core';
import { digest, leafTerms } from '../shared/beginnings.js';
import { maxDepth } from '../shared/field-terms.js';
import type { Where } from '../shared/records.js';
import type { Condition } from './namespace.js';

/** Most values in one condition, as the service says. */
const mostValues = 10_000;
/** Most conditions in one filter. */
const mostConditions = 1_000;

/** Which records. Every record of ours has each of these fields: the service does not say what a condition is where one is missing. */
export function whereFilter({ kind, documents, id, notRevision, positions }: Where): Condition {
  return all([
    ...(kind === undefined ? [] : [{ kind: { $eq: kind } }]),
    ...(documents === undefined ? [] : [{ document: { $in: documents.map(digest) } }]),
    ...(id === undefined ? [] : [{ name: { $eq: digest(id) } }]),
    ...(notRevision === undefined ? [] : [{ revision: { $ne: notRevision } }]),
    ...(positions === undefined ? [] : [{ position: { $gte: positions[0] } }, { position: { $lte: positions[1] } }]),
  ]);
}

/** What is removed with records: the list of a document has records of its own where it is long. */
export const removedFilter = (where: Where): Condition => {
  const { kind, ...others } = where;
  return kind === 'readers' ? all([{ kind: { $in: ['readers', 'list'] } }, whereFilter(others)]) : whereFilter(where);
};

/** All of these conditions. */
export function all(conditions: readonly Condition[]): Condition {
  const [only] = conditions;
  return conditions.length === 1 && only !== undefined ? only : { $and: conditions };
}

/** Passages, without the pieces of their texts. */
export const heads: readonly Condition[] = [{ kind: { $eq: 'passage' } }, { part: { $eq: 0 } }];

/** The passages that a search may find. Errors: `filter_invalid`. */
export function searchedConditions(filter: Filter | undefined): readonly Condition[] {
  return [...heads, ...(filter === undefined ? [] : [fieldsFilter(filter)])];
}

/**
 * The service knows no negation, and orders numbers only: a negation is pushed to the values, and a range becomes the list of all beginnings that
 * values above or below the limit have.
 */
function fieldsFilter(filter: Filter): Condition {
  let count = 0;
  const of = (one: Filter, isWanted: boolean, depth: number): Condition => {
    if (depth > maxDepth) throw refused(`${maxDepth} levels: join its conditions in fewer levels`);
    switch (one.op) {
      case 'not':
        return of(one.filter, !isWanted, depth + 1);
      case 'and':
      case 'or': {
        const inner = one.filters.map((each) => of(each, isWanted, depth + 1));
        const [only, ...others] = inner;
        if (only !== undefined && others.length === 0) return only;
        return { [(one.op === 'and') === isWanted ? '$and' : '$or']: inner };
      }
      default: {
        count += 1;
        if (count > mostConditions) throw refused(`${mostConditions} conditions: use "in" with a list of values`);
        const values = [...new Set(leafTerms(one))];
        if (values.length > mostValues) throw refused(`${mostValues} values in a list`);
        return { fields: { [isWanted ? '$in' : '$nin']: values } };
      }
    }
  };
  return of(filter, true, 0);
}

const refused = (most: string): HeddleError =>
  new HeddleError('filter_invalid', `The filter has more than ${most}, or keep the collection in another store.`);
