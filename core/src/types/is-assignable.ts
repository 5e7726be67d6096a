import type { PortTypeName } from './port-type.js';

/**
 * Whether a value of port type `from` may travel into a port of type `to`: the one rule of compiler, editor and publisher.
 *
 * The same type; `T` to `Json`; `T` to `T[]` (one item); `Text` to `Messages` (one user message); `Number` and
 * `Boolean` to `Text`. Nothing else converts silently. Text, Number, Boolean to a list of Text or Messages do not chain.
 */
export function isAssignable(from: PortTypeName, to: PortTypeName): boolean {
  if (from === to || to === 'Json') return true;
  if (to === `${from}[]`) return true;
  if (from === 'Text') return to === 'Messages';
  if (from === 'Number' || from === 'Boolean') return to === 'Text';
  return false;
}

/** Converts a value along an edge whose types are assignable; the value itself where nothing changes. */
export function convertValue(value: unknown, from: PortTypeName, to: PortTypeName): unknown {
  if (from === to || to === 'Json') return value;
  if (to === `${from}[]`) return [value];
  if (from === 'Text' && to === 'Messages') return [{ role: 'user', content: value }];
  if (to === 'Text') return String(value);
  return value;
}
