import type Database from 'better-sqlite3';
import { bucketsOfHistogram } from '@heddle/core';

/** Bytes of a bucket that is not empty: its number, and how many it holds. */
const entryBytes = 6;

/** Packs a histogram for the database. Empty buckets are left out. */
export function toBlob(counts: Uint32Array): Buffer {
  let used = 0;
  for (const count of counts) if (count > 0) used += 1;
  const blob = Buffer.allocUnsafe(used * entryBytes);
  let at = 0;
  counts.forEach((count, index) => {
    if (count === 0) return;
    blob.writeUInt16LE(index, at);
    blob.writeUInt32LE(count, at + 2);
    at += entryBytes;
  });
  return blob;
}

/** Adds a stored histogram to counts. What is damaged adds nothing. It is called for each row of a read, so it makes no objects. */
export function addBlob(counts: Uint32Array, blob: unknown): Uint32Array {
  if (!(blob instanceof Uint8Array)) return counts;
  const byte = (at: number): number => blob[at] ?? 0;
  for (let at = 0; at + entryBytes <= blob.length; at += entryBytes) {
    const index = byte(at) + byte(at + 1) * 0x100;
    const count = byte(at + 2) + byte(at + 3) * 0x100 + byte(at + 4) * 0x10000 + byte(at + 5) * 0x1000000;
    if (index < bucketsOfHistogram) counts[index] = (counts[index] ?? 0) + count;
  }
  return counts;
}

/** An empty histogram. */
export const emptyCounts = (): Uint32Array => new Uint32Array(bucketsOfHistogram);

/** Teaches SQL `histogram_add(a, b)` and the aggregate `histogram_sum(blob)`. */
export function addHistogramFunctions(connection: Database.Database): void {
  connection.function('histogram_add', { deterministic: true }, (one, two) =>
    toBlob(addBlob(addBlob(emptyCounts(), one), two)),
  );
  connection.aggregate<Uint32Array>('histogram_sum', {
    start: emptyCounts,
    step: (counts, blob) => addBlob(counts, blob),
    result: (counts) => toBlob(counts),
  });
}
