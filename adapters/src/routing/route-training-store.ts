import {
  HeddleError,
  RouteTrainingRequest,
  RouteTrainingResult,
  withoutUndefined,
  type Clock,
  type GuardedWrite,
  type RouteTraining,
  type Tables,
} from '@heddle/core';

/** The verdict of judges on a row. `loss` is undefined if they could not decide. */
interface RouteVerdict {
  readonly row: number;
  readonly loss: number | undefined;
  /** In USD. */
  readonly cost: number;
}

type RouteTrainingEnd =
  | { readonly status: 'done'; readonly result: RouteTrainingResult }
  | { readonly status: 'failed' | 'cancelled'; readonly error: { readonly code: string; readonly message: string } };

/** Stores route trainings. Errors: `storage_*`, `database_*`. */
export interface RouteTrainingStore {
  /** The changes as statements, for the commit with their audit event. */
  readonly write: {
    insert(
      training: Pick<RouteTraining, 'id' | 'experiment' | 'owner' | 'request' | 'createdAt'>,
    ): readonly GuardedWrite[];
    remove(id: string): readonly GuardedWrite[];
  };
  /** Errors: `not_found`, also if the training belongs to another experiment. */
  get(experiment: string, id: string): Promise<RouteTraining>;
  /** Newest first. */
  of(experiment: string): Promise<readonly RouteTraining[]>;
  /** The trainings that have not ended. */
  open(): Promise<readonly RouteTraining[]>;
  /** `rows` is the number of requests. */
  setStatus(id: string, status: 'waiting' | 'judging' | 'learning', rows: number): Promise<void>;
  /** Errors: `conflict` if the training was removed. */
  addVerdict(id: string, verdict: RouteVerdict): Promise<void>;
  verdicts(id: string): Promise<readonly RouteVerdict[]>;
  /** Ends a training. If it has ended already, nothing changes. */
  end(id: string, end: RouteTrainingEnd): Promise<void>;
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

const columns = `id, experiment, owner, status, request, rows, error, code, result, created_at, ended_at,
  (SELECT count(*) FROM route_verdicts WHERE training = id) AS judged, (SELECT sum(cost) FROM route_verdicts WHERE training = id) AS cost`;

/** Creates the store in any database. @example const trainings = createRouteTrainingStore(sqliteTables(database), clock); */
export function createRouteTrainingStore(tables: Tables, clock: Pick<Clock, 'now'>): RouteTrainingStore {
  const all = async (rest: string, values = {}): Promise<readonly RouteTraining[]> =>
    (await tables.all<TrainingRecord>(`SELECT ${columns} FROM route_trainings WHERE ${rest}`, values)).map(trainingOf);
  return {
    write: {
      insert: ({ id, experiment, owner, request, createdAt }) => [
        {
          sql: `INSERT INTO route_trainings (id, experiment, owner, status, request, created_at)
            VALUES (@id, @experiment, @owner, 'waiting', @request, @createdAt)`,
          values: { id, experiment, owner, request: JSON.stringify(request), createdAt },
        },
      ],
      remove: (id) => [{ sql: 'DELETE FROM route_trainings WHERE id = @id', values: { id } }],
    },
    async get(experiment, id) {
      const [found] = await all('id = @id AND experiment = @experiment', { id, experiment });
      if (found === undefined)
        throw new HeddleError('not_found', `The experiment has no training '${id.slice(0, 80)}'.`);
      return found;
    },
    of: (experiment) => all('experiment = @experiment ORDER BY created_at DESC, id', { experiment }),
    open: () => all('ended_at IS NULL ORDER BY created_at, id'),
    setStatus: (id, status, rows) =>
      tables.commit([
        {
          sql: 'UPDATE route_trainings SET status = @status, rows = @rows WHERE id = @id AND ended_at IS NULL',
          values: { id, status, rows },
        },
      ]),
    addVerdict: (id, { row, loss, cost }) =>
      tables.commit([
        {
          sql: `INSERT INTO route_verdicts (training, "row", loss, cost) VALUES (@id, @row, @loss, @cost)
            ON CONFLICT (training, "row") DO UPDATE SET loss = excluded.loss, cost = excluded.cost`,
          values: { id, row, loss: loss ?? null, cost },
        },
      ]),
    verdicts: (id) => verdictsOf(tables, id),
    end(id, end) {
      const { error, result } = { error: undefined, result: undefined, ...end };
      return tables.commit([
        {
          sql: `UPDATE route_trainings SET status = @status, error = @error, code = @code, result = @result, ended_at = @now
            WHERE id = @id AND ended_at IS NULL`,
          values: {
            id,
            status: end.status,
            error: error?.message ?? null,
            code: error?.code ?? null,
            now: clock.now(),
            result: result === undefined ? null : JSON.stringify(result),
          },
        },
      ]);
    },
  };
}

async function verdictsOf(tables: Tables, id: string): ReturnType<RouteTrainingStore['verdicts']> {
  const sql = 'SELECT "row", loss, cost FROM route_verdicts WHERE training = @id ORDER BY "row"';
  const rows = await tables.all<VerdictRecord>(sql, { id });
  return rows.map(({ row, loss, cost }) => ({ row, cost, loss: loss ?? undefined }));
}

interface VerdictRecord {
  readonly row: number;
  readonly loss: number | null;
  readonly cost: number;
}

function trainingOf(record: TrainingRecord): RouteTraining {
  const { id, experiment, owner, status, rows, judged, code, error, result } = record;
  return withoutUndefined({
    id,
    experiment,
    owner,
    status,
    rows,
    judged,
    cost: record.cost ?? 0,
    createdAt: record.created_at,
    endedAt: record.ended_at ?? undefined,
    request: RouteTrainingRequest.parse(JSON.parse(record.request)),
    error: code === null ? undefined : { code, message: error ?? '' },
    result: result === null ? undefined : RouteTrainingResult.parse(JSON.parse(result)),
  });
}
