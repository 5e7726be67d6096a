import { createHash } from 'node:crypto';
import type { Filter, StoredDocument } from '@heddle/core';
import { fieldTerms, presenceTerm, termStart, valueTerm } from './field-terms.js';

/** A 96-bit digest of a text that is only compared for equality. */
export const digest = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 16);

/** Bytes of a text that determine its order. */
export const orderedBytes = 16;

/** The terms of a passage's metadata: its values, and the prefixes with which ranges find them. */
export function fieldsOf(
  document: StoredDocument['document'],
  metadata: Readonly<Record<string, unknown>>,
): readonly string[] {
  const terms = fieldTerms(document, metadata);
  const ordered = terms.flatMap((term) => {
    const [, start = '', text = ''] = /^([sn].{22})(.*)$/su.exec(term) ?? [];
    return start === '' ? [] : prefixTermsOf(start, digitsOf(start, text));
  });
  return [...new Set([...terms.map(digest), ...ordered])];
}

/** The hexadecimal digits of a value, which sort like the values. */
const digitsOf = (start: string, text: string): string =>
  start.startsWith('n') ? text : Buffer.from(text, 'utf8').subarray(0, orderedBytes).toString('hex');

/** A prefix of a value as a term; only 64 bits, because there are many. `end` marks the end of a value. */
const prefixTerm = (start: string, digits: string): string => digest(`${start}\u0000${digits}`).slice(0, 11);

function prefixTermsOf(start: string, digits: string): readonly string[] {
  const own = Array.from({ length: digits.length }, (_, at) => prefixTerm(start, digits.slice(0, at + 1)));
  return [...own, prefixTerm(start, `${digits}end`)];
}

type Leaf = Exclude<Filter, { op: 'and' | 'or' | 'not' }>;

/**
 * The terms for a condition: a passage meets it if it has one of them. A range becomes the list of all prefixes that values above or below
 * the limit have.
 */
export function leafTerms(filter: Leaf): readonly string[] {
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
        .map((other) => prefixTerm(start, digits.slice(0, at) + other)),
    );
  // If one text continues another, the longer one is greater.
  const shorter = Array.from({ length: digits.length }, (_, at) => prefixTerm(start, `${digits.slice(0, at)}end`));
  const longer = hexadecimal.map((other) => prefixTerm(start, digits + other));
  const equal = op === 'gte' || op === 'lte' ? [digest(term)] : [];
  return [...equal, ...beside, ...(isAbove ? longer : shorter)];
}
