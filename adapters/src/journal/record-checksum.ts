import { crc32 } from 'node:zlib';
import { HeddleError } from '@heddle/core';
import type { RowValues } from './record-inserts.js';

/**
 * A checksum over a row of `records`, half a microsecond: numbers are mixed into the seed, since writing them as text would cost more than all the rest.
 * `start_time` is left out: where an end joins a start that was committed earlier, only the table knows it.
 */
export function recordChecksum(row: Readonly<RowValues>): number {
  const [run, seq, type, time, path, attempt, startSeq, , body, blobs] = row;
  let seed = Math.imul(run, 0x9e3779b1) ^ seq;
  seed = Math.imul(seed, 0x85ebca6b) ^ (time | 0);
  // The parts of the time that an integer of 32 bits has no room for.
  seed = Math.imul(seed, 0xc2b2ae35) ^ (time / 0x1_0000_0000) ^ ((time % 1) * 0x1_0000);
  seed = Math.imul(seed, 0x9e3779b1) ^ (attempt ?? -1);
  seed = Math.imul(seed, 0x85ebca6b) ^ (startSeq ?? -1);
  return crc32(type + (path ?? '') + body + (blobs ?? ''), seed >>> 0);
}

/** A checksum over a row of another table. */
export const checksumOf = (columns: readonly (string | number | null)[]): number => crc32(columns.join('\0'));

/** A stored row that is not as it was written. */
export function damagedRow(place: string, what: string, wayOut = 'remove the run and run it again'): HeddleError {
  return new HeddleError(
    'storage_corrupt',
    `${what} is damaged in the database (${place}): restore a backup from before (heddle restore), or ${wayOut}.`,
    { details: { place } },
  );
}

/** JSON that this Heddle wrote. Errors: `storage_corrupt` where it is none any more. */
export function parseStored(text: string, place: string, what: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>; // an object, as it was written
  } catch {
    throw damagedRow(place, what);
  }
}
