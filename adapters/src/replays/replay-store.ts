import { randomUUID } from 'node:crypto';
import { HeddleError, type ReplayRow, type ReplayRowCounts, type ReplayRowStatus } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

/** A stored replay. `body` and `result` are JSON that its service parses. */
export interface StoredReplay {
  readonly id: string;
  readonly workflow: string;
  readonly who: string;
  readonly state: 'running' | 'done' | 'cancelled';
  readonly body: string;
  readonly result: string | null;
  readonly createdAt: number;
  readonly endedAt: number | null;
}

/** A replay that begins. */
type NewReplay = Pick<StoredReplay, 'workflow' | 'who' | 'body' | 'createdAt'>;

/** How a row ended. */
export type RowEnd = Pick<ReplayRow, 'status' | 'isRegression'> &
  Partial<Omit<ReplayRow, 'number' | 'recorded' | 'run'>>;

interface RowOfTable {
  readonly number: number;
  readonly recorded: string;
  readonly run: string | null;
  readonly status: ReplayRowStatus;
  readonly isRegression: number;
  readonly body: string | null;
}

interface Page {
  readonly id: string;
  readonly after: number;
  readonly status: string | null;
  readonly limit: number;
}

/** The prepared statements of replays. */
function prepareReplays({ connection }: HeddleDatabase) {
  const columns = 'id, workflow, who, state, body, result, created_at AS createdAt, ended_at AS endedAt';
  const rowColumns = 'number, recorded, run, status, is_regression AS isRegression, body';
  return {
    byId: connection.prepare<[string], StoredReplay>(`SELECT ${columns} FROM replays WHERE id = ?`),
    ids: connection
      .prepare<[string | null, string | null], string>(
        'SELECT id FROM replays WHERE ? IS NULL OR workflow = ? ORDER BY created_at DESC, id',
      )
      .pluck(),
    spent: connection
      .prepare<[string], number>("SELECT total(body ->> 'spent') FROM replay_rows WHERE replay = ?")
      .pluck(),
    running: connection.prepare<[], StoredReplay>(
      `SELECT ${columns} FROM replays WHERE state = 'running' ORDER BY created_at`,
    ),
    insert: connection.prepare<[string, string, string, string, number]>(
      "INSERT INTO replays (id, workflow, who, state, body, created_at) VALUES (?, ?, ?, 'running', ?, ?)",
    ),
    insertRow: connection.prepare<[string, number, string]>(
      "INSERT INTO replay_rows (replay, number, recorded, status) VALUES (?, ?, ?, 'waiting')",
    ),
    end: connection.prepare<[string, string | null, number, string]>(
      "UPDATE replays SET state = ?, result = ?, ended_at = ? WHERE id = ? AND state = 'running'",
    ),
    setResult: connection.prepare<[string, string]>('UPDATE replays SET result = ? WHERE id = ?'),
    remove: connection.prepare<[string]>('DELETE FROM replays WHERE id = ?'),
    page: connection.prepare<[Page], RowOfTable>(
      `SELECT ${rowColumns} FROM replay_rows WHERE replay = @id AND number > @after
        AND (@status IS NULL OR status IN (SELECT value FROM json_each(@status))) ORDER BY number LIMIT @limit`,
    ),
    row: connection.prepare<[string, number], RowOfTable>(
      `SELECT ${rowColumns} FROM replay_rows WHERE replay = ? AND number = ?`,
    ),
    begin: connection.prepare<[string, string, number]>(
      "UPDATE replay_rows SET run = ?, status = 'running' WHERE replay = ? AND number = ?",
    ),
    endRow: connection.prepare<[string, number, string, string, number]>(
      'UPDATE replay_rows SET status = ?, is_regression = ?, body = ? WHERE replay = ? AND number = ?',
    ),
    leaveOut: connection.prepare<[string, string]>(
      "UPDATE replay_rows SET status = 'left-out', body = ? WHERE replay = ? AND status = 'waiting'",
    ),
    counts: connection.prepare<
      [string],
      { readonly status: ReplayRowStatus; readonly rows: number; readonly regressions: number }
    >(
      'SELECT status, count(*) AS rows, sum(is_regression) AS regressions FROM replay_rows WHERE replay = ? GROUP BY status',
    ),
  };
}

/** Replays and their rows in heddle.db. */
export type ReplayStore = ReturnType<typeof createReplayStore>;

/** Opens the store of replays. @example const store = createReplayStore(database); */
export function createReplayStore(database: HeddleDatabase) {
  const { connection, file } = database;
  const statements = prepareReplays(database);
  const transact = <T>(work: () => T): T => withStorageErrors(file, () => connection.transaction(work).immediate());
  const read = <T>(work: () => T): T => withStorageErrors(file, work);
  const get = (id: string): StoredReplay => {
    const found = read(() => statements.byId.get(id));
    if (found === undefined) throw new HeddleError('replay_not_found', `There is no replay '${id}'.`);
    return found;
  };
  return {
    get,
    /** The ids, newest first. */
    ids: (workflow: string | undefined): readonly string[] =>
      read(() => statements.ids.all(workflow ?? null, workflow ?? null)),
    /** What the model calls of the rows have cost. */
    spent: (id: string): number => read(() => statements.spent.get(id) ?? 0),
    running: (): readonly StoredReplay[] => read(() => statements.running.all()),
    /** Stores a replay with its rows, whole. */
    create: (replay: NewReplay, recorded: readonly string[], id: string = randomUUID()) =>
      transact(() => {
        statements.insert.run(id, replay.workflow, replay.who, replay.body, replay.createdAt);
        for (const [at, run] of recorded.entries()) statements.insertRow.run(id, at + 1, run);
        return get(id);
      }),
    /** Ends a replay that runs; one that has ended stays as it is. */
    end: (id: string, state: 'done' | 'cancelled', result: string | undefined, time: number): boolean =>
      transact(() => statements.end.run(state, result ?? null, time, id).changes > 0),
    /** Replaces the result of a replay that has ended, after a row that waited for a person. */
    setResult: (id: string, result: string): void => void transact(() => statements.setResult.run(result, id)),
    remove: (id: string): void => void transact(() => statements.remove.run(id)),
    rows: (
      id: string,
      {
        after = 0,
        status,
        limit,
      }: { readonly after?: number; readonly status?: readonly ReplayRowStatus[]; readonly limit: number },
    ): readonly ReplayRow[] =>
      read(() =>
        statements.page
          .all({ id, after, status: status === undefined ? null : JSON.stringify(status), limit })
          .map(rowOf),
      ),
    row(id: string, number: number): ReplayRow {
      const found = read(() => statements.row.get(id, number));
      if (found === undefined) throw new HeddleError('replay_not_found', `The replay '${id}' has no row ${number}.`);
      return rowOf(found);
    },
    begin: (id: string, number: number, run: string): void =>
      void transact(() => statements.begin.run(run, id, number)),
    endRow: (id: string, number: number, { status, isRegression, ...body }: RowEnd): void =>
      void transact(() => statements.endRow.run(status, isRegression ? 1 : 0, JSON.stringify(body), id, number)),
    /** Leaves out all rows that wait. */
    leaveOut: (id: string, why: string): number =>
      transact(() => statements.leaveOut.run(JSON.stringify({ why }), id).changes),
    counts: (id: string): ReplayRowCounts => read(() => countsOf(statements.counts.all(id))),
  };
}

function rowOf({ number, recorded, run, status, isRegression, body }: RowOfTable): ReplayRow {
  // Written by `endRow` from the same type.
  const more = body === null ? {} : (JSON.parse(body) as Partial<ReplayRow>);
  return { ...more, number, recorded, ...(run === null ? {} : { run }), status, isRegression: isRegression === 1 };
}

function countsOf(
  found: readonly { readonly status: ReplayRowStatus; readonly rows: number; readonly regressions: number }[],
): ReplayRowCounts {
  const of = (status: ReplayRowStatus): number => found.find((group) => group.status === status)?.rows ?? 0;
  return {
    total: found.reduce((sum, { rows }) => sum + rows, 0),
    waiting: of('waiting'),
    running: of('running'),
    same: of('same'),
    changed: of('changed'),
    wouldCall: of('would-call'),
    failed: of('failed'),
    suspended: of('suspended'),
    leftOut: of('left-out'),
    regressions: found.reduce((sum, { regressions }) => sum + regressions, 0),
  };
}
