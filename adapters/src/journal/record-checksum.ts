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
