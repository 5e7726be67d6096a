import type { Schemas } from '@qdrant/js-client-rest';
import { HeddleError, type Filter } from '@heddle/core';
import { nobody } from '../shared/payloads.js';
import { wellFormed } from '../well-formed.js';

type Condition = Schemas['Condition'];

/** Most levels of nested filters. */
const maxDepth = 64;

const ownFields: ReadonlySet<string> = new Set(['document', 'title', 'source']);

/** Matches no point. */
const nothing: Condition = { has_id: [] };

/**
 * Converts a filter into Qdrant's format. It matches only passages, and with `readers` only those that a reader with these names may read.
 * Errors: `filter_invalid`.
 */
export function toQdrantFilter(filter: Filter | undefined, readers?: readonly string[]): Schemas['Filter'] {
  return {
    must: [
      { key: 'kind', match: { value: 'passage' } },
      ...(readers === undefined ? [] : [readableBy(readers)]),
      ...(filter === undefined ? [] : [toCondition(filter, 0)]),
    ],
  };
}

const readableBy = (readers: readonly string[]): Condition => ({
  should: [
    { is_empty: { key: 'readers' } },
    { key: 'readers', match: { any: readers.filter((name) => name !== nobody) } },
  ],
});

function toCondition(filter: Filter, depth: number): Condition {
  if (depth > maxDepth)
    throw new HeddleError(
      'filter_invalid',
      `The filter has more than ${maxDepth} levels: join its conditions in fewer levels.`,
    );
  switch (filter.op) {
    case 'and':
      return { must: filter.filters.map((inner) => toCondition(inner, depth + 1)) };
    case 'or':
      return { should: filter.filters.map((inner) => toCondition(inner, depth + 1)) };
    case 'not':
      return { must_not: [toCondition(filter.filter, depth + 1)] };
    default: {
      const key = payloadKey(filter.field);
      return key === undefined ? nothing : fieldCondition(key, filter);
    }
  }
}

function fieldCondition(key: string, filter: Exclude<Filter, { op: 'and' | 'or' | 'not' }>): Condition {
  switch (filter.op) {
    case 'exists':
      return { must_not: [{ is_empty: { key } }] };
    case 'eq':
      return equals(key, filter.value);
    case 'in':
      return {
        should: filter.value.every((value) => typeof value === 'string')
          ? [{ key, match: { any: filter.value.map(wellFormed) } }]
          : filter.value.map((value) => equals(key, value)),
      };
    default:
      return { key, range: { [filter.op]: bound(filter.field, filter.value) } };
  }
}

/** Qdrant matches text, booleans and whole numbers; a fraction is a range of one value. */
function equals(key: string, value: string | number | boolean): Condition {
  if (typeof value !== 'number' || Number.isSafeInteger(value))
    return { key, match: { value: typeof value === 'string' ? wellFormed(value) : value } };
  return Number.isFinite(value) ? { key, range: { gte: value, lte: value } } : nothing;
}

/** Qdrant compares numbers and dates by order, but no other text. */
function bound(field: string, value: number | string): number | string {
  if (typeof value === 'number' || /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}|$)/.test(value)) return value;
  throw new HeddleError(
    'filter_invalid',
    `The filter compares '${field}' with the text '${value}': Qdrant orders numbers and dates only. Use eq or in, or keep the collection in the embedded store.`,
  );
}

/** The path of a field in the payload; undefined if Qdrant's paths cannot name it. */
function payloadKey(field: string): string | undefined {
  if (ownFields.has(field)) return field;
  const parts = field
    .split('.')
    .map((part) => (/^[\w-]+$/.test(part) ? part : part.includes('"') || part === '' ? undefined : `"${part}"`));
  return parts.includes(undefined) ? undefined : ['metadata', ...parts].join('.');
}
