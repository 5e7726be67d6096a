import type { Filter } from '@heddle/core';
import { digest } from '../shared/beginnings.js';
import { maxDepth } from '../shared/field-terms.js';
import { pushNegations } from '../shared/push-negations.js';
import type { Where } from '../shared/records.js';
import type { Condition } from './namespace.js';

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

/** The service knows no negation, and orders numbers only. As it says, a condition has at most 10,000 values. */
const fieldsFilter = (filter: Filter): Condition =>
  pushNegations<Condition>(filter, {
    mostLevels: maxDepth,
    mostConditions: 1_000,
    mostValues: 10_000,
    join: (op, conditions) => ({ [`$${op}`]: conditions }),
    leaf: (terms, isWanted) => ({ fields: { [isWanted ? '$in' : '$nin']: terms } }),
  });
