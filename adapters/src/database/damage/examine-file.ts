import { execFile, execFileSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { resolveEntry } from '../../child/resolve-entry.js';
import { ownFile } from '../../child/own-file.js';
import { codeOf } from '../storage-error.js';

export type Finding = 'whole' | 'damaged' | 'unreadable';

/**
 * Checks all pages of a database. SQLite reports a failed read of the disk (EIO) as damage too, so damage counts only if the whole file can
 * be read and the damage is found twice.
 *
 * Only for a process that has not opened the database: opening and closing the file again would release SQLite's locks.
 */
export function examineFile(file: string): Finding {
  for (let round = 0; round < 2; round += 1) {
    const found = checkPages(file);
    if (found !== 'damaged') return found;
    if (!canBeRead(file) || !canBeRead(`${file}-wal`)) return 'unreadable';
  }
  return 'damaged';
}

/** The primary result code of SQLite for failed reads and writes of the system. */
const inputOutputError = 10;

function checkPages(file: string): Finding {
  try {
    const connection = new Database(file, { readonly: true, fileMustExist: true, timeout: 1_000 });
    try {
      const found = connection.prepare<[], string>('PRAGMA quick_check(20)').pluck().all();
      if (found.length === 1 && found[0] === 'ok') return 'whole';
      const codes = found.map((line) => Number(/error code=(\d+)/.exec(line)?.[1] ?? 0));
      return codes.some((code) => (code & 0xff) === inputOutputError) ? 'unreadable' : 'damaged';
    } finally {
      connection.close();
    }
  } catch (error) {
    return /^SQLITE_(?:CORRUPT|NOTADB)/.test(codeOf(error) ?? '') ? 'damaged' : 'unreadable';
  }
}

/** Whether the disk can read every byte of a file. True for a file that does not exist. */
export function canBeRead(file: string): boolean {
  if (!existsSync(file)) return true;
  try {
    const handle = openSync(file, 'r');
    const piece = new Uint8Array(1024 * 1024);
    try {
      while (readSync(handle, piece) > 0);
      return true;
    } finally {
      closeSync(handle);
    }
  } catch {
    return false;
  }
}

const longestMs = 10 * 60_000;

function commandFor(file: string): [command: string, args: string[]] {
  const entry = resolveEntry(ownFile('database/damage/examine-child.js'));
  return [process.execPath, [...entry.execArgv, entry.file, file]];
}

/** Checks a file in a separate process, so that it affects neither the event loop nor the locks of this process. */
export async function examineInChild(file: string): Promise<Finding> {
  const { stdout } = await promisify(execFile)(...commandFor(file), { timeout: longestMs });
  return findingIn(stdout);
}

/** Does the same for a thread that may block. */
export function examineInChildNow(file: string): Finding {
  try {
    return findingIn(
      execFileSync(...commandFor(file), { timeout: longestMs, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  } catch {
    return 'unreadable';
  }
}

function findingIn(text: string): Finding {
  const word = text.trim();
  return word === 'whole' || word === 'damaged' ? word : 'unreadable';
}
