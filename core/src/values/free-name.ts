/**
 * The name itself, or where it is taken the same with a number before its ending, which keeps saying what kind of file it is.
 *
 * @example freeName('a/guide.md', new Set(['a/guide.md'])) // 'a/guide~2.md'
 */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  const ending = /(?<=[^/])\.[^./]+$/.exec(wanted)?.[0] ?? '';
  const stem = wanted.slice(0, wanted.length - ending.length);
  let name = wanted;
  for (let copy = 2; taken.has(name); copy += 1) name = `${stem}~${copy}${ending}`;
  return name;
}
