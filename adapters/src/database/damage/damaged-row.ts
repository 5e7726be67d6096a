import { crc32 } from 'node:zlib';
import { HeddleError } from '@heddle/core';

/** A checksum over the columns of a row. */
export const checksumOf = (columns: readonly (string | number | null)[]): number => crc32(columns.join('\0'));

/** The error for a stored row that differs from what was written. */
export function damagedRow(place: string, what: string, wayOut = 'remove the run and run it again'): HeddleError {
  return new HeddleError(
    'storage_corrupt',
    `${what} is damaged in the database (${place}): restore a backup from before (heddle restore), or ${wayOut}.`,
    { details: { place } },
  );
}

/** Parses JSON that Heddle wrote. Errors: `storage_corrupt` if it is not JSON. */
export function parseStored(text: string, place: string, what: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>; // an object, as it was written
  } catch {
    throw damagedRow(place, what);
  }
}
