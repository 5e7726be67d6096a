import { HeddleError } from '@heddle/core';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { codeOf, toStorageError } from '../storage-error.js';
import { syncFolder } from './put-in-place.js';

/** The file in which a data folder records that its data is elsewhere, or is still being moved here. */
const folderMarkFile = 'move.json';

/** The state of a move in a data folder: `arriving` until every row is verified here, `left` once all rows are verified elsewhere. */
export const FolderMark = z.object({
  id: z.string(),
  state: z.enum(['arriving', 'left']),
  /** The folder or server at the other end, without its password. */
  other: z.string(),
});
export type FolderMark = z.infer<typeof FolderMark>;

/** Undefined if no move has touched the folder, or a move to it has ended. Errors: `storage_*`. */
export function readFolderMark(folder: string): FolderMark | undefined {
  const file = join(folder, folderMarkFile);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw toStorageError(error, file);
  }
  try {
    return FolderMark.parse(JSON.parse(text));
  } catch (cause) {
    throw new HeddleError(
      'storage_corrupt',
      `${file} cannot be read: heddle move writes it. Restore a backup, or move again into an empty folder.`,
      {
        cause,
        details: { place: file },
      },
    );
  }
}

/** Writes the mark so that it survives a power loss. Errors: `storage_*`. */
export function writeFolderMark(folder: string, mark: FolderMark): void {
  const file = join(folder, folderMarkFile);
  const draft = `${file}.new-${process.pid}`;
  try {
    const handle = openSync(draft, 'w', 0o600);
    try {
      writeSync(handle, `${JSON.stringify(mark, null, 2)}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(draft, file);
    syncFolder(folder);
  } catch (error) {
    throw toStorageError(error, file);
  }
}

export function removeFolderMark(folder: string): void {
  rmSync(join(folder, folderMarkFile), { force: true });
  syncFolder(folder);
}

/** Refuses a folder with an unfinished move to it, or whose data was moved away. Errors: `move_unfinished`, `storage_moved`. */
export function refuseMovedFolder(folder: string): void {
  const mark = readFolderMark(folder);
  if (mark?.state === 'arriving')
    throw new HeddleError(
      'move_unfinished',
      `${folder} does not have all the data of ${mark.other} yet: run heddle move again to continue. ${mark.other} is unchanged.`,
      { details: { folder, from: mark.other } },
    );
  if (mark?.state === 'left')
    throw new HeddleError(
      'storage_moved',
      `The data of ${folder} was moved to ${mark.other}: start Heddle with HEDDLE_DATABASE_URL and the address of that database, or with its folder. Data that was stored there since then is not in ${folder}.`,
      { details: { folder, to: mark.other } },
    );
}
