/**
 * Returns an object without its undefined members. Use it where a missing member differs from an undefined one: in values of a run, before
 * a spread, in a query string, in a list of headers.
 *
 * @example withoutUndefined({ a: 1, b: undefined }) // { a: 1 }
 */
export function withoutUndefined<Members extends object>(
  members: Members,
): { [Key in keyof Members]: Exclude<Members[Key], undefined> } {
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [Key in keyof Members]: Exclude<Members[Key], undefined> }; // the same keys, without those of undefined members
}
