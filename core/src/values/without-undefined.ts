/**
 * The object without its undefined members: for a value of a run, in which an expression can ask whether a member exists.
 *
 * @example withoutUndefined({ a: 1, b: undefined }) // { a: 1 }
 */
export function withoutUndefined<Members extends object>(members: Members): Members {
  // The type allows undefined, so it also allows an absent member.
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Members;
}
