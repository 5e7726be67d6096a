import { HeddleError, type GuardedWrite, type PlanBundle, type StoredDatasetRow } from '@heddle/core';
import type { CellEnd, CellKey, StoredExperiment } from './stored-experiment.js';

interface StateChange {
  readonly from: StoredExperiment['state'] | 'unfinished';
  readonly to: StoredExperiment['state'];
  readonly why?: StoredExperiment['why'];
  /** The new limit of the cost; undefined keeps the old one. */
  readonly budget?: number | undefined;
}

/** Changes of experiments, committed together with their audit event. */
export const experimentWrites = {
  /** Errors of the commit: `conflict` if the experiment is not in the state `from`. */
  setState: (id: string, { from, to, why, budget }: StateChange): GuardedWrite => ({
    sql: `UPDATE experiments SET state = @to, reason = @reason, code = @code, budget = coalesce(@budget, budget)
      WHERE id = @id AND state = @from`,
    values: { id, from, to, reason: why?.message ?? null, code: why?.code ?? null, budget: budget ?? null },
    rows: 1,
    otherwise: () => new HeddleError('conflict', `The experiment is no longer ${from}: read it again.`),
  }),
  /** Makes an experiment invisible. Errors of the commit: `conflict` if it runs. */
  hide: (id: string): readonly GuardedWrite[] => [
    lockOf(id),
    {
      sql: `UPDATE experiments SET state = 'unfinished', reason = NULL, code = NULL WHERE id = @id
        AND NOT EXISTS (SELECT 1 FROM experiment_cells WHERE experiment = @id AND state = 'running')
        AND (state <> 'going' OR NOT EXISTS (SELECT 1 FROM experiment_cells WHERE experiment = @id AND state = 'waiting'))`,
      values: { id },
      rows: 1,
    },
  ],
};

/** Locks the experiment, so that other changes of its cells are committed before or after this one. */
export const lockOf = (id: string): GuardedWrite => ({
  sql: 'SELECT 1 FROM experiments WHERE id = @id FOR UPDATE',
  values: { id },
});

/** Drops the computed table because it is out of date. */
export const forgetTable = (id: string): GuardedWrite => ({
  sql: 'UPDATE experiments SET result = NULL, table_changes = table_changes + 1 WHERE id = @id',
  values: { id },
});

type NewExperiment = Pick<StoredExperiment, 'id' | 'owner' | 'project' | 'body' | 'budget' | 'createdAt'>;

export function insertion(
  { id, owner, project, body, budget, createdAt }: NewExperiment,
  bundles: ReadonlyMap<string, PlanBundle>,
): readonly GuardedWrite[] {
  return [
    {
      sql: `INSERT INTO experiments (id, owner, project, state, body, budget, created_at)
        VALUES (@id, @owner, @project, 'unfinished', @body, @budget, @createdAt)`,
      values: { id, owner, project, body: JSON.stringify(body), budget: budget ?? null, createdAt },
    },
    ...[...bundles].map(([hash, bundle]) => ({
      sql: 'INSERT INTO experiment_bundles (experiment, hash, body) VALUES (@id, @hash, @body)',
      values: { id, hash, body: JSON.stringify(bundle) },
    })),
  ];
}

/** Inserts a row with its cells. */
export function rowInsertion(
  id: string,
  number: number,
  row: StoredDatasetRow,
  { variants, repeats }: { readonly variants: number; readonly repeats: number },
): readonly GuardedWrite[] {
  const { id: rowId, label } = row;
  const inserted: GuardedWrite = {
    sql: 'INSERT INTO experiment_rows (experiment, number, id, tags, label, body) VALUES (@id, @number, @rowId, @tags, @label, @body)',
    values: { id, number, rowId, tags: JSON.stringify(row.tags ?? []), label, body: JSON.stringify(row) },
  };
  if (number > 1) return [inserted, cellsAsOfFirst(id, number)];
  const cells: GuardedWrite[] = [];
  for (let repeat = 1; repeat <= repeats; repeat += 1)
    for (let variant = 1; variant <= variants; variant += 1)
      cells.push({
        sql: `INSERT INTO experiment_cells (experiment, number, repeat, variant, state, attempt)
          VALUES (@id, @number, @repeat, @variant, 'waiting', 1)`,
        values: { id, number, repeat, variant },
      });
  return [inserted, ...cells];
}

/** Inserts the cells of a row with one statement. All rows have the same cells, so those of row 1 are copied. */
const cellsAsOfFirst = (id: string, number: number): GuardedWrite => ({
  sql: `INSERT INTO experiment_cells (experiment, number, repeat, variant, state, attempt)
    SELECT experiment, CAST(@number AS integer), repeat, variant, 'waiting', 1 FROM experiment_cells WHERE experiment = @id AND number = 1`,
  values: { id, number },
});

/** Stores the ends of cells with their costs and savings. The end of an earlier attempt changes nothing but the money spent. */
export function ended(id: string, ends: readonly CellEnd[]): readonly GuardedWrite[] {
  const cost = ends.reduce((sum, { evaluations }) => evaluations.reduce((so, one) => so + one.cost, sum), 0);
  return [
    lockOf(id),
    ...ends.flatMap((end) => endOf(id, end)),
    ...(cost > 0
      ? [
          {
            sql: 'UPDATE experiments SET spent_judges = spent_judges + @cost WHERE id = @id',
            values: { id, cost },
          },
        ]
      : []),
  ];
}

const isOpenCell = `experiment = @id AND number = @number AND repeat = @repeat AND variant = @variant AND attempt = @attempt
  AND state IN ('waiting', 'running')`;

function endOf(id: string, end: CellEnd): readonly GuardedWrite[] {
  const { state, error, figures, evaluations, reused, number, repeat, variant, attempt } = end;
  const key: CellKey & { readonly id: string } = { id, number, repeat, variant, attempt };
  // This statement comes before the one that stores the end, because it counts only while the cell is open.
  const saved: readonly GuardedWrite[] =
    reused === undefined
      ? []
      : [
          {
            sql: `UPDATE experiments SET saved_cost = saved_cost + @cost, saved_ms = saved_ms + @ms
              WHERE id = @id AND EXISTS (SELECT 1 FROM experiment_cells WHERE ${isOpenCell})`,
            values: { ...key, cost: reused.cost, ms: reused.ms },
          },
        ];
  return [
    ...saved,
    {
      sql: `UPDATE experiment_cells SET state = @state, error = @error, code = @code, figures = @figures, evaluations = @evaluations, reused = @reused
        WHERE ${isOpenCell}`,
      values: {
        ...key,
        state,
        error: error?.message ?? null,
        code: error?.code ?? null,
        figures: JSON.stringify(figures),
        evaluations: JSON.stringify(evaluations),
        reused: reused === undefined ? null : JSON.stringify(reused),
      },
    },
  ];
}
