/**
 * Returns the wanted name or, if it is taken, the name with a number before its file extension.
 *
 * `copies` remembers the last number of each name, which speeds up many calls.
 *
 * @example freeName('a/guide.md', new Set(['a/guide.md'])) // 'a/guide~2.md'
 */
export function freeName(wanted: string, taken: ReadonlySet<string>, copies: Map<string, number> = new Map()): string {
  const ending = /(?<=[^/])\.[^./]+$/.exec(wanted)?.[0] ?? '';
  const stem = wanted.slice(0, wanted.length - ending.length);
  let name = wanted;
  let copy = copies.get(wanted) ?? 2;
  for (; taken.has(name); copy += 1) name = `${stem}~${copy}${ending}`;
  copies.set(wanted, copy);
  return name;
}
