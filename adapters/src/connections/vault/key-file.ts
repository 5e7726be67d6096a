import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { HeddleError } from '@heddle/core';
import { codeOf, toStorageError } from '../../database/storage-error.js';

/** The first bytes of a key file: its kind and the version of its format. */
const head = 'heddle-key-1 ';

/**
 * Reads the master key of a data folder. If the file is missing, `mayCreate` decides whether a new key may be made: never if secrets exist
 * that only the lost key opens. Errors: `secret_unreadable`, `storage_*`.
 */
export function readKeyFile(file: string, mayCreate: () => boolean): Buffer {
  const found = read(file);
  if (found !== undefined) return parse(found, file);
  if (!mayCreate())
    throw new HeddleError(
      'secret_unreadable',
      `${file} is missing, and stored secrets need it: put the key file of this data folder back, or delete the secrets and set them again.`,
      { details: { place: file } },
    );
  create(file);
  const created = read(file);
  if (created === undefined) throw new HeddleError('storage_failed', `${file} could not be written.`);
  return parse(created, file);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw toStorageError(error, file);
  }
}

function parse(content: string, file: string): Buffer {
  const key = content.startsWith(head) ? Buffer.from(content.slice(head.length).trim(), 'base64') : undefined;
  if (key?.length !== 32)
    throw new HeddleError(
      'secret_unreadable',
      `${file} is not a key file of Heddle: put the key file of this data folder back.`,
      { details: { place: file } },
    );
  return key;
}

/**
 * Writes the whole file under another name and links it to its own name. If two processes do this at once, one wins and both read the same
 * key.
 */
function create(file: string): void {
  const draft = `${file}.new-${process.pid}`;
  try {
    rmSync(draft, { force: true });
    const handle = openSync(draft, 'wx', 0o600);
    try {
      writeSync(handle, `${head}${randomBytes(32).toString('base64')}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    linkSync(draft, file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw toStorageError(error, file);
  } finally {
    rmSync(draft, { force: true });
  }
}
