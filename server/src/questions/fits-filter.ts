import { HeddleError, isPlainObject, type Filter, type Passage } from '@heddle/core';

const maxDepth = 64;

/** Whether a search with this filter could find the passage. Errors: `filter_invalid`. */
export function fitsFilter(filter: Filter, passage: Passage, depth = 0): boolean {
  if (depth > maxDepth)
    throw new HeddleError('filter_invalid', `The filter has more than ${maxDepth} levels: join its conditions.`);
  switch (filter.op) {
    case 'and':
      return filter.filters.every((inner) => fitsFilter(inner, passage, depth + 1));
    case 'or':
      return filter.filters.some((inner) => fitsFilter(inner, passage, depth + 1));
    case 'not':
      return !fitsFilter(filter.filter, passage, depth + 1);
    default:
      return valuesOf(filter.field, passage).some((value) => fitsLeaf(filter, value));
  }
}

type Leaf = Exclude<Filter, { op: 'and' | 'or' | 'not' }>;

function fitsLeaf(leaf: Leaf, value: unknown): boolean {
  switch (leaf.op) {
    case 'exists':
      return value !== undefined && value !== null;
    case 'eq':
      return value === leaf.value;
    case 'in':
      return leaf.value.some((one) => one === value);
    default:
      // Values of different types never compare as true.
      if (typeof value !== typeof leaf.value) return false;
      return compared(leaf.op, value as string | number, leaf.value); // it has the type of `leaf.value`
  }
}

function compared(op: 'gt' | 'gte' | 'lt' | 'lte', a: string | number, b: string | number): boolean {
  switch (op) {
    case 'gt':
      return a > b;
    case 'gte':
      return a >= b;
    case 'lt':
      return a < b;
    case 'lte':
      return a <= b;
  }
}

/** Gives the values of a field: every entry of a list; a dot in the name leads into an object. */
function valuesOf(field: string, { document, title, source, metadata = {} }: Passage): readonly unknown[] {
  if (field === 'document') return [document];
  if (field === 'title') return [title];
  if (field === 'source') return [source];
  const value = Object.hasOwn(metadata, field)
    ? metadata[field]
    : field
        .split('.')
        .reduce<unknown>((at, name) => (isPlainObject(at) && Object.hasOwn(at, name) ? at[name] : undefined), metadata);
  return Array.isArray(value) ? (value as readonly unknown[]) : [value];
}
