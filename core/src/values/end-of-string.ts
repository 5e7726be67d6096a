import { backslash, letterU, quote } from './json/json-signs.js';

/** Matches text without quotes and backslashes. A regular expression skips such text much faster than a loop. */
const plainRun = /[^"\\]*/y;
/** Number of characters to check one by one before the next regular expression, for texts with many escapes. */
const handful = 64;

/**
 * Returns the index of the quote that ends a JSON string, or the end of the text if there is none. In a string with many escapes, it stops
 * after about `most` characters, never inside an escape; to continue, start at the previous character.
 *
 * @example endOfString('"a\\"b" ', 0) // 5
 */
export function endOfString(text: string, start: number, most = Infinity): number {
  let index = start + 1;
  for (let count = 1; index < text.length; count += 1) {
    const sign = text.charCodeAt(index);
    if (sign === quote || count > most) return index;
    index += sign !== backslash ? 1 : text.charCodeAt(index + 1) === letterU ? 6 : 2;
    if (count % handful > 0 || index >= text.length) continue;
    plainRun.lastIndex = index;
    plainRun.test(text);
    index = plainRun.lastIndex;
  }
  return text.length;
}
