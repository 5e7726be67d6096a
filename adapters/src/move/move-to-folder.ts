import { HeddleError, type Clock } from '@heddle/core';
import { existsSync, rmSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAnchor } from '../audit/audit-anchor.js';
import type { AuditRow } from '../audit/audit-chain.js';
import { chainHead } from '../audit/audit-log.js';
import { sealAudit } from '../audit/seal-audit.js';
import { createSqliteAudit } from '../audit/sqlite-audit.js';
import { verifyChain, type BadRecord } from '../audit/verify-chain.js';
import type { Bucket } from '../buckets/open-bucket.js';
import { readKeyFile } from '../connections/vault/key-file.js';
import { failpoint } from '../database/failpoint.js';
import { readFolderMark, removeFolderMark } from '../database/files/folder-mark.js';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { sqliteTables } from '../database/sqlite-tables.js';
import { readSharedKey } from '../identity/shared-key.js';
import { withoutPassword } from '../postgres/connection.js';
import { openPostgres, type PostgresDatabase } from '../postgres/open-postgres.js';
import { postgresTables } from '../postgres/postgres-tables.js';
import type { Query } from '../postgres/query.js';
import { lockForMove, readMove } from '../postgres/refuse-moved.js';
import { copyFolder } from './copy-folder.js';
import { digestRows, rowsOf, type Digests } from './rows/digest-rows.js';
import type { Stop } from './rows/examine-rows.js';
import { moveApplication, refuseLive } from './live-processes.js';
import { copyFilesToFolder, type CopiedFiles } from './files/copy-files-to-folder.js';
import { NamedFiles } from './files/named-files.js';
import { openSourceBucket } from './files/source-bucket.js';
import { moveRows } from './rows/move-rows.js';
import { refuseStopped, type Moved } from './move-to-postgres.js';
import { postgresRows, readCatalogue } from './rows/postgres-rows.js';
import { prepareFolder, removeDatabase, stopsOfFolder } from './prepare-folder.js';
import { proveSecrets } from './prove-secrets.js';
import type { MovedTable } from './rows/row-forms.js';
import type { OnProgress, RowSource } from './rows/row-store.js';
import { newTables } from './rows/sqlite-rows.js';
import { isUnfinished, openSqliteTarget } from './rows/sqlite-target.js';
import { inTransaction } from './in-transaction.js';
import { refuseOtherChain, verifyPostgresChain } from './postgres-audit-chain.js';

/** Options of a move to a folder. The caller must hold the lock of the folder. */
export interface ToFolder {
  readonly folder: string;
  /** The data folder with files of runs that the processes on Postgres use. */
  readonly filesFolder: string;
  readonly keyFile: string;
  readonly url: string;
  /** The bucket with the files of the processes; undefined if they are in `filesFolder`. */
  readonly blobsUrl?: string | undefined;
  readonly clock: Clock;
  /** A process without a heartbeat for this many milliseconds counts as gone. */
  readonly leaseMs: number;
  /** Whether to move even if files that rows refer to are missing or damaged. */
  readonly leavesFiles: boolean;
  readonly startsOver: boolean;
  readonly mayLose?: boolean;
  readonly onProgress?: OnProgress | undefined;
}

export interface MovedToFolder extends Moved {
  /** Files that were copied from a bucket, or had been copied already. */
  readonly files: CopiedFiles;
}

interface ExaminedPostgres {
  readonly digests: Digests;
  readonly stops: readonly Stop[];
  /** The size of its tables in bytes. */
  readonly bytes: number;
}

/**
 * Moves the rows from Postgres to an empty folder, proves that all have arrived, and marks the database as moved (`left`). It continues an
 * unfinished move. Errors: `move_blocked`, `move_differs`, `conflict` if the folder has data, `storage_*`, `database_*`.
 */
export async function moveToFolder(options: ToFolder): Promise<MovedToFolder> {
  const moved = await withSource(options, (source) => moveUnderLock(options, source));
  failpoint('move-source-marked');
  removeFolderMark(options.folder);
  return moved;
}

async function moveUnderLock(options: ToFolder, source: Source): Promise<MovedToFolder> {
  const { folder, url } = options;
  const mark = readFolderMark(folder);
  const from = withoutPassword(url);
  const result = { from, to: folder, tables: source.tables.length, replacedTexts: 0 };
  // Everything was proved already; only the last step is missing.
  if (source.move?.state === 'left' && mark?.state === 'arriving' && mark.id === source.move.id)
    return { ...result, rows: 0, secrets: 0, files: noFiles, wasDone: true };
  refuseLeft(source, mark?.state);
  const bucket = await openSourceBucket(source.database, options);
  const named = new NamedFiles();
  try {
    const { digests, stops } = await examine(options, source, { bucket, named });
    refuseStopped(stops);
    const id = prepareFolder(options, from);
    const files = await bringBeside(options, { bucket, named });
    const moved = await fill(options, source, digests, join(folder, 'secret.key'));
    await markLeft(source, id, folder);
    return { ...result, rows: rowsOf(digests), files, wasDone: false, ...moved };
  } finally {
    named.close();
    bucket?.close();
  }
}

const noFiles: CopiedFiles = { blobs: 0, originals: 0 };

/** The files that rows refer to, and the bucket that may contain them. */
interface SourceFiles {
  readonly bucket: Bucket | undefined;
  readonly named: NamedFiles;
}

/** Copies the files that belong to the rows, and the key. */
async function bringBeside(options: ToFolder, { bucket, named }: SourceFiles): Promise<CopiedFiles> {
  const { folder, filesFolder, onProgress, leavesFiles: leavesDamaged } = options;
  if (filesFolder !== folder) await copyFolder(filesFolder, folder);
  const keyFile = join(folder, 'secret.key');
  if (options.keyFile !== keyFile) await copyFile(options.keyFile, keyFile);
  if (bucket === undefined) return noFiles;
  const total = named.countThere;
  const onFile = (done: number): void => onProgress?.({ step: 'files', table: '', done, total: Math.max(done, total) });
  return copyFilesToFolder(bucket, folder, { named, leavesDamaged, onFile });
}

async function markLeft(source: Source, id: string, folder: string): Promise<void> {
  await source.query(
    `INSERT INTO moves (id, state, other) VALUES ($1, 'left', $2)
       ON CONFLICT (is_only) DO UPDATE SET id = EXCLUDED.id, state = EXCLUDED.state, other = EXCLUDED.other, changed_at = clock_timestamp()`,
    [id, folder],
  );
}

/**
 * Reads a whole database without changing it, except that waiting audit entries are added to their chain. Errors: `storage_locked`,
 * `database_*`.
 */
export const examinePostgres = (options: ToFolder): Promise<ExaminedPostgres> =>
  withSource(options, async (source) => {
    refuseLeft(source, undefined);
    const bucket = await openSourceBucket(source.database, options);
    const named = new NamedFiles();
    try {
      const { stops, ...examined } = await examine(options, source, { bucket, named });
      return { ...examined, stops: [...stopsOfFolder(options, withoutPassword(options.url)), ...stops] };
    } finally {
      named.close();
      bucket?.close();
    }
  });

interface Source extends RowSource {
  readonly database: PostgresDatabase;
  readonly tables: readonly MovedTable[];
  readonly move: Awaited<ReturnType<typeof readMove>>;
  /** Runs statements in the transaction that holds the lock of the move. */
  readonly query: Query;
}

/** Opens the database, refuses it while a process uses it, and reads one snapshot. */
async function withSource<T>(options: ToFolder, work: (source: Source) => Promise<T>): Promise<T> {
  const { url, clock, mayLose = false, leaseMs } = options;
  const database = await openPostgres({
    url,
    clock,
    mayLose,
    connections: 4,
    timeoutMs: 600_000,
    application: moveApplication,
  });
  const { schema, host } = database;
  try {
    return await inTransaction(database, options.folder, async (query) => {
      await lockForMove(query, database);
      await refuseLive(query, database, leaseMs);
      const move = await readMove(query, schema);
      if (move?.state !== 'left') await sealAudit(database);
      return inTransaction(database, options.folder, async (read) => {
        await read('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
        const tables = newTables();
        const catalogue = await readCatalogue(read, schema);
        const rows = postgresRows(read, tables, { name: `Postgres at ${host}`, schema, catalogue });
        return work({ ...rows, database, tables, move, query });
      });
    });
  } finally {
    await database.close();
  }
}

function refuseLeft({ move, database }: Source, markState: string | undefined): void {
  if (move?.state === 'arriving')
    throw new HeddleError(
      'move_unfinished',
      `The database on ${database.host} does not have all the data of ${move.other} yet: finish that move first.`,
    );
  if (move?.state === 'left')
    throw new HeddleError('storage_moved', `The data of the database on ${database.host} was moved to ${move.other}.`, {
      details: { to: move.other },
    });
  if (markState === 'left')
    throw new HeddleError('conflict', 'The folder has data that was moved away from it: name an empty folder.');
}

async function examine(
  { filesFolder, keyFile, leavesFiles, onProgress }: ToFolder,
  source: Source,
  { bucket, named }: SourceFiles,
): Promise<ExaminedPostgres> {
  const stops: Stop[] = [];
  const digests = await digestRows(source, source.tables, { step: 'read', onRow: named.note, onProgress });
  const blobsFolder = join(filesFolder, 'blobs');
  named.findInFolder(blobsFolder);
  if (bucket !== undefined) await named.findAmong(bucket.blobs.ids());
  const { count, first } = named.missing();
  if (first !== undefined && !leavesFiles)
    stops.push({
      code: 'blob_not_found',
      message:
        bucket === undefined
          ? `${count} files that runs or callers stored are not in ${blobsFolder}, such as ${first}: copy the files of every process's data folder into it, or move without them (--leave-files).`
          : `${count} files that runs or callers stored are not in the bucket ${bucket.name}, such as ${first}: restore its objects, or move without them (--leave-files).`,
    });
  const [commands] = await source.query<{ readonly count: number }>(
    'SELECT count(*)::int AS count FROM commands WHERE settled_at IS NULL',
  );
  if ((commands?.count ?? 0) > 0)
    stops.push({
      code: 'move_blocked',
      message: `${commands?.count} accepted answers or cancellations of runs have not been carried out yet: start a process on the database, wait until they have been, and stop it.`,
    });
  const problem = await proveKey(source.database, keyFile);
  if (problem !== undefined) stops.push({ code: problem.code, message: problem.message });
  const [size] = await source.query<{ readonly bytes: number }>(
    "SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::float8 AS bytes FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind = 'r'",
    [source.database.schema],
  );
  return { digests, stops, bytes: size?.bytes ?? 0 };
}

async function proveKey(database: PostgresDatabase, keyFile: string): Promise<HeddleError | undefined> {
  try {
    if (!existsSync(keyFile))
      throw new HeddleError(
        'secret_unreadable',
        `${keyFile} is missing: name the key file of the processes with HEDDLE_KEY_FILE.`,
      );
    await readSharedKey(postgresTables(database), keyFile);
    await proveSecrets(postgresTables(database), keyFile);
    return undefined;
  } catch (error) {
    if (error instanceof HeddleError && error.code === 'secret_unreadable') return error;
    throw error;
  }
}

/** Checks that both sides have the same first bad record of the audit chain, and returns it. Errors: `move_differs`. */
async function sameChain({ connection }: HeddleDatabase, { query }: Source): Promise<BadRecord | undefined> {
  const rows = connection.prepare<[number, number], AuditRow>(
    'SELECT * FROM audit WHERE number > ? ORDER BY number LIMIT ?',
  );
  const here = await verifyChain((after, limit) => rows.all(after, limit), undefined);
  refuseOtherChain(here, await verifyPostgresChain(query));
  return here;
}

/** Fills heddle.db and proves that it is complete. */
async function fill(
  { folder, clock, onProgress, url }: ToFolder,
  source: Source,
  digests: Digests,
  keyFile: string,
): Promise<Pick<Moved, 'secrets' | 'badRecord'>> {
  const { tables } = source;
  const file = join(folder, 'heddle.db');
  // A heddle.db without the table of progress was complete, but the move ended before Postgres was marked. Postgres may have changed since
  // then, so the move starts again.
  if (existsSync(file) && !isUnfinished(file)) removeDatabase(folder);
  const isContinued = existsSync(file);
  const database = openDatabase(file);
  try {
    const target = openSqliteTarget(database, tables);
    await moveRows({ source, target, tables, digests, isContinued, onProgress });
    target.finish(await source.numbers());
    const secrets = await proveSecrets(sqliteTables(database), keyFile);
    const badRecord = await sameChain(database, source);
    const anchorFile = join(folder, 'audit.head');
    rmSync(anchorFile, { force: true });
    rmSync(join(folder, 'audit.last'), { force: true });
    writeAnchor(
      anchorFile,
      { ...chainHead(database.connection), time: clock.now() },
      readKeyFile(keyFile, () => false),
    );
    const audit = createSqliteAudit(database, { clock, keyFile, anchorFile });
    try {
      const details = { step: 'moved', from: withoutPassword(url), to: folder, rows: rowsOf(digests) } as const;
      await audit.write({ kind: 'setting', who: 'local', subject: 'database', details });
    } finally {
      audit.close();
    }
    database.flushNow();
    return { secrets, badRecord };
  } finally {
    database.close();
  }
}
