import type { StoredDocument } from '@heddle/core';

/**
 * A value as SQLite stores it: numbers and text as they are, booleans as one-byte blobs, so that values of different types are never equal.
 */
export type FieldValue = string | number | Buffer;

const yes = Buffer.from([1]);
const no = Buffer.from([0]);

/** The stored form of a scalar; undefined for other values. */
export function toFieldValue(value: unknown): FieldValue | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'boolean') return value ? yes : no;
  return undefined;
}

/** Most levels of nested objects that filters can reach into. */
const maxDepth = 8;

/** A value that a filter can compare. */
export type Scalar = string | number | boolean;

const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));

/** The filterable values of metadata in the form that SQLite stores. */
export const metadataFields = (
  metadata: Readonly<Record<string, unknown>>,
): readonly (readonly [field: string, value: FieldValue])[] =>
  scalarFields(metadata).flatMap(([field, scalar]) => {
    const value = toFieldValue(scalar);
    return value === undefined ? [] : [[field, value] as const];
  });

/**
 * The filterable values of metadata: one value for each item of a list, and dotted names for objects inside.
 *
 * @example scalarFields({ tags: ['a', 'b'], author: { name: 'Ada' } }) // [['tags','a'],['tags','b'],['author.name','Ada']]
 */
export function scalarFields(
  metadata: Readonly<Record<string, unknown>>,
): readonly (readonly [field: string, value: Scalar])[] {
  const found: [string, Scalar][] = [];
  const visit = (field: string, value: unknown, depth: number): void => {
    if (isScalar(value)) found.push([field, value]);
    else if (depth >= maxDepth) return;
    else if (Array.isArray(value)) for (const item of value) visit(field, item, depth + 1);
    else if (typeof value === 'object' && value !== null)
      for (const [key, item] of Object.entries(value)) visit(`${field}.${key}`, item, depth + 1);
  };
  for (const [field, value] of Object.entries(metadata)) visit(field, value, 0);
  return found;
}

/** The metadata of a passage: its document's metadata, overlaid with its own. Undefined if neither has any. */
export function mergeMetadata(
  document: StoredDocument['document'],
  own: Readonly<Record<string, unknown>> | undefined,
): Record<string, unknown> | undefined {
  if (document.metadata === undefined && own === undefined) return undefined;
  return { ...document.metadata, ...own };
}
