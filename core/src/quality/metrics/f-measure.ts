/** Precision (how much of the answer is correct), recall (how much of the expected answer it contains), and their harmonic mean. */
export interface FMeasure {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Computes precision, recall and their harmonic mean from counts. If nothing was found or nothing is expected, a measure is 0. */
export function fMeasure(matches: number, found: number, expected: number): FMeasure {
  const precision = found === 0 ? 0 : matches / found;
  const recall = expected === 0 ? 0 : matches / expected;
  return { precision, recall, f1: matches === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}

/** Counts how often each item occurs. */
export function countItems(items: Iterable<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

/** Returns the number of items that two bags share. */
export function sharedItems(first: ReadonlyMap<string, number>, second: ReadonlyMap<string, number>): number {
  let shared = 0;
  for (const [item, count] of first) shared += Math.min(count, second.get(item) ?? 0);
  return shared;
}

/** Returns the number of items in a bag. */
export function sizeOfBag(bag: ReadonlyMap<string, number>): number {
  let size = 0;
  for (const count of bag.values()) size += count;
  return size;
}

/** Returns all sequences of `length` consecutive items, each joined with `separator`. */
export function ngramsOf(items: readonly string[], length: number, separator: string): readonly string[] {
  return Array.from({ length: Math.max(0, items.length - length + 1) }, (_, at) =>
    items.slice(at, at + length).join(separator),
  );
}
