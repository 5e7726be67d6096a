import { createMarkFile, markOf } from '../database/files/mark-file.js';
import type { ChainHead } from './audit-log.js';

/**
 * Keeps `audit.last`, which names the newest record on the disk. It is written before the recorded operation is acknowledged; the signed
 * anchor follows within a second.
 */
interface LastRecord {
  /** Undefined if the file is missing or cannot be read: then only the anchor counts. */
  read(): ChainHead | undefined;
  /** Stores the name of a record that is already on the disk. */
  write(head: ChainHead): void;
  close(): void;
}

const form = /^(\d{16}) (sha256:[0-9a-f]{64})$/;

/**
 * Keeps the newest record in a file.
 *
 * @example createLastRecord(join(folder, 'audit.last')).write(log.head())
 */
export function createLastRecord(file: string): LastRecord {
  const mark = createMarkFile(file);
  let written = -1;
  return {
    read() {
      const [, number, hash] = form.exec(mark.read() ?? '') ?? [];
      return number === undefined || hash === undefined ? undefined : { number: Number(number), hash };
    },
    write({ number, hash }) {
      if (number === written) return;
      mark.write(`${markOf(number)} ${hash}`);
      written = number;
    },
    close: () => mark.close(),
  };
}
