export interface Pair {
  readonly key: string;
  readonly text: string;
}

/** Turns an object of texts into rows. Values that are not texts are shown as JSON. */
export function pairsOf(record: Readonly<Record<string, unknown>>): readonly Pair[] {
  return Object.entries(record).map(([key, value]) => ({
    key,
    text: typeof value === 'string' ? value : (JSON.stringify(value) ?? ''),
  }));
}

/** Turns rows into an object. Rows without a key are left out; of two rows with the same key, the first counts. */
export function recordOf(pairs: readonly Pair[]): Readonly<Record<string, string>> {
  const seen = new Map<string, string>();
  for (const { key, text } of pairs) if (key !== '' && !seen.has(key)) seen.set(key, text);
  return Object.fromEntries(seen);
}
