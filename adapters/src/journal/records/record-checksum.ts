import { crc32 } from 'node:zlib';

/** A row of `records` in the order of its columns, without its checksum. */
export type RowValues = [
  run: number,
  seq: number,
  type: string,
  time: number,
  path: string | null,
  attempt: number | null,
  startSeq: number | null,
  startTime: number | null,
  body: string,
  blobs: string | null,
];

/** Added to checksums that include the start time. Checksums of older versions do not include it. */
const withStartTime = 2 ** 32;

/**
 * The checksum of a row of `records`. It takes half a microsecond: numbers are mixed into the seed, because writing them as text would cost
 * more than everything else.
 */
export const recordChecksum = (row: Readonly<RowValues>): number => withStartTime + sumOf(row, row[7]);

/** Whether the checksum of a row is correct, by the rule of the version that wrote it. */
export const hasChecksum = (row: Readonly<RowValues>, checksum: number): boolean =>
  checksum < withStartTime ? sumOf(row, null) === checksum : recordChecksum(row) === checksum;

function sumOf(
  [run, seq, type, time, path, attempt, startSeq, , body, blobs]: Readonly<RowValues>,
  startTime: number | null,
): number {
  let seed = mixTime(Math.imul(Math.imul(run, 0x9e3779b1) ^ seq, 0x85ebca6b), time);
  seed = Math.imul(seed, 0x9e3779b1) ^ (attempt ?? -1);
  seed = Math.imul(seed, 0x85ebca6b) ^ (startSeq ?? -1);
  if (startTime !== null) seed = mixTime(Math.imul(seed, 0x9e3779b1), startTime);
  return crc32(type + (path ?? '') + body + (blobs ?? ''), seed >>> 0);
}

/** Mixes in a time, whose fraction and upper bits do not fit into a 32-bit integer. */
function mixTime(seed: number, time: number): number {
  return Math.imul(seed ^ (time | 0), 0xc2b2ae35) ^ (time / 0x1_0000_0000) ^ ((time % 1) * 0x1_0000);
}
