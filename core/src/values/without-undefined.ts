/**
 * The members that have a value. Use it where an absent member and an undefined one differ: values of a run, a later spread, a query
 * string, a list of headers.
 *
 * @example withoutUndefined({ a: 1, b: undefined }) // { a: 1 }
 */
export function withoutUndefined<Members extends object>(
  members: Members,
): { [Key in keyof Members]: Exclude<Members[Key], undefined> } {
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [Key in keyof Members]: Exclude<Members[Key], undefined> }; // the same keys, fewer of them
}
