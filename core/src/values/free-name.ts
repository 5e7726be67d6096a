/**
 * The name itself, or where it is taken the same with a number before its ending, which keeps saying what kind of file it is.
 *
 * `copies` remembers up to which copy each name was taken, for those who ask for very many.
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
