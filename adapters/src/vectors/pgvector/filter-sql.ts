import { HeddleError, type Filter } from '@heddle/core';
import { cleanText } from '../../postgres/clean-text.js';

/** Most levels of nested filters. */
const maxDepth = 64;

/** The parameters of a statement; each gets a number. */
export class Values {
  readonly list: unknown[] = [];

  /** Adds a value and returns its parameter, such as `$3`. */
  add(value: unknown): string {
    this.list.push(value);
    return `$${this.list.length}`;
  }
}

/**
 * Converts a filter into a condition on the column `fields` of passages, which has a list of values for each field. Errors:
 * `filter_invalid`.
 */
export function filterSql(filter: Filter | undefined, values: Values, depth = 0): string {
  if (filter === undefined) return 'true';
  if (depth > maxDepth)
    throw new HeddleError(
      'filter_invalid',
      `The filter has more than ${maxDepth} levels: join its conditions in fewer levels.`,
    );
  const inner = (one: Filter): string => filterSql(one, values, depth + 1);
  switch (filter.op) {
    case 'and':
      return `(${filter.filters.map(inner).join(' AND ')})`;
    case 'or':
      return `(${filter.filters.map(inner).join(' OR ')})`;
    case 'not':
      return `NOT ${inner(filter.filter)}`;
    case 'exists':
      return `fields ? ${values.add(cleanText(filter.field))}`;
    case 'eq':
      return holds(filter.field, filter.value, values);
    case 'in':
      return `(${[...new Set(filter.value)].map((value) => holds(filter.field, value, values)).join(' OR ')})`;
    default:
      return compares(filter, values);
  }
}

/** JSON containment distinguishes types: 14 is not "14". */
function holds(field: string, value: string | number | boolean, values: Values): string {
  const scalar = typeof value === 'string' ? cleanText(value) : value;
  return `fields @> ${values.add(JSON.stringify({ [cleanText(field)]: [scalar] }))}::jsonb`;
}

const operators = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

/** Compares with each value of the same type. */
function compares({ op, field, value }: Extract<Filter, { op: keyof typeof operators }>, values: Values): string {
  const [kind, cast, wanted] =
    typeof value === 'number'
      ? ['number', '::numeric', `${values.add(value)}::numeric`]
      : ['string', ' COLLATE "C"', values.add(cleanText(value))];
  const list = `fields -> ${values.add(cleanText(field))}`;
  // CASE keeps the cast away from values of another type.
  return `EXISTS (SELECT 1 FROM jsonb_array_elements(${list}) AS held(value) WHERE CASE WHEN jsonb_typeof(value) = '${kind}'
    THEN (value #>> '{}')${cast} ${operators[op]} ${wanted} ELSE false END)`;
}
