/**
 * The members that have a value, for places where an absent member and an undefined one differ: a later spread, a query string, a list
 * of headers.
 */
export function withoutUndefined<T extends object>(members: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [Key in keyof T]: Exclude<T[Key], undefined> }; // the same keys, fewer of them
}
