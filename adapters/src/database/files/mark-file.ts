import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/**
 * A short text in a file of its own, overwritten in place. That takes microseconds, so it can be written before a
 * request is answered. It is not flushed: after a power loss the file may have an older text, which is still true.
 */
export interface MarkFile {
  /** Undefined if there is no text, or it cannot be read. */
  read(): string | undefined;
  /**
   * Overwrites the file with a text. All texts must have the same length. If the file cannot be written, it keeps the older text, and no
   * error is thrown.
   */
  write(text: string): void;
  close(): void;
}

/**
 * Keeps a mark in a file.
 *
 * @example createMarkFile(join(folder, 'audit.last')).write('0000000000000012')
 */
export function createMarkFile(file: string): MarkFile {
  let handle: number | undefined;
  let written: string | undefined;
  return {
    read() {
      try {
        const [, text = '', checksum] = /^(.*) ([0-9a-f]{8})\n$/.exec(readFileSync(file, 'latin1')) ?? [];
        return checksum === checksumOf(text) ? text : undefined;
      } catch {
        return undefined;
      }
    },
    write(text) {
      if (text === written) return;
      try {
        // Not 'w', which would empty the file first, and not 'a', which would append.
        handle ??= openSync(file, constants.O_RDWR | constants.O_CREAT, 0o600);
        writeSync(handle, `${text} ${checksumOf(text)}\n`, 0, 'latin1');
        written = text;
      } catch {
        // The file keeps the older mark, which is also true.
      }
    },
    close() {
      if (handle !== undefined) closeSync(handle);
      handle = undefined;
    },
  };
}

/** A number as a mark of constant length. */
export const markOf = (number: number): string => String(number).padStart(16, '0');

const checksumOf = (text: string): string => crc32(text).toString(16).padStart(8, '0');
