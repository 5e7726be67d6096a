import {
  lockDataFolder,
  openDatabase,
  sqliteTables,
  type DataFolderLock,
  type HeddleDatabase,
} from '@heddle/adapters/database';
import {
  copyCollections,
  examineCollections,
  examineFolder,
  examineTarget,
  moveApplication,
  moveToPostgres,
  refuseStopped,
  rowsOf,
  shownAddress,
  type Moved,
  type Placings,
  type Stop,
  type ToPostgres,
} from '@heddle/adapters/move';
import type { EmbeddedStore } from '@heddle/adapters/vectors';
import { createMadeFiles } from '@heddle/adapters/stores';
import { HeddleError, type CollectionInfo, type VectorStore } from '@heddle/core';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { realClock } from '../../common/real-clock.js';
import { pgvectorUrlOf } from '../../settings/server-urls.js';
import type { Settings } from '../../settings/settings-table.js';
import { finishRestore } from '../../storage/finish-restore.js';
import { openEmbedded } from '../database/open-embedded.js';
import { openLog } from '../open-log.js';
import type { MoveCheck, MoveChoices } from './choices.js';

/** A locked folder whose data can be moved. */
interface OpenedFolder {
  readonly options: ToPostgres;
  readonly stores: Stores;
  /** What the unfinished runs need from workers; undefined if there are none, or if the move is only checked. */
  readonly placings: Placings | undefined;
}

interface Opening {
  readonly settings: Settings;
  readonly url: string;
  readonly choices: MoveChoices;
  /** Whether the move is only checked, not made. */
  readonly isCheck: boolean;
}

/** The collections of the folder, and the store that they move to. */
interface Stores {
  readonly from: EmbeddedStore | undefined;
  readonly to: VectorStore | undefined;
  readonly collections: readonly CollectionInfo[];
  readonly stops: readonly Stop[];
}

/** Moves the data folder to Postgres. Errors: `move_blocked`, `move_differs`, `conflict`, `storage_*`, `database_*`. */
export const moveDataToPostgres = (
  settings: Settings,
  url: string,
  choices: MoveChoices,
): Promise<Moved & { readonly collections: readonly string[] }> =>
  withDataFolder({ settings, url, choices, isCheck: false }, async ({ options, stores, placings }) => {
    refuseStopped(stores.stops);
    const { from, to, collections } = stores;
    const isCopied = from !== undefined && to !== undefined;
    const tables = sqliteTables(options.database);
    const beside = async (): Promise<void> => {
      if (isCopied) await copyCollections(from, to, { collections, tables }, choices.onCollection ?? (() => undefined));
    };
    const moved = await moveToPostgres({ ...options, needsOf: (runId) => placings?.find(runId), beside });
    return { ...moved, collections: isCopied ? collections.map(({ name }) => name) : [] };
  });

/** Checks what a move would do, without changing anything. */
export const checkMoveToPostgres = (settings: Settings, url: string, choices: MoveChoices): Promise<MoveCheck> =>
  withDataFolder({ settings, url, choices, isCheck: true }, async ({ options, stores }) => {
    const { digests, stops } = await examineFolder(options);
    const ofTarget = await examineTarget(options);
    return {
      from: settings.dataFolder,
      to: shownAddress(url),
      rows: rowsOf(digests),
      bytes: sizeOf(options.database),
      tables: Object.fromEntries([...digests].flatMap(([name, { rows }]) => (rows === 0 ? [] : [[name, rows]]))),
      collections: stores.collections.map(({ name }) => name),
      stops: [...ofTarget, ...stops, ...stores.stops],
    };
  });

const sizeOf = ({ file }: HeddleDatabase): number =>
  [file, `${file}-wal`].reduce((bytes, path) => bytes + (existsSync(path) ? statSync(path).size : 0), 0);

/** Opens the folder as a start does, which makes it complete and migrates it to this version. Holds its lock during the work. */
async function withDataFolder<T>(
  { settings, url, choices, isCheck }: Opening,
  work: (opened: OpenedFolder) => Promise<T>,
): Promise<T> {
  const { dataFolder: folder, leaseMs } = settings;
  const file = join(folder, 'heddle.db');
  if (!existsSync(file))
    throw new HeddleError(
      'file_not_found',
      `There is no data in ${folder}: name the data folder with HEDDLE_DATA or --data.`,
    );
  const lock = await lockDataFolder(folder, { kind: 'command', waitMs: 5_000 });
  try {
    await finishRestore(folder);
    const log = openLog(settings);
    const opened = await openEmbedded(settings, { kind: 'command', isMoving: true }, log);
    await opened.close();
    const placings = isCheck ? undefined : await placingsOf(settings, lock, file);
    const database = openDatabase(file);
    const stores = await openStores(settings, database, choices);
    try {
      const { replacesText, startsOver, onProgress, mayLose = false } = choices;
      const options: ToPostgres = {
        folder,
        database,
        keyFile: join(folder, 'secret.key'),
        url,
        clock: realClock,
        leaseMs,
        replacesText,
        startsOver,
        onProgress,
        mayLose,
      };
      return await work({ options, stores, placings });
    } finally {
      await Promise.all([stores.from?.close(), stores.to?.close()]);
      database.close();
      placings?.close();
    }
  } finally {
    lock.release();
  }
}

/** What the unfinished runs of the folder need from workers; undefined if there are none. */
async function placingsOf(settings: Settings, lock: DataFolderLock, file: string): Promise<Placings | undefined> {
  const database = openDatabase(file);
  const unfinished = database.connection.prepare('SELECT 1 FROM runs WHERE ended_at IS NULL LIMIT 1').get();
  database.close();
  if (unfinished === undefined) return undefined;
  const { needsOfUnfinished } = await import('./needs-of-unfinished.js');
  return needsOfUnfinished(settings, lock);
}

const none: Stores = { from: undefined, to: undefined, collections: [], stops: [] };

async function openStores(
  settings: Settings,
  database: HeddleDatabase,
  { leavesCollections, vectors }: MoveChoices,
): Promise<Stores> {
  if (leavesCollections) return none;
  const file = join(settings.dataFolder, 'collections.db');
  if (!existsSync(file)) {
    if (!createMadeFiles(database, realClock).has('collections.db')) return none;
    const message = `${file} is missing, and it was there: restore a backup, or leave its collections (--leave-collections).`;
    return { ...none, stops: [{ code: 'storage_corrupt', message }] };
  }
  const { createEmbeddedStore, createPgvectorStore, createQdrantStore } = await import('@heddle/adapters/vectors');
  const { qdrantUrl, qdrantApiKey } = settings;
  const address = vectors ?? pgvectorUrlOf(settings) ?? qdrantUrl;
  const from = createEmbeddedStore({ file });
  let to: VectorStore | undefined;
  try {
    if (address !== undefined)
      to = /^https?:/.test(address)
        ? createQdrantStore({ url: address, apiKey: qdrantApiKey })
        : createPgvectorStore({ url: address, application: moveApplication });
    return { from, to, ...(await examineCollections(from, to, sqliteTables(database))) };
  } catch (error) {
    await Promise.all([from.close(), to?.close()]);
    throw error;
  }
}
