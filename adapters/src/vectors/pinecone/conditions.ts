import type { Filter } from '@heddle/core';
import { digest } from '../shared/prefix-terms.js';
import { maxDepth } from '../shared/field-terms.js';
import { pushNegations } from '../shared/push-negations.js';
import type { Where } from '../shared/records.js';
import type { Condition } from './namespace.js';

/**
 * The filter that selects these records. All records have all of these fields, because Pinecone does not document how a condition treats a
 * missing one.
 */
export function whereFilter({ kind, documents, id, notRevision, positions }: Where): Condition {
  return all([
    ...(kind === undefined ? [] : [{ kind: { $eq: kind } }]),
    ...(documents === undefined ? [] : [{ document: { $in: documents.map(digest) } }]),
    ...(id === undefined ? [] : [{ name: { $eq: digest(id) } }]),
    ...(notRevision === undefined ? [] : [{ revision: { $ne: notRevision } }]),
    ...(positions === undefined ? [] : [{ position: { $gte: positions[0] } }, { position: { $lte: positions[1] } }]),
  ]);
}

/** The filter for a removal: a long list of readers has its own records, which are removed with those of its document. */
export const removedFilter = (where: Where): Condition => {
  const { kind, ...others } = where;
  return kind === 'readers' ? all([{ kind: { $in: ['readers', 'list'] } }, whereFilter(others)]) : whereFilter(where);
};

/** A filter that requires all of these conditions. */
export function all(conditions: readonly Condition[]): Condition {
  const [only] = conditions;
  return conditions.length === 1 && only !== undefined ? only : { $and: conditions };
}

/** Conditions for passages, without the pieces of their texts. */
export const heads: readonly Condition[] = [{ kind: { $eq: 'passage' } }, { part: { $eq: 0 } }];

/** Conditions for the passages that a search may find. Errors: `filter_invalid`. */
export function searchedConditions(filter: Filter | undefined): readonly Condition[] {
  return [...heads, ...(filter === undefined ? [] : [fieldsFilter(filter)])];
}

/** Pinecone has no negation, and compares only numbers by order. A condition has at most 10,000 values: Pinecone's limit. */
const fieldsFilter = (filter: Filter): Condition =>
  pushNegations<Condition>(filter, {
    mostLevels: maxDepth,
    mostConditions: 1_000,
    mostValues: 10_000,
    join: (op, conditions) => ({ [`$${op}`]: conditions }),
    leaf: (terms, isWanted) => ({ fields: { [isWanted ? '$in' : '$nin']: terms } }),
  });
