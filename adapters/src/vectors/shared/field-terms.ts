import { createHash } from 'node:crypto';
import type { StoredDocument } from '@heddle/core';
import { scalarFields, type Scalar } from '../embedded/metadata-fields.js';
import { wellFormed } from '../well-formed.js';

/**
 * Longer texts are compared by their beginning, and for equality also by a hash of the whole: a term of OpenSearch has at most 32,766
 * bytes.
 */
const longestText = 8_000;

/** Most levels of nested filters. */
export const maxDepth = 64;

/**
 * The values of metadata as terms of one field, so that names of metadata fields do not become names on the server. A term has a mark for
 * the type, a hash of the field name, and the value; so terms sort like the values.
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
  return [...new Set([...own, ...others].flatMap(([field, value]) => [presenceTerm(field), valueTerm(field, value)]))];
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);
const fieldKey = (field: string): string => hashOf(wellFormed(field));
const kindOf = (value: Scalar): string => (typeof value === 'string' ? 's' : typeof value === 'number' ? 'n' : 'b');

/** The term of every passage that has a value in this field. */
export const presenceTerm = (field: string): string => `x${fieldKey(field)}`;

/** The prefix of all terms for values of one type in a field. No other term has it: the hash has 22 characters. */
export const termStart = (field: string, value: Scalar): string => `${kindOf(value)}${fieldKey(field)}`;

/** The term of a value. */
export function valueTerm(field: string, value: Scalar): string {
  const text = typeof value === 'number' ? sortable(value) : wellFormed(String(value));
  const isLong = text.length > longestText;
  return `${termStart(field, value)}${isLong ? `${wellFormed(text.slice(0, longestText))}\u0000${hashOf(text)}` : text}`;
}

/** A number as sixteen hexadecimal digits that sort like the number. */
function sortable(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value === 0 ? 0 : value);
  const bits = bytes.readBigUInt64BE();
  const ordered = value < 0 ? ~bits & 0xffffffffffffffffn : bits | 0x8000000000000000n;
  return ordered.toString(16).padStart(16, '0');
}
