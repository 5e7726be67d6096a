import { ValueWalk } from './value-walk.js';

/** The size of a value. */
export interface ValueSize {
  readonly values: number;
  /** Number of characters in all texts and names. */
  readonly characters: number;
}

/**
 * Returns the size of a value, or undefined if it exceeds `most`. It stops at the first list or object with too many values, so it is cheap
 * for any value.
 *
 * @example sizeWithin({ a: ['xyz', 2] }, { values: 3, characters: 4 }) // { values: 3, characters: 4 }
 */
export function sizeWithin(value: unknown, most: ValueSize): ValueSize | undefined {
  const walk = new ValueWalk(most);
  walk.begin(value);
  while (walk.next());
  return walk.excess === undefined ? { values: walk.values, characters: walk.characters } : undefined;
}

const any: ValueSize = { values: Infinity, characters: Infinity };

/**
 * Returns the number of members and items of a value, as a measure of the work to process it.
 *
 * @example countValues({ a: ['xyz', 2] }) // 3
 */
export const countValues = (value: unknown): number => sizeWithin(value, any)?.values ?? 0;
