import type { PortTypeName } from './port-type.js';

/**
 * Whether an edge may carry a value from a port of type `from` to a port of type `to`. The compiler, the editor and publishing use this
 * rule.
 *
 * Allowed: the same type; `T` to `Json`; `T` to `T[]` (one item); `Text` to `Messages` (one user message); `Number` and `Boolean` to
 * `Text`. Conversions do not chain, so a Text, Number or Boolean does not become a list of another type.
 */
export function isAssignable(from: PortTypeName, to: PortTypeName): boolean {
  if (from === to || to === 'Json') return true;
  if (to === `${from}[]`) return true;
  if (from === 'Text') return to === 'Messages';
  if (from === 'Number' || from === 'Boolean') return to === 'Text';
  return false;
}

/** Converts a value for an edge between assignable types; returns the value itself if no conversion is needed. */
export function convertValue(value: unknown, from: PortTypeName, to: PortTypeName): unknown {
  if (from === to || to === 'Json') return value;
  if (to === `${from}[]`) return [value];
  if (from === 'Text' && to === 'Messages') return [{ role: 'user', content: value }];
  if (to === 'Text') return String(value);
  return value;
}
