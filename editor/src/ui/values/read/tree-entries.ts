export interface TreeEntry {
  readonly key: string;
  readonly value: unknown;
}

export function hasEntries(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** The number of entries of a value. The keys of an object are not visited one by one. */
export function entryCount(value: object): number {
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

export function firstEntries(value: object, most: number): readonly TreeEntry[] {
  if (Array.isArray(value))
    return value.slice(0, most).map((entry: unknown, index) => ({ key: String(index), value: entry }));
  return Object.entries(value)
    .slice(0, most)
    .map(([key, entry]) => ({ key, value: entry as unknown }));
}

/** The summary of a closed entry: `{ name, price }`, `12 entries`. */
export function entrySummary(value: object): string {
  const count = entryCount(value);
  if (Array.isArray(value)) return count === 1 ? '[1 entry]' : `[${count.toLocaleString()} entries]`;
  const keys = Object.keys(value).slice(0, 4).join(', ');
  return `{ ${keys.slice(0, 60)}${count > 4 || keys.length > 60 ? ', …' : ''} }`;
}
