import { createMarkFile, markOf } from '../database/files/mark-file.js';
import type { ChainHead } from './audit-log.js';

/** Keeps `audit.last`, which names the newest record on the disk. It is written before the work that it records is acknowledged; the signed anchor follows within a second. */
interface LastRecord {
  /** Undefined if there is none, or if it cannot be read: then the anchor counts. */
  read(): ChainHead | undefined;
  /** Names a record that survives a power loss. */
  write(head: ChainHead): void;
  close(): void;
}

const form = /^(\d{16}) (sha256:[0-9a-f]{64})$/;

/** @example createLastRecord(join(folder, 'audit.last')).write(log.head()) */
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
