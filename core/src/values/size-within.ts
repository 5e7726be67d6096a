/** The size of a value. */
export interface ValueSize {
  /** Number of members and items. */
  readonly values: number;
  /** Number of characters in all texts and names. */
  readonly characters: number;
}

/**
 * The size of a value; undefined if it exceeds `most`. It stops at the first object or list with too many values and is not
 * recursive, so it is cheap for any value.
 *
 * @example sizeWithin({ a: ['xyz', 2] }, { values: 3, characters: 4 }) // { values: 3, characters: 4 }
 */
export function sizeWithin(value: unknown, most: ValueSize): ValueSize | undefined {
  let values = 0;
  let characters = 0;
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next === 'string') characters += next.length;
    else if (Array.isArray(next)) {
      values += next.length;
      if (values > most.values) return undefined;
      for (const item of next) open.push(item);
    } else if (typeof next === 'object' && next !== null) {
      const names = Object.keys(next);
      values += names.length;
      if (values > most.values) return undefined;
      for (const name of names) {
        characters += name.length;
        open.push(Reflect.get(next, name));
      }
    }
    if (characters > most.characters) return undefined;
  }
  return { values, characters };
}

const any: ValueSize = { values: Infinity, characters: Infinity };

/**
 * The number of members and items of a value, as a measure of work.
 *
 * @example countValues({ a: ['xyz', 2] }) // 3
 */
export const countValues = (value: unknown): number => sizeWithin(value, any)?.values ?? 0;
