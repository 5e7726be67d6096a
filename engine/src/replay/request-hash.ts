import { canonicalJson, isPlainObject } from '@heddle/core';
import { createHash } from 'node:crypto';

/** Members of a request that can differ between two calls with the same effect. */
const changing: ReadonlySet<string> = new Set([
  'signal',
  'idempotencykey',
  'idempotency-key',
  'traceparent',
  'timeoutms',
  'maxbytes',
]);

/**
 * The hash of what a request asks for, without signals, callbacks, limits and idempotency keys. Undefined for a request that can be read
 * only once.
 */
export function hashOfRequest(args: readonly unknown[]): string | undefined {
  const meaning = args.map(meaningOf);
  return meaning.includes(unreadable) ? undefined : hashOf(meaning);
}

/** `sha256:<hex>` of a value as canonical JSON. */
export function hashOf(value: unknown): string {
  return `sha256:${createHash('sha256').update(canonicalJson(value)).digest('hex')}`;
}

const unreadable = Symbol('unreadable');

function meaningOf(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: createHash('sha256').update(value).digest('hex') };
  if (Array.isArray(value)) return value.map(meaningOf);
  if (typeof value !== 'object' || value === null) return value;
  if (Symbol.asyncIterator in value || Symbol.iterator in value) return unreadable;
  if (!isPlainObject(value)) return null;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) =>
      changing.has(name.toLowerCase()) || typeof item === 'function' ? [] : [[name, meaningOf(item)]],
    ),
  );
}
