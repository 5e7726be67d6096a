import { backslash, letterU, quote } from './json-signs.js';

/** What needs no look at each sign: the platform finds its end many times faster. */
const plainRun = /[^"\\]*/y;
/** Signs that are looked at one by one, as a text may be all escapes. */
const handful = 64;

/**
 * The place of the quote that ends a JSON string, or the end of the text where there is none. Of a string that is all escapes it stops after
 * about `most` signs, never inside an escape: go on from the sign before.
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
