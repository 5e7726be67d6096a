import { createHash } from 'node:crypto';
import { HeddleError, type Filter, type StoredDocument } from '@heddle/core';
import { scalarFields, type Scalar } from '../embedded/metadata-fields.js';
import { wellFormed } from '../well-formed.js';

/** Most filters inside each other. */
const maxDepth = 64;
/** Longer texts are compared by their beginning, and for equality also by a hash of all: a term of the server has at most 32,766 bytes. */
const longestText = 8_000;

/**
 * The values of metadata as terms of one field, so that no name of a field is a name on the server. The order of terms is that of the values:
 * a mark for the kind, a hash of the field, the value.
 */
export function fieldTerms(
  { id, title, source }: StoredDocument['document'],
  metadata: Readonly<Record<string, unknown>>,
): readonly string[] {
  const own: readonly (readonly [string, Scalar])[] = [
    ['document', id],
    ['title', title],
    ...(source === undefined ? [] : [['source', source] as const]),
  ];
  const names = new Set(['document', 'title', 'source']);
  const others = scalarFields(metadata).filter(([field]) => !names.has(field));
  return [...new Set([...own, ...others].flatMap(([field, value]) => [presence(field), valueTerm(field, value)]))];
}

type Clause = Readonly<Record<string, unknown>>;

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);
const fieldKey = (field: string): string => hashOf(wellFormed(field));
const presence = (field: string): string => `x${fieldKey(field)}`;
const kindOf = (value: Scalar): string => (typeof value === 'string' ? 's' : typeof value === 'number' ? 'n' : 'b');

/** What all values of one kind of a field begin with. */
const start = (field: string, value: Scalar): string => `${kindOf(value)}${fieldKey(field)}`;

function valueTerm(field: string, value: Scalar): string {
  const text = typeof value === 'number' ? sortable(value) : wellFormed(String(value));
  const isLong = text.length > longestText;
  return `${start(field, value)}${isLong ? `${wellFormed(text.slice(0, longestText))}\u0000${hashOf(text)}` : text}`;
}

/** A number in sixteen hexadecimal digits that have its order. */
function sortable(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value === 0 ? 0 : value);
  const bits = bytes.readBigUInt64BE();
  const ordered = value < 0 ? ~bits & 0xffffffffffffffffn : bits | 0x8000000000000000n;
  return ordered.toString(16).padStart(16, '0');
}

/** A filter as a query of the server. Errors: `filter_invalid`. */
export function filterClause(filter: Filter, depth = 0): Clause {
  if (depth > maxDepth)
    throw new HeddleError(
      'filter_invalid',
      `The filter has more than ${maxDepth} levels: join its conditions in fewer levels.`,
    );
  const inner = (filters: readonly Filter[]): readonly Clause[] => filters.map((one) => filterClause(one, depth + 1));
  switch (filter.op) {
    case 'and':
      return { bool: { filter: inner(filter.filters) } };
    case 'or':
      return { bool: { should: inner(filter.filters), minimum_should_match: 1 } };
    case 'not':
      return { bool: { must_not: inner([filter.filter]) } };
    case 'exists':
      return { term: { fields: presence(filter.field) } };
    case 'eq':
      return { term: { fields: valueTerm(filter.field, filter.value) } };
    case 'in':
      return { terms: { fields: [...new Set(filter.value.map((value) => valueTerm(filter.field, value)))] } };
    default:
      return { range: { fields: rangeOf(filter) } };
  }
}

/** From or up to a value, within the values of its field and kind. */
function rangeOf({ op, field, value }: Extract<Filter, { op: 'gt' | 'gte' | 'lt' | 'lte' }>): Clause {
  const [wanted, first] = [valueTerm(field, value), start(field, value)];
  // The hash has 22 signs: what follows the last one of this field begins with a greater sign than any value of it.
  const end = `${first}\u{10FFFF}`;
  return op === 'gt' || op === 'gte' ? { [op]: wanted, lt: end } : { gte: first, [op]: wanted };
}
