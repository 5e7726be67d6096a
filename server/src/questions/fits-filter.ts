import { HeddleError, isPlainObject, type Filter, type Passage } from '@heddle/core';

const maxDepth = 64;

/** Whether a passage fits a filter, as a search with it would find it. Errors: `filter_invalid`. */
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
      // A comparison holds for values of its own kind.
      if (typeof value !== typeof leaf.value) return false;
      return compared(leaf.op, value as string | number, leaf.value); // of the kind of the bound
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

/** The values of a field: several of a list, and fields inside of objects by a dot. */
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
