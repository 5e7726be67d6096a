import { HeddleError, type Clock } from '@heddle/core';
import type { BadRecord } from '../audit/verify-chain.js';
import { verifyChain } from '../audit/verify-chain.js';
import type { AuditRow } from '../audit/audit-chain.js';
import { entryWrites } from '../audit/postgres-audit.js';
import { countDamagedRows } from '../database/damage/damages.js';
import { failpoint } from '../database/failpoint.js';
import { writeFolderMark } from '../database/files/folder-mark.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { sqliteTables } from '../database/sqlite-tables.js';
import { readSharedKey } from '../identity/shared-key.js';
import { withoutPassword } from '../postgres/connection.js';
import { guarded } from '../postgres/guarded.js';
import { openPostgres, type PostgresDatabase } from '../postgres/open-postgres.js';
import { postgresTables } from '../postgres/postgres-tables.js';
import type { Query } from '../postgres/query.js';
import { lockForMove } from '../postgres/refuse-moved.js';
import { rowsOf, type Digests } from './rows/digest-rows.js';
import { examineRows, withReplacedText, type Stop } from './rows/examine-rows.js';
import { moveApplication, refuseLive } from './live-processes.js';
import { moveRows } from './rows/move-rows.js';
import { inTransaction } from './in-transaction.js';
import { refuseOtherChain, verifyPostgresChain } from './postgres-audit-chain.js';
import { assignNeeds, type NeedsOfUnfinished } from './assign-needs.js';
import { openPostgresTarget } from './rows/postgres-target.js';
import { prepareTarget } from './prepare-target.js';
import { proveSecrets } from './prove-secrets.js';
import type { MovedTable } from './rows/row-forms.js';
import { hasTable } from './rows/sqlite-target.js';
import type { OnProgress, RowSource } from './rows/row-store.js';
import { sqliteRows, tablesOf } from './rows/sqlite-rows.js';

/** Options of a move to Postgres. The caller must hold the lock of the folder. */
export interface ToPostgres {
  readonly folder: string;
  /** The open heddle.db of the folder, already migrated to this version. */
  readonly database: HeddleDatabase;
  /** The key of the stored secrets. It is not moved. */
  readonly keyFile: string;
  readonly url: string;
  readonly clock: Clock;
  /** A process without a heartbeat for this many milliseconds counts as gone. */
  readonly leaseMs: number;
  /** Whether to replace NUL characters (U+0000) in texts, which Postgres refuses. */
  readonly replacesText: boolean;
  /** Whether to remove the rows of an unfinished move first. */
  readonly startsOver: boolean;
  /** Permits a server that may lose data when its machine crashes, for tests. */
  readonly mayLose?: boolean;
  readonly onProgress?: OnProgress | undefined;
  /** Finds what unfinished runs need of their workers. Without it, any worker may take them. */
  readonly needsOf?: NeedsOfUnfinished | undefined;
  /** Moves other data than rows, before the folder is marked. */
  readonly beside?: () => Promise<void>;
}

interface ExaminedFolder {
  readonly tables: readonly MovedTable[];
  readonly source: RowSource;
  readonly digests: Digests;
  readonly stops: readonly Stop[];
  /** The number of rows whose texts are changed, or would be. */
  readonly refusedCount: number;
}

/** The result of a proved move. */
export interface Moved {
  readonly from: string;
  readonly to: string;
  readonly tables: number;
  readonly rows: number;
  /** The number of stored secrets, which the key opens on the target. */
  readonly secrets: number;
  /** The first bad record of the audit chain, which was the same in the source. */
  readonly badRecord?: BadRecord | undefined;
  /** The number of rows with replaced NUL characters. */
  readonly replacedTexts: number;
  readonly wasDone: boolean;
}

/** Reads a whole folder without changing it. Errors: `storage_*`. */
export async function examineFolder(
  options: Pick<ToPostgres, 'database' | 'keyFile' | 'replacesText' | 'onProgress'>,
): Promise<ExaminedFolder> {
  const { database, keyFile, replacesText, onProgress } = options;
  const { connection } = database;
  const tables = tablesOf(connection);
  const plain = sqliteRows(database, tables);
  const first = await examineRows(plain, tables, onProgress);
  const mayReplace = replacesText && first.refusedCount > 0;
  const source = mayReplace ? withReplacedText(plain, tables) : plain;
  const { digests, refused, refusedCount } = mayReplace ? await examineRows(source, tables, onProgress) : first;
  const stops: Stop[] = [...unfinishedWork(connection)];
  for (const name of refused)
    stops.push({
      code: 'move_blocked',
      message: `Postgres does not accept the character 0 in a text, and ${name} has one: change the text, or replace the character with --replace-text.`,
    });
  const unreadable = await proveSecrets(sqliteTables(database), keyFile).catch((error: unknown) => error);
  if (unreadable instanceof HeddleError) stops.push({ code: unreadable.code, message: unreadable.message });
  else if (typeof unreadable !== 'number') throw unreadable;
  return { tables, source, digests, stops, refusedCount: first.refusedCount - refusedCount };
}

/** Reasons against a move: work that a start of Heddle must do first, and data that would be lost. */
function unfinishedWork(connection: HeddleDatabase['connection']): readonly Stop[] {
  const count = (from: string): number =>
    connection.prepare<[], number>(`SELECT count(*) FROM ${from}`).pluck().get() ?? 0;
  const stops: Stop[] = [];
  // The tables of older conversations disappear once their rows are taken over.
  const left = ['memory_turns', 'memory_batches', 'memory_summaries'];
  if (left.some((table) => hasTable(connection, table) && count(table) > 0))
    stops.push({
      code: 'move_blocked',
      message:
        'Heddle has not taken over all conversations of an older version: start it on the folder, wait until health is ok, and stop it.',
    });
  const damaged = countDamagedRows({ connection });
  if (damaged > 0)
    stops.push({
      code: 'storage_corrupt',
      message: `${damaged} stored values are damaged (heddle health names them): remove their runs, or restore a backup.`,
    });
  return stops;
}

/** Throws if there are reasons against a move. Errors: `move_blocked`, with the reasons in `details.issues`. */
export function refuseStopped(stops: readonly Stop[]): void {
  if (stops.length === 0) return;
  throw new HeddleError('move_blocked', 'Nothing was moved, because of the following:', {
    details: { issues: stops.map(({ code, message }) => ({ code, message })) },
  });
}

/**
 * Moves the rows of a folder to Postgres, proves that all have arrived, and marks the folder as moved (`left`). It continues an unfinished
 * move. Errors: `move_blocked`, `move_differs`, `conflict` if the database has data, `storage_*`, `database_*`.
 */
export async function moveToPostgres(options: ToPostgres): Promise<Moved> {
  const examined = await examineFolder(options);
  refuseStopped(examined.stops);
  const { url, clock, mayLose = false } = options;
  const database = await openPostgres({
    url,
    clock,
    mayLose,
    connections: 4,
    timeoutMs: 600_000,
    application: moveApplication,
  });
  try {
    // This transaction holds the lock of the move, and contains the final writes.
    return await inTransaction(database, options.folder, async (query) => {
      await lockForMove(query, database);
      await refuseLive(query, database, options.leaseMs);
      return await moveUnderLock(options, examined, database, query);
    });
  } finally {
    await database.close();
  }
}

async function moveUnderLock(
  options: ToPostgres,
  { tables, source, digests, refusedCount }: ExaminedFolder,
  database: PostgresDatabase,
  query: Query,
): Promise<Moved> {
  const { folder, url, keyFile, onProgress, clock } = options;
  const to = withoutPassword(url);
  const target = await openPostgresTarget(database, tables);
  const prepared = await prepareTarget(options, database, query, target);
  const result = { from: folder, to, tables: tables.length, rows: rowsOf(digests), replacedTexts: refusedCount };
  if (prepared.isDone) return { ...result, secrets: 0, wasDone: true };
  await readSharedKey(postgresTables(database), keyFile);
  await moveRows({ source, target, tables, digests, isContinued: prepared.isContinued, onProgress });
  if (options.needsOf !== undefined) await assignNeeds(query, options.needsOf);
  const badRecord = await sameChain(options.database, query);
  const secrets = await proveSecrets(postgresTables(database), keyFile);
  await options.beside?.();
  const details = { step: 'moved', from: folder, to, rows: result.rows } as const;
  const entry = {
    time: clock.now(),
    act: 'setting',
    who: 'local',
    subject: 'database',
    isAllowed: true,
    details,
  } as const;
  for (const write of entryWrites([entry])) {
    const { sql, values } = guarded(write, database.schema);
    await query(sql, values);
  }
  await target.finish(query, await source.numbers());
  await query("UPDATE moves SET state = 'arrived', changed_at = clock_timestamp()");
  // From here on, neither side starts until this transaction is committed. After a crash in between, the next move does the rest.
  writeFolderMark(folder, { id: prepared.id, state: 'left', other: to });
  failpoint('move-source-marked');
  return { ...result, secrets, badRecord, wasDone: false };
}

/** Checks that both sides have the same first bad record of the audit chain, and returns it. Errors: `move_differs`. */
async function sameChain({ connection }: HeddleDatabase, query: Query): Promise<BadRecord | undefined> {
  const rows = connection.prepare<[number, number], AuditRow>(
    'SELECT * FROM audit WHERE number > ? ORDER BY number LIMIT ?',
  );
  const here = await verifyChain((after, limit) => rows.all(after, limit), undefined);
  refuseOtherChain(here, await verifyPostgresChain(query));
  return here;
}
