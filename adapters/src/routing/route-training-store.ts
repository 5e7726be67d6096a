import {
  HeddleError,
  RouteTrainingRequest,
  RouteTrainingResult,
  withoutUndefined,
  type Clock,
  type RouteTraining,
} from '@heddle/core';
import { commitPowerSafe } from '../database/commit-power-safe.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

/** What judges said of a row: undefined where they could not say. */
export interface RouteVerdict {
  readonly row: number;
  readonly loss: number | undefined;
  /** In USD. */
  readonly cost: number;
}

/** How a training ended. */
export type RouteTrainingEnd =
  | { readonly status: 'done'; readonly result: RouteTrainingResult }
  | { readonly status: 'failed' | 'cancelled'; readonly error: { readonly code: string; readonly message: string } };

/** Trainings of routes. Errors: `storage_*`. */
export interface RouteTrainingStore {
  insert(training: Pick<RouteTraining, 'id' | 'experiment' | 'owner' | 'request' | 'createdAt'>): void;
  /** Errors: `not_found`, also for a training of another experiment. */
  get(experiment: string, id: string): RouteTraining;
  /** Newest first. */
  of(experiment: string): readonly RouteTraining[];
  /** Those that have not ended. */
  open(): readonly RouteTraining[];
  /** Of `rows` requests. */
  setStatus(id: string, status: 'waiting' | 'judging' | 'learning', rows: number): void;
  addVerdict(id: string, verdict: RouteVerdict): void;
  verdicts(id: string): readonly RouteVerdict[];
  /** The first end counts. */
  end(id: string, end: RouteTrainingEnd): void;
  /** Plain SQL for a transaction that is open already. */
  remove(id: string): void;
}

interface TrainingRecord {
  readonly id: string;
  readonly experiment: string;
  readonly owner: string;
  readonly status: RouteTraining['status'];
  readonly request: string;
  readonly rows: number;
  readonly error: string | null;
  readonly code: string | null;
  readonly result: string | null;
  readonly created_at: number;
  readonly ended_at: number | null;
  readonly judged: number;
  readonly cost: number | null;
}

const columns = `*, (SELECT count(*) FROM route_verdicts WHERE training = id) AS judged,
  (SELECT sum(cost) FROM route_verdicts WHERE training = id) AS cost`;

/** Trainings of routes in heddle.db. @example const trainings = createRouteTrainingStore(database, clock); */
export function createRouteTrainingStore(database: HeddleDatabase, clock: Pick<Clock, 'now'>): RouteTrainingStore {
  const { connection, file } = database;
  const statements = {
    insert: connection.prepare<[string, string, string, string, number]>(
      "INSERT INTO route_trainings (id, experiment, owner, status, request, created_at) VALUES (?, ?, ?, 'waiting', ?, ?)",
    ),
    byId: connection.prepare<[string, string], TrainingRecord>(
      `SELECT ${columns} FROM route_trainings WHERE id = ? AND experiment = ?`,
    ),
    of: connection.prepare<[string], TrainingRecord>(
      `SELECT ${columns} FROM route_trainings WHERE experiment = ? ORDER BY created_at DESC, id`,
    ),
    open: connection.prepare<[], TrainingRecord>(
      `SELECT ${columns} FROM route_trainings WHERE ended_at IS NULL ORDER BY created_at`,
    ),
    setStatus: connection.prepare<[string, number, string]>(
      'UPDATE route_trainings SET status = ?, rows = ? WHERE id = ? AND ended_at IS NULL',
    ),
    verdict: connection.prepare<[string, number, number | null, number]>(
      'INSERT OR REPLACE INTO route_verdicts (training, row, loss, cost) VALUES (?, ?, ?, ?)',
    ),
    verdicts: connection.prepare<
      [string],
      { readonly row: number; readonly loss: number | null; readonly cost: number }
    >('SELECT row, loss, cost FROM route_verdicts WHERE training = ? ORDER BY row'),
    end: connection.prepare<[string, string | null, string | null, string | null, number, string]>(
      'UPDATE route_trainings SET status = ?, error = ?, code = ?, result = ?, ended_at = ? WHERE id = ? AND ended_at IS NULL',
    ),
    remove: connection.prepare<[string]>('DELETE FROM route_trainings WHERE id = ?'),
  };
  const read = <T>(work: () => T): T => withStorageErrors(file, work);
  const change = (work: () => unknown): void => void commitPowerSafe(database, work);
  return {
    insert: ({ id, experiment, owner, request, createdAt }) =>
      void statements.insert.run(id, experiment, owner, JSON.stringify(request), createdAt),
    get(experiment, id) {
      const record = read(() => statements.byId.get(id, experiment));
      if (record === undefined)
        throw new HeddleError('not_found', `The experiment has no training '${id.slice(0, 80)}'.`);
      return trainingOf(record);
    },
    of: (experiment) => read(() => statements.of.all(experiment).map(trainingOf)),
    open: () => read(() => statements.open.all().map(trainingOf)),
    setStatus: (id, status, rows) => change(() => statements.setStatus.run(status, rows, id)),
    addVerdict: (id, { row, loss, cost }) => change(() => statements.verdict.run(id, row, loss ?? null, cost)),
    verdicts: (id) =>
      read(() => statements.verdicts.all(id).map(({ row, loss, cost }) => ({ row, cost, loss: loss ?? undefined }))),
    end: (id, end) =>
      change(() => {
        const { error, result } = { error: undefined, result: undefined, ...end };
        const text = result === undefined ? null : JSON.stringify(result);
        statements.end.run(end.status, error?.message ?? null, error?.code ?? null, text, clock.now(), id);
      }),
    remove: (id) => void statements.remove.run(id),
  };
}

function trainingOf(record: TrainingRecord): RouteTraining {
  const { id, experiment, owner, status, rows, judged, code, error, result } = record;
  return withoutUndefined({
    ...{ id, experiment, owner, status, rows, judged, cost: record.cost ?? 0, createdAt: record.created_at },
    endedAt: record.ended_at ?? undefined,
    request: RouteTrainingRequest.parse(JSON.parse(record.request)),
    error: code === null ? undefined : { code, message: error ?? '' },
    result: result === null ? undefined : RouteTrainingResult.parse(JSON.parse(result)),
  });
}
