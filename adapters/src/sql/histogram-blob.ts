import type Database from 'better-sqlite3';
import { bucketsOfHistogram, type HistogramEntries } from '@heddle/core';

/** Bytes of a non-empty bucket: its number and its count. */
export const entryBytes = 6;

/** Encodes a histogram for the database, without its empty buckets. */
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

/** Adds a stored histogram to counts without creating objects. A damaged one adds nothing. */
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

/** The entries of a stored histogram, from the text of SQL's `hex`. */
export function entriesOfHex(hex: string): HistogramEntries {
  const entries = new Uint32Array((hex.length / (2 * entryBytes)) * 2);
  const byte = (at: number): number => digit(hex.charCodeAt(at)) * 0x10 + digit(hex.charCodeAt(at + 1));
  for (let at = 0, to = 0; to < entries.length; at += 2 * entryBytes) {
    entries[to++] = byte(at) + byte(at + 2) * 0x100;
    entries[to++] = byte(at + 4) + byte(at + 6) * 0x100 + byte(at + 8) * 0x10000 + byte(at + 10) * 0x1000000;
  }
  return entries;
}

const digit = (code: number): number => (code & 15) + (code > 57 ? 9 : 0);

/** Creates an empty histogram. */
export const emptyCounts = (): Uint32Array => new Uint32Array(bucketsOfHistogram);

/** Adds the SQL function `histogram_add(a, b)` to a connection. */
export function addHistogramFunctions(connection: Database.Database): void {
  const sum = emptyCounts();
  connection.function('histogram_add', { deterministic: true }, (one, two) =>
    toBlob(addBlob(addBlob(sum.fill(0), one), two)),
  );
}
