import { createHash } from 'node:crypto';
import type { Filter } from '@heddle/core';
import { filterTooLarge } from '../shared/filter-too-large.js';
import { maxDepth, presenceTerm, termStart, valueTerm } from '../shared/field-terms.js';
import { nobody } from '../shared/payloads.js';
import type { Where } from '../shared/records.js';

/** A condition in the format of the REST API. */
export type Condition =
  | { readonly operator: 'And' | 'Or' | 'Not'; readonly operands: readonly Condition[] }
  | {
      readonly operator: 'Equal' | 'Like' | 'GreaterThan';
      readonly path: readonly [string];
      readonly valueText: string;
    }
  | { readonly operator: 'ContainsAny'; readonly path: readonly [string]; readonly valueTextArray: readonly string[] }
  | {
      readonly operator: 'GreaterThanEqual' | 'LessThanEqual';
      readonly path: readonly [string];
      readonly valueInt: number;
    };

/** The same condition in GraphQL. Texts are quoted as in JSON, which GraphQL reads the same way. */
export function conditionText(condition: Condition): string {
  if ('operands' in condition)
    return `{operator:${condition.operator},operands:[${condition.operands.map(conditionText).join(',')}]}`;
  const value =
    'valueInt' in condition
      ? `valueInt:${condition.valueInt}`
      : `valueText:${JSON.stringify('valueText' in condition ? condition.valueText : condition.valueTextArray)}`;
  return `{operator:${condition.operator},path:${JSON.stringify(condition.path)},${value}}`;
}

/** The digest of a text that is only compared for equality. */
export const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** A text in hexadecimal, which sorts like its bytes. */
export const hex = (text: string): string => Buffer.from(text, 'utf8').toString('hex');

const is = (name: string, value: string): Condition => ({ operator: 'Equal', path: [name], valueText: value });

/** The condition that a record has one of these values. */
export const oneOf = (name: string, values: readonly string[]): Condition => ({
  operator: 'ContainsAny',
  path: [name],
  valueTextArray: [...new Set(values)],
});

/** A condition that requires all of these conditions; undefined if there are none. */
export const all = (conditions: readonly Condition[]): Condition | undefined =>
  conditions.length > 1 ? { operator: 'And', operands: conditions } : conditions[0];

/** The term of a document among its passages' fields. */
const documentField = (id: string): string => digest(valueTerm('document', id));

/** The last field of every passage. After the server was killed, it can have a passage in only some of its indexes. */
const live = digest('live');

/**
 * The fields of a passage, in this order: a passage that can be found by the last one can also be removed by the first, that of its
 * document.
 */
export const fieldsValue = (document: string, terms: readonly string[]): readonly string[] => [
  ...new Set([documentField(document), ...terms.map(digest), live]),
];

/** The conditions that select passages. */
export function passageConditions({ documents, id, notRevision, positions }: Where): readonly Condition[] {
  return [
    ...(documents === undefined ? [] : [oneOf('fields', documents.map(documentField))]),
    ...(id === undefined ? [] : [is('passage', digest(id))]),
    ...(notRevision === undefined
      ? []
      : [{ operator: 'Not', operands: [is('revision', notRevision)] } satisfies Condition]),
    ...(positions === undefined ? [] : positionsWithin(positions)),
  ];
}

const positionsWithin = ([first, last]: readonly [number, number]): readonly Condition[] => [
  { operator: 'GreaterThanEqual', path: ['position'], valueInt: whole(first) },
  { operator: 'LessThanEqual', path: ['position'], valueInt: whole(last) },
];

/** A position as a 32-bit integer. */
const whole = (position: number): number => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.round(position)));

/** The conditions that select other records. */
export function recordConditions({ kind, documents, id }: Where): readonly Condition[] {
  return [
    ...(kind === undefined ? [] : [is('kind', kind)]),
    ...(documents === undefined ? [] : [oneOf('document', documents.map(hex))]),
    ...(id === undefined ? [] : [is('note', digest(id))]),
  ];
}

/** The condition for documents after this one. */
export const documentsAfter = (after: string): Condition => ({
  operator: 'GreaterThan',
  path: ['document'],
  valueText: hex(after),
});

/** The entry in a passage that everybody may read. No digest of a name equals it. */
export const everybody = '*';

/** A document's readers as its passages store them. */
export const readersValue = (readers: readonly string[] | undefined): string[] =>
  readers === undefined ? [everybody] : readers.map(digest);

/** The values to search for: a reader may read a passage that has one of them. */
export const readerTerms = (readers: readonly string[]): readonly string[] => [
  everybody,
  ...readers.filter((name) => name !== nobody).map(digest),
];

/** The condition for passages that are in all indexes. */
const isLive: Condition = { operator: 'Equal', path: ['fields'], valueText: live };

/** The conditions for passages that a search may find. Errors: `filter_invalid`. */
export function searchedConditions(
  filter: Filter | undefined,
  readers: readonly string[] | undefined,
): readonly Condition[] {
  return [
    isLive,
    ...(readers === undefined ? [] : [oneOf('readers', readerTerms(readers))]),
    ...(filter === undefined ? [] : [filterCondition(filter)]),
  ];
}

/** Most conditions of a filter, including those of its ranges. */
const maxConditions = 5_000;

function filterCondition(filter: Filter): Condition {
  let count = 0;
  const counted = (leaf: Condition): Condition => {
    count += 'operands' in leaf ? leaf.operands.length : 1;
    if (count > maxConditions) throw filterTooLarge(`${maxConditions} conditions: use "in" with a list of values`);
    return leaf;
  };
  const conditionOf = (one: Filter, depth: number): Condition => {
    if (depth > maxDepth) throw filterTooLarge(`${maxDepth} levels: join its conditions in fewer levels`);
    const inner = (filters: readonly Filter[]): readonly Condition[] =>
      filters.map((other) => conditionOf(other, depth + 1));
    switch (one.op) {
      case 'not':
        return { operator: 'Not', operands: inner([one.filter]) };
      case 'and':
        return { operator: 'And', operands: inner(one.filters) };
      case 'or':
        return { operator: 'Or', operands: inner(one.filters) };
      default:
        return counted(leafCondition(one));
    }
  };
  return conditionOf(filter, 0);
}

type Leaf = Exclude<Filter, { op: 'and' | 'or' | 'not' }>;

function leafCondition(filter: Leaf): Condition {
  switch (filter.op) {
    case 'exists':
      return is('fields', digest(presenceTerm(filter.field)));
    case 'eq':
      return is('fields', digest(valueTerm(filter.field, filter.value)));
    case 'in':
      return oneOf(
        'fields',
        filter.value.map((value) => digest(valueTerm(filter.field, value))),
      );
    default:
      return rangeCondition(filter);
  }
}

/** Bytes of a text that determine its order. */
const orderedBytes = 64;

/**
 * A value as a text of 0 and 1 that sorts like the value: the prefix of its field and type, then its bits without trailing zeros. A greater
 * value either continues this text or has a 1 where it has a 0. So a range is a list of prefixes, and a single value of a list meets both
 * of its bounds.
 */
export function orderedTerm(term: string): string {
  const start = term.slice(0, startLength);
  const rest = term.slice(startLength);
  const bytes = start.startsWith('n') ? Buffer.from(rest, 'hex') : Buffer.from(rest, 'utf8').subarray(0, orderedBytes);
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return `${start}.${bits.replace(/0+$/, '')}`;
}

const startLength = termStart('', '').length;

/** Whether the term is of a value that has an order. */
export const isOrdered = (term: string): boolean => term.startsWith('s') || term.startsWith('n');

function rangeCondition({ op, field, value }: Extract<Leaf, { op: 'gt' | 'gte' | 'lt' | 'lte' }>): Condition {
  const wanted = orderedTerm(valueTerm(field, value));
  const first = startLength + 1;
  const isUp = op === 'gt' || op === 'gte';
  const operands: Condition[] = [];
  const equal: string[] = op === 'gte' || op === 'lte' ? [wanted] : [];
  for (let at = first; at < wanted.length; at += 1) {
    const begin = wanted.slice(0, at);
    if (wanted[at] === (isUp ? '0' : '1')) operands.push(like(`${begin}${isUp ? '1' : '0'}*`));
    // A shorter text that this one continues is less. All texts except the empty one end with 1.
    if (!isUp && (at === first || begin.endsWith('1'))) equal.push(begin);
  }
  if (isUp) operands.push(like(`${wanted}?*`));
  if (equal.length > 0) operands.push(oneOf('ordered', equal));
  // Nothing is less than the least value.
  return operands.length === 0 ? oneOf('ordered', ['none']) : { operator: 'Or', operands };
}

const like = (pattern: string): Condition => ({ operator: 'Like', path: ['ordered'], valueText: pattern });
