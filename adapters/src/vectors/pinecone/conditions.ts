import { createHash } from 'node:crypto';
import { HeddleError, type Filter, type StoredDocument } from '@heddle/core';
import { fieldTerms, maxDepth, presenceTerm, termStart, valueTerm } from '../shared/field-terms.js';
import { nobody } from '../shared/payloads.js';
import type { Where } from '../shared/records.js';
import type { Condition } from './namespace.js';

/** A text that is compared for equality only, in 96 bits. */
export const digest = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 16);

/** Stands for everybody in a list of readers: an empty list would be no field. */
export const everybody = '*';

/** Most values in one condition, as the service says, and conditions in one filter. */
const [mostValues, mostConditions] = [10_000, 1_000];
/** Bytes by which texts are ordered. */
export const orderedBytes = 16;

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

/** The values one of which a passage has that the reader may read, beside the long lists that name the reader. */
export const askedReaders = (readers: readonly string[]): readonly string[] => [
  everybody,
  ...readers.filter((name) => name !== nobody).map(digest),
];

/** The terms of a passage's metadata: its values, and the beginnings by which they are ordered. */
export function fieldsOf(
  document: StoredDocument['document'],
  metadata: Readonly<Record<string, unknown>>,
): readonly string[] {
  const terms = fieldTerms(document, metadata);
  const ordered = terms.flatMap((term) => {
    const [, start = '', text = ''] = /^([sn].{22})(.*)$/su.exec(term) ?? [];
    return start === '' ? [] : beginningsOf(start, digitsOf(start, text));
  });
  return [...new Set([...terms.map(digest), ...ordered])];
}

/** The digits of a value in hexadecimal, in whose order values stand. */
const digitsOf = (start: string, text: string): string =>
  start.startsWith('n') ? text : Buffer.from(text, 'utf8').subarray(0, orderedBytes).toString('hex');

/** A beginning of a value as a term; 64 bits, as there are many of them. `end` stands where a value ends. */
const beginning = (start: string, digits: string): string => digest(`${start}\u0000${digits}`).slice(0, 11);

function beginningsOf(start: string, digits: string): readonly string[] {
  const own = Array.from({ length: digits.length }, (_, at) => beginning(start, digits.slice(0, at + 1)));
  return [...own, beginning(start, `${digits}end`)];
}

type Leaf = Exclude<Filter, { op: 'and' | 'or' | 'not' }>;

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

function leafTerms(filter: Leaf): readonly string[] {
  switch (filter.op) {
    case 'exists':
      return [digest(presenceTerm(filter.field))];
    case 'eq':
      return [digest(valueTerm(filter.field, filter.value))];
    case 'in':
      return filter.value.map((value) => digest(valueTerm(filter.field, value)));
    default:
      return rangeTerms(filter);
  }
}

const hexadecimal = '0123456789abcdef'.split('');

function rangeTerms({ op, field, value }: Extract<Leaf, { op: 'gt' | 'gte' | 'lt' | 'lte' }>): readonly string[] {
  const start = termStart(field, value);
  const term = valueTerm(field, value);
  const digits = digitsOf(start, term.slice(start.length));
  const isAbove = op === 'gt' || op === 'gte';
  const beside = digits
    .split('')
    .flatMap((digit, at) =>
      hexadecimal
        .filter((other) => (isAbove ? other > digit : other < digit))
        .map((other) => beginning(start, digits.slice(0, at) + other)),
    );
  // Of two texts, one of which goes on behind the other, that is the greater one.
  const shorter = Array.from({ length: digits.length }, (_, at) => beginning(start, `${digits.slice(0, at)}end`));
  const longer = hexadecimal.map((other) => beginning(start, digits + other));
  const equal = op === 'gte' || op === 'lte' ? [digest(term)] : [];
  return [...equal, ...beside, ...(isAbove ? longer : shorter)];
}
