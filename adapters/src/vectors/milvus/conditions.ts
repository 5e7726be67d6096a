import { HeddleError, type Filter } from '@heddle/core';
import { digest } from '../shared/prefix-terms.js';
import { pushNegations } from '../shared/push-negations.js';
import type { Where } from '../shared/records.js';

/**
 * Quotes a text for a condition of Milvus. Conditions contain only digests and names of Heddle. Other characters are refused, so that text
 * from users cannot change a condition.
 */
export function quoted(text: string): string {
  if (!/^[\w:.*-]{0,1024}$/.test(text))
    throw new HeddleError('internal', 'A text for a condition of Milvus has other signs.');
  return `"${text}"`;
}

const list = (values: Iterable<string>): string => `[${[...new Set(values)].map(quoted).join(',')}]`;

/** The condition that a field has one of these values. */
export const oneOf = (field: string, values: Iterable<string>): string => `${field} in ${list(values)}`;

/** The condition that a list contains one of these values. */
export const containsAny = (field: string, values: Iterable<string>): string =>
  `array_contains_any(${field}, ${list(values)})`;

/** A condition that requires all of these conditions. */
export const all = (conditions: readonly string[]): string => conditions.join(' and ');

/** A condition that every passage meets; the server does not accept an empty one. */
const every = 'position >= 0';

/** The condition that selects these passages. */
export function passageWhere({ documents, id, notRevision, positions }: Where): string {
  const parts = [
    ...(documents === undefined ? [] : [oneOf('document', documents.map(digest))]),
    ...(id === undefined ? [] : [`passage == ${quoted(digest(id))}`]),
    ...(notRevision === undefined ? [] : [`revision != ${quoted(notRevision)}`]),
    ...(positions === undefined ? [] : [`position >= ${bound(positions[0])}`, `position <= ${bound(positions[1])}`]),
  ];
  return parts.length === 0 ? every : all(parts);
}

/** A position as a 32-bit integer. */
const bound = (position: number): number => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.round(position)));

/** The condition for passages that match a filter. Errors: `filter_invalid`. */
export const filterWhere = (filter: Filter | undefined): string => (filter === undefined ? every : fieldsWhere(filter));

/** Only lists of values are negated, so nothing depends on how the server negates a condition. */
const fieldsWhere = (filter: Filter): string =>
  pushNegations(filter, {
    mostLevels: 20,
    mostConditions: 1_000,
    mostValues: 10_000,
    join: (op, conditions) => `(${conditions.join(` ${op} `)})`,
    leaf: (terms, isWanted) => (isWanted ? containsAny('fields', terms) : `(not ${containsAny('fields', terms)})`),
  });
