/**
 * The session that gives way where there are more than may be open: the oldest one of whoever has the most, so that nobody ends those of
 * others by opening many. Undefined while there is room.
 *
 * @example sessionToEnd(new Map([['a', 'key:1'], ['b', 'key:1'], ['c', 'key:2']]), 2) // 'a'
 */
export function sessionToEnd(ownerOf: ReadonlyMap<string, string>, most: number): string | undefined {
  if (ownerOf.size <= most) return undefined;
  const byOwner = new Map<string, string[]>();
  for (const [id, owner] of ownerOf) byOwner.set(owner, [...(byOwner.get(owner) ?? []), id]);
  const [busiest] = [...byOwner.values()].toSorted((one, other) => other.length - one.length);
  return busiest?.[0];
}
