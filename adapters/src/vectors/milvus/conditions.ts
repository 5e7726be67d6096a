import { HeddleError, type Filter } from '@heddle/core';
import { digest, leafTerms } from '../shared/beginnings.js';
import type { Where } from '../shared/records.js';

/**
 * Quotes a text for a condition of Milvus. Conditions hold digests and names of Heddle only; other characters are refused, so that text from users
 * cannot change a condition.
 */
export function quoted(text: string): string {
  if (!/^[\w:.*-]{0,1024}$/.test(text))
    throw new HeddleError('internal', 'A text for a condition of Milvus has other signs.');
  return `"${text}"`;
}

const list = (values: Iterable<string>): string => `[${[...new Set(values)].map(quoted).join(',')}]`;

/** A field that has one of these values. */
export const oneOf = (field: string, values: Iterable<string>): string => `${field} in ${list(values)}`;

/** A list that has one of these values. */
export const hasOneOf = (field: string, values: Iterable<string>): string =>
  `array_contains_any(${field}, ${list(values)})`;

/** All of these conditions. */
export const all = (conditions: readonly string[]): string => conditions.join(' and ');

/** A condition that every passage meets: an empty one is no condition for the server. */
const every = 'position >= 0';

/** Which passages. */
export function passageWhere({ documents, id, notRevision, positions }: Where): string {
  const parts = [
    ...(documents === undefined ? [] : [oneOf('document', documents.map(digest))]),
    ...(id === undefined ? [] : [`passage == ${quoted(digest(id))}`]),
    ...(notRevision === undefined ? [] : [`revision != ${quoted(notRevision)}`]),
    ...(positions === undefined ? [] : [`position >= ${bound(positions[0])}`, `position <= ${bound(positions[1])}`]),
  ];
  return parts.length === 0 ? every : all(parts);
}

/** A position as a whole number of 32 bits. */
const bound = (position: number): number => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.round(position)));

/** The passages that a filter keeps. Errors: `filter_invalid`. */
export const filterWhere = (filter: Filter | undefined): string => (filter === undefined ? every : fieldsWhere(filter));

/** Most levels of a filter. */
const maxLevels = 20;
/** Most conditions of a filter. */
const mostConditions = 1_000;
/** Most values of one condition. */
const mostValues = 10_000;

/** A negation is pushed to the values, so that nothing depends on what the server takes for the negation of a condition. */
function fieldsWhere(filter: Filter): string {
  let count = 0;
  const of = (one: Filter, isWanted: boolean, depth: number): string => {
    if (depth > maxLevels) throw refused(`${maxLevels} levels: join its conditions in fewer levels`);
    switch (one.op) {
      case 'not':
        return of(one.filter, !isWanted, depth + 1);
      case 'and':
      case 'or': {
        const inner = one.filters.map((each) => of(each, isWanted, depth + 1));
        const [only, ...others] = inner;
        if (only !== undefined && others.length === 0) return only;
        return `(${inner.join((one.op === 'and') === isWanted ? ' and ' : ' or ')})`;
      }
      default: {
        count += 1;
        if (count > mostConditions) throw refused(`${mostConditions} conditions: use "in" with a list of values`);
        const values = new Set(leafTerms(one));
        if (values.size > mostValues) throw refused(`${mostValues} values in a list`);
        return isWanted ? hasOneOf('fields', values) : `(not ${hasOneOf('fields', values)})`;
      }
    }
  };
  return of(filter, true, 0);
}

const refused = (most: string): HeddleError =>
  new HeddleError('filter_invalid', `The filter has more than ${most}, or keep the collection in another store.`);
