import type Database from 'better-sqlite3';
import { bucketsOfHistogram, type HistogramEntries } from '@heddle/core';

/** Bytes of a bucket that is not empty: its number, and how many it holds. */
export const entryBytes = 6;

/** Packs a histogram for the database. Empty buckets are left out. */
export function toBlob(counts: Uint32Array): Buffer {
  let used = 0;
  for (const count of counts) if (count > 0) used += 1;
  const blob = Buffer.allocUnsafe(used * entryBytes);
  let at = 0;
  for (let index = 0; at < blob.length; index += 1) {
    const count = counts[index] ?? 0;
    if (count === 0) continue;
    blob.writeUInt16LE(index, at);
    blob.writeUInt32LE(count, at + 2);
    at += entryBytes;
  }
  return blob;
}

/** Adds a stored histogram to counts. What is damaged adds nothing. It makes no objects. */
function addBlob(counts: Uint32Array, blob: unknown): Uint32Array {
  if (!(blob instanceof Uint8Array)) return counts;
  const byte = (at: number): number => blob[at] ?? 0;
  for (let at = 0; at + entryBytes <= blob.length; at += entryBytes) {
    const index = byte(at) + byte(at + 1) * 0x100;
    const count = byte(at + 2) + byte(at + 3) * 0x100 + byte(at + 4) * 0x10000 + byte(at + 5) * 0x1000000;
    if (index < bucketsOfHistogram) counts[index] = (counts[index] ?? 0) + count;
  }
  return counts;
}

/** Entries of a stored histogram as SQL's `hex` writes it. */
export function entriesOfHex(hex: string): HistogramEntries {
  const entries = new Uint32Array((hex.length / (2 * entryBytes)) * 2);
  const byte = (at: number): number => digit(hex.charCodeAt(at)) * 0x10 + digit(hex.charCodeAt(at + 1));
  for (let at = 0, to = 0; to < entries.length; at += 2 * entryBytes) {
    entries[to++] = byte(at) + byte(at + 2) * 0x100;
    entries[to++] = byte(at + 4) + byte(at + 6) * 0x100 + byte(at + 8) * 0x10000 + byte(at + 10) * 0x1000000;
  }
  return entries;
}

/** The value of one of the digits 0 to 9 and A to F. */
const digit = (code: number): number => (code & 15) + (code > 57 ? 9 : 0);

/** An empty histogram. */
export const emptyCounts = (): Uint32Array => new Uint32Array(bucketsOfHistogram);

/** Teaches SQL `histogram_add(a, b)`. */
export function addHistogramFunctions(connection: Database.Database): void {
  const sum = emptyCounts();
  connection.function('histogram_add', { deterministic: true }, (one, two) =>
    toBlob(addBlob(addBlob(sum.fill(0), one), two)),
  );
}
