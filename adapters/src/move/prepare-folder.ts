import { HeddleError } from '@heddle/core';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readFolderMark, writeFolderMark, type FolderMark } from '../database/files/folder-mark.js';
import type { Stop } from './rows/examine-rows.js';

/** The target folder, and the folder with files of runs. */
interface Arriving {
  readonly folder: string;
  readonly filesFolder: string;
  readonly startsOver: boolean;
}

const databaseFiles = /^(?:heddle\.db.*|collections\.db.*|audit\.(?:head|last).*)$/;

/**
 * Marks the folder as unfinished before the first row is written. Returns the id of the move. Errors: `conflict` if the folder has data.
 */
export function prepareFolder(arriving: Arriving, from: string): string {
  const { folder, startsOver } = arriving;
  const mark = judgeFolder(arriving, from);
  if (mark !== undefined && startsOver) removeDatabase(folder);
  const id = mark?.id ?? randomUUID();
  writeFolderMark(folder, { id, state: 'arriving', other: from });
  return id;
}

/** The reasons against a move to a folder, which need not exist yet. */
export function stopsOfFolder(arriving: Arriving, from: string): readonly Stop[] {
  try {
    judgeFolder(arriving, from);
    return [];
  } catch (error) {
    if (error instanceof HeddleError && error.code === 'conflict')
      return [{ code: error.code, message: error.message }];
    throw error;
  }
}

/** The mark of an unfinished move that continues; undefined for an empty folder. Errors: `conflict`. */
function judgeFolder({ folder, filesFolder, startsOver }: Arriving, from: string): FolderMark | undefined {
  if (!existsSync(folder)) return undefined;
  const mark = readFolderMark(folder);
  if (mark?.state === 'arriving') {
    if (mark.other === from || startsOver) return mark;
    throw new HeddleError(
      'conflict',
      `An unfinished move from ${mark.other} has filled ${folder}: finish that one, or use --start-over to remove what it has moved.`,
      { details: { from: mark.other } },
    );
  }
  const present = readdirSync(folder).filter((name) => !/^(?:heddle\.lock.*|lost\+found)$/.test(name));
  // The data folder of a process on Postgres has files but no database.
  const filled = folder === filesFolder ? present.filter((name) => databaseFiles.test(name)) : present;
  if (filled.length === 0) return undefined;
  throw new HeddleError(
    'conflict',
    `${folder} has data already (${filled.slice(0, 5).join(', ')}): name an empty folder.`,
    { details: { folder } },
  );
}

/** Removes the databases that an unfinished move has created. */
export function removeDatabase(folder: string): void {
  for (const name of readdirSync(folder)) if (databaseFiles.test(name)) rmSync(join(folder, name), { force: true });
}
