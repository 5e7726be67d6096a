import type { Filter } from '@heddle/core';
import { filterTooLarge } from '../shared/filter-too-large.js';
import { presenceTerm, termStart, valueTerm } from '../shared/field-terms.js';
import { nobody } from '../shared/payloads.js';
import type { Where } from '../shared/records.js';
import { digest, hex } from './row.js';

/**
 * Conditions in LanceDB's language. Its parser takes exponential time for nested NOTs, refuses fifty levels, and takes seconds for
 * thousands of conditions. So negations are pushed down to the values, and levels and conditions are limited.
 */
const maxLevels = 20;
const maxConditions = 500;

const list = (values: readonly string[]): string => `[${values.map((value) => `'${value}'`).join(',')}]`;
const oneOf = (values: readonly string[]): string => values.map((value) => `'${value}'`).join(',');

/** The condition that selects these rows. Every text in it is hexadecimal or a constant of Heddle. */
export function whereSql({ kind, documents, id, notRevision, positions }: Where): string {
  const parts = [
    ...(kind === undefined ? [] : [`kind = '${kind}'`]),
    ...(documents === undefined ? [] : [`document IN (${oneOf(documents.map(hex))})`]),
    ...(id === undefined ? [] : [`id = '${digest(id)}'`]),
    ...(positions === undefined ? [] : [`position >= ${bound(positions[0])} AND position <= ${bound(positions[1])}`]),
    ...(notRevision === undefined ? [] : [`revision <> '${notRevision}'`]),
  ];
  return parts.length === 0 ? 'true' : parts.join(' AND ');
}

/** A position as a 32-bit integer. */
const bound = (position: number): number => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.round(position)));

/** The condition for the passages that a search may find. Errors: `filter_invalid`. */
export function searchedSql(filter: Filter | undefined, readers: readonly string[] | undefined): string {
  const parts = ["kind = 'passage'"];
  if (readers !== undefined) parts.push(readableBy(readers));
  if (filter !== undefined) parts.push(filterSql(filter));
  return parts.join(' AND ');
}

function readableBy(names: readonly string[]): string {
  const asked = names.filter((name) => name !== nobody).map(digest);
  return asked.length === 0 ? 'readers IS NULL' : `(readers IS NULL OR array_has_any(readers, ${list(asked)}))`;
}

/** The condition for rows with these keys; keys are ids of records. */
export const keysSql = (keys: readonly string[]): string => `key IN (${oneOf(keys)})`;

function filterSql(filter: Filter): string {
  let count = 0;
  const sqlOf = (one: Filter, isWanted: boolean, depth: number): string => {
    if (depth > maxLevels) throw filterTooLarge(`${maxLevels} levels: join its conditions in fewer levels`);
    switch (one.op) {
      case 'not':
        return sqlOf(one.filter, !isWanted, depth);
      case 'and':
      case 'or': {
        const [only, ...others] = one.filters;
        if (only !== undefined && others.length === 0) return sqlOf(only, isWanted, depth);
        const joint = (one.op === 'and') === isWanted ? ' AND ' : ' OR ';
        return `(${one.filters.map((inner) => sqlOf(inner, isWanted, depth + 1)).join(joint)})`;
      }
      default:
        count += 1;
        if (count > maxConditions) throw filterTooLarge(`${maxConditions} conditions: use "in" with a list of values`);
        return leafSql(one, isWanted);
    }
  };
  return sqlOf(filter, true, 0);
}

type Leaf = Exclude<Filter, { op: 'and' | 'or' | 'not' }>;

function leafSql(filter: Leaf, isWanted: boolean): string {
  const has = (terms: readonly string[]): string =>
    `array_has_any(fields, ${list([...new Set(terms)].map(hex))})${isWanted ? '' : ' IS FALSE'}`;
  switch (filter.op) {
    case 'exists':
      return has([presenceTerm(filter.field)]);
    case 'eq':
      return has([valueTerm(filter.field, filter.value)]);
    case 'in':
      return has(filter.value.map((value) => valueTerm(filter.field, value)));
    default: {
      const beside = besideSql(filter, isWanted);
      const isOpen = filter.op === 'gt' || filter.op === 'lt';
      if (isOpen) return beside;
      return `(${has([valueTerm(filter.field, filter.value)])} ${isWanted ? 'OR' : 'AND'} ${beside})`;
    }
  }
}

/**
 * Compares by order: the wanted value is inserted into the sorted fields. If a field has a greater (or smaller) value, the neighbour of the
 * wanted value belongs to the same field.
 */
function besideSql(
  { op, field, value }: Extract<Leaf, { op: 'gt' | 'gte' | 'lt' | 'lte' }>,
  isWanted: boolean,
): string {
  const wanted = hex(valueTerm(field, value));
  const all = `array_sort(array_distinct(array_append(fields, '${wanted}')))`;
  const step = op === 'gt' || op === 'gte' ? '+ 1' : '- 1';
  const neighbour = `array_element(${all}, CAST(array_position(${all}, '${wanted}') AS BIGINT) ${step})`;
  return `coalesce(${neighbour}, '') ${isWanted ? 'LIKE' : 'NOT LIKE'} '${hex(termStart(field, value))}%'`;
}
