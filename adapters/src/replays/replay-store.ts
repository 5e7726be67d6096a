import { randomUUID } from 'node:crypto';
import {
  HeddleError,
  type GuardedWrite,
  type ReplayRow,
  type ReplayRowCounts,
  type ReplayRowStatus,
  type Tables,
} from '@heddle/core';

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

type NewReplay = Pick<StoredReplay, 'workflow' | 'who' | 'body' | 'createdAt'>;

/** The result of a row. */
export type RowEnd = Pick<ReplayRow, 'status' | 'isRegression'> &
  Partial<Omit<ReplayRow, 'number' | 'recorded' | 'run'>>;

interface RowsQuery {
  readonly after?: number;
  readonly status?: readonly ReplayRowStatus[];
  readonly limit: number;
}

interface RowOfTable {
  readonly number: number;
  readonly recorded: string;
  readonly run: string | null;
  readonly status: ReplayRowStatus;
  readonly isRegression: number;
  readonly body: string | null;
}

const columns = 'id, workflow, who, state, body, result, created_at AS "createdAt", ended_at AS "endedAt"';
const rowColumns = 'number, recorded, run, status, is_regression AS "isRegression", body';

/** Stores replays and their rows in any database. */
export type ReplayStore = ReturnType<typeof createReplayStore>;

/** Creates the store. @example const store = createReplayStore(sqliteTables(database)); */
export function createReplayStore(tables: Tables) {
  return { write: replayWrites, ...readsOf(tables), ...rowsOf(tables) };
}

/** The changes as statements, for commits that include other changes. */
const replayWrites = {
  create: (replay: NewReplay, recorded: readonly string[], id: string = randomUUID()) => ({
    replay: { ...replay, id, state: 'running', result: null, endedAt: null } satisfies StoredReplay,
    writes: [insertion(id, replay), ...recorded.map((run, at) => rowInsertion(id, at + 1, run))],
  }),
  /** Ends a running replay. Errors of the commit: `conflict` if it has ended already. */
  end: (id: string, state: 'done' | 'cancelled', result: string | undefined, time: number): GuardedWrite => ({
    sql: "UPDATE replays SET state = @state, result = @result, ended_at = @time WHERE id = @id AND state = 'running'",
    values: { id, state, result: result ?? null, time },
    rows: 1,
  }),
  leaveOut: (id: string, why: string): GuardedWrite => ({
    sql: "UPDATE replay_rows SET status = 'left-out', body = @body WHERE replay = @id AND status = 'waiting'",
    values: { id, body: JSON.stringify({ why }) },
  }),
  remove: (id: string): GuardedWrite => ({ sql: 'DELETE FROM replays WHERE id = @id', values: { id } }),
};

const insertion = (id: string, { workflow, who, body, createdAt }: NewReplay): GuardedWrite => ({
  sql: `INSERT INTO replays (id, workflow, who, state, body, created_at) VALUES (@id, @workflow, @who, 'running', @body, @createdAt)`,
  values: { id, workflow, who, body, createdAt },
});

const rowInsertion = (id: string, number: number, recorded: string): GuardedWrite => ({
  sql: "INSERT INTO replay_rows (replay, number, recorded, status) VALUES (@id, @number, @recorded, 'waiting')",
  values: { id, number, recorded },
});

function readsOf(tables: Tables) {
  return {
    get: async (id: string): Promise<StoredReplay> => {
      const found = await tables.get<StoredReplay>(`SELECT ${columns} FROM replays WHERE id = @id`, { id });
      if (found === undefined) throw new HeddleError('replay_not_found', `There is no replay '${id}'.`);
      return found;
    },
    /** Newest first. */
    ids: async (workflow: string | undefined): Promise<readonly string[]> => {
      const sql = `SELECT id FROM replays WHERE CAST(@workflow AS text) IS NULL OR workflow = @workflow ORDER BY created_at DESC, id`;
      const rows = await tables.all<{ readonly id: string }>(sql, { workflow: workflow ?? null });
      return rows.map(({ id }) => id);
    },
    /** The total cost of the rows' model calls. */
    spent: async (id: string): Promise<number> => {
      const sql = `SELECT coalesce(sum(CAST(JSON_TEXT(body, spent) AS double precision)), 0) AS spent FROM replay_rows WHERE replay = @id`;
      return (await tables.get<{ readonly spent: number }>(sql, { id }))?.spent ?? 0;
    },
    running: (): Promise<readonly StoredReplay[]> =>
      tables.all<StoredReplay>(`SELECT ${columns} FROM replays WHERE state = 'running' ORDER BY created_at, id`),
    counts: async (id: string): Promise<ReplayRowCounts> => {
      const sql = `SELECT status, count(*) AS rows, CAST(sum(is_regression) AS bigint) AS regressions FROM replay_rows
        WHERE replay = @id GROUP BY status`;
      return countsOf(await tables.all<CountOfRows>(sql, { id }));
    },
  };
}

function rowsOf(tables: Tables) {
  return {
    /** Replaces the result of a finished replay after a row that had waited for a person. */
    setResult: (id: string, result: string): Promise<void> =>
      tables.note([{ sql: 'UPDATE replays SET result = @result WHERE id = @id', values: { id, result } }]),
    rows: async (id: string, { after = 0, status, limit }: RowsQuery): Promise<readonly ReplayRow[]> => {
      const wanted = status === undefined ? '' : ' AND status IN (EACH @status)';
      const sql = `SELECT ${rowColumns} FROM replay_rows WHERE replay = @id AND number > @after${wanted} ORDER BY number LIMIT @limit`;
      const values = { id, after, limit, status: JSON.stringify(status ?? []) };
      return (await tables.all<RowOfTable>(sql, values)).map(rowOf);
    },
    row: async (id: string, number: number): Promise<ReplayRow> => {
      const sql = `SELECT ${rowColumns} FROM replay_rows WHERE replay = @id AND number = @number`;
      const found = await tables.get<RowOfTable>(sql, { id, number });
      if (found === undefined) throw new HeddleError('replay_not_found', `The replay '${id}' has no row ${number}.`);
      return rowOf(found);
    },
    begin: (id: string, number: number, run: string): Promise<void> =>
      tables.note([
        {
          sql: "UPDATE replay_rows SET run = @run, status = 'running' WHERE replay = @id AND number = @number",
          values: { id, number, run },
        },
      ]),
    endRow: (id: string, number: number, { status, isRegression, ...body }: RowEnd): Promise<void> =>
      tables.note([
        {
          sql: `UPDATE replay_rows SET status = @status, is_regression = @isRegression, body = @body
            WHERE replay = @id AND number = @number`,
          values: { id, number, status, isRegression: isRegression ? 1 : 0, body: JSON.stringify(body) },
        },
      ]),
  };
}

function rowOf({ number, recorded, run, status, isRegression, body }: RowOfTable): ReplayRow {
  // Written by `endRow` from the same type.
  const more = body === null ? {} : (JSON.parse(body) as Partial<ReplayRow>);
  return { ...more, number, recorded, ...(run === null ? {} : { run }), status, isRegression: isRegression === 1 };
}

interface CountOfRows {
  readonly status: ReplayRowStatus;
  readonly rows: number;
  readonly regressions: number;
}

function countsOf(found: readonly CountOfRows[]): ReplayRowCounts {
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
