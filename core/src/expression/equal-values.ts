import { isPlainObject } from '../values/json/json.js';

/** Maximum number of compared pairs. Larger values count as different. */
const mostPairs = 1_000_000;

/** Whether two values have the same JSON form. It is not recursive, because values can be very deep. */
export function equalValues(left: unknown, right: unknown): boolean {
  const open: (readonly [unknown, unknown])[] = [[left, right]];
  for (let pairs = 0; open.length > 0; pairs += 1) {
    if (pairs > mostPairs) return false;
    const [a, b] = open.pop() ?? [];
    if (a === b) continue;
    if (Array.isArray(a) && Array.isArray(b)) {
      if (a.length !== b.length) return false;
      for (const [index, entry] of a.entries()) open.push([entry, b[index]]);
    } else if (isPlainObject(a) && isPlainObject(b)) {
      const keys = Object.keys(a);
      if (keys.length !== Object.keys(b).length) return false;
      for (const key of keys) {
        if (!Object.hasOwn(b, key)) return false;
        open.push([a[key], b[key]]);
      }
    } else return false;
  }
  return true;
}
