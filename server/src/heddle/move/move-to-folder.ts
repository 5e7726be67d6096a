import { lockDataFolder, makeFolder } from '@heddle/adapters/database';
import {
  examinePostgres,
  moveToFolder,
  rowsOf,
  shownAddress,
  type MovedToFolder,
  type ToFolder,
} from '@heddle/adapters/move';
import { HeddleError } from '@heddle/core';
import { existsSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { realClock } from '../../common/real-clock.js';
import { blobsUrlOf } from '../../settings/server-urls.js';
import type { Settings } from '../../settings/settings-table.js';
import type { MoveCheck, MoveChoices } from './choices.js';

/** Moves the database of the settings to an empty folder. Errors: `move_blocked`, `move_differs`, `conflict`, `storage_*`, `database_*`. */
export function moveDataToFolder(
  settings: Settings,
  url: string,
  target: string,
  choices: MoveChoices,
): Promise<MovedToFolder> {
  const options = optionsOf(settings, url, target, choices);
  makeFolder(options.folder, { isPrivate: true });
  return withLocks(options, moveToFolder);
}

/** Checks what a move would do, without changing anything. */
export async function checkMoveToFolder(
  settings: Settings,
  url: string,
  target: string,
  choices: MoveChoices,
): Promise<MoveCheck> {
  const options = optionsOf(settings, url, target, choices);
  const { digests, stops, bytes } = await withLocks(options, examinePostgres);
  return {
    from: shownAddress(url),
    to: options.folder,
    rows: rowsOf(digests),
    bytes,
    collections: [],
    stops,
    tables: Object.fromEntries([...digests].flatMap(([name, { rows }]) => (rows === 0 ? [] : [[name, rows]]))),
  };
}

function optionsOf(
  settings: Settings,
  url: string,
  target: string,
  { leavesFiles, startsOver, onProgress, mayLose = false }: MoveChoices,
): ToFolder {
  const { dataFolder, keyFile, leaseMs } = settings;
  const folder = resolve(target);
  if (`${folder}${sep}`.startsWith(`${resolve(dataFolder)}${sep}`) && folder !== resolve(dataFolder))
    throw new HeddleError('usage', `${folder} lies inside the data folder: name another folder.`);
  return {
    folder,
    filesFolder: resolve(dataFolder),
    keyFile: keyFile ?? join(dataFolder, 'secret.key'),
    url,
    blobsUrl: blobsUrlOf(settings),
    clock: realClock,
    leaseMs,
    leavesFiles,
    startsOver,
    onProgress,
    mayLose,
  };
}

/** Locks the target folder, and the folder with the files, so that no other process uses them. */
async function withLocks<T>(options: ToFolder, work: (options: ToFolder) => Promise<T>): Promise<T> {
  const { folder, filesFolder } = options;
  const folders = [...new Set([folder, filesFolder])].filter((each) => existsSync(each));
  const locks: Awaited<ReturnType<typeof lockDataFolder>>[] = [];
  try {
    for (const each of folders) locks.push(await lockDataFolder(each, { kind: 'command', waitMs: 5_000 }));
    return await work(options);
  } finally {
    for (const lock of locks) lock.release();
  }
}
