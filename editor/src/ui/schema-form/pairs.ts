/** A key with its text. */
export interface Pair {
  readonly key: string;
  readonly text: string;
}

/** An object of texts as rows; other values are shown as JSON. */
export function pairsOf(record: Readonly<Record<string, unknown>>): readonly Pair[] {
  return Object.entries(record).map(([key, value]) => ({
    key,
    text: typeof value === 'string' ? value : (JSON.stringify(value) ?? ''),
  }));
}

/** The object of rows: rows without a key are left out, and of two rows with one key the first counts. */
export function recordOf(pairs: readonly Pair[]): Readonly<Record<string, string>> {
  const seen = new Map<string, string>();
  for (const { key, text } of pairs) if (key !== '' && !seen.has(key)) seen.set(key, text);
  return Object.fromEntries(seen);
}
