import {
  HeddleError,
  LabelLevel,
  type CellCounts,
  type CellState,
  type Evaluation,
  type GuardedWrite,
  type PlanBundle,
  type StatementValues,
  type StoredDatasetRow,
  type Tables,
} from '@heddle/core';
import type { RunProjection } from '../database/journal-projection.js';
import { isDone } from '../sql/is-done.js';
import { experimentRuns } from './experiment-runs.js';
import { ended, experimentWrites, forgetTable, insertion, lockOf, rowInsertion } from './experiment-writes.js';
import {
  evaluationsOf,
  fromRecord,
  toCell,
  toRow,
  toWork,
  type CellEnd,
  type CellRecord,
  type CellWork,
  type ExperimentRecord,
  type RowRecord,
  type StoredCell,
  type StoredExperiment,
  type StoredExperimentRow,
} from './stored-experiment.js';

const atOnce = 2_000;
/** The most attempts to store a judgement while other people judge the same answer. */
const mostTries = 10;

const columns =
  'id, owner, project, state, body, budget, reason, code, spent_runs, spent_judges, saved_cost, saved_ms, created_at, table_changes';
const cellColumns = 'number, repeat, variant, state, attempt, run, error, code, figures, reused';
const workColumns = `${cellColumns
  .split(', ')
  .map((column) => `cell.${column}`)
  .join(', ')}, cell.evaluations, of.body`;
const isOpen =
  "EXISTS (SELECT 1 FROM experiment_cells WHERE experiment = experiments.id AND state IN ('waiting', 'running'))";
const waitsAgain =
  "state = 'waiting', attempt = attempt + 1, run = NULL, error = NULL, code = NULL, figures = NULL, evaluations = NULL, reused = NULL";

type WorkRecord = CellRecord & { readonly body: string };

/**
 * Stores experiments in any database.
 *
 * - A cell is bound to its run in the commit that accepts the run, so a crash at any moment loses no run and starts none twice.
 * - The cost of a run is added in the commit that ends the run. Evaluations are stored later, with the end of the cell.
 * - No run is accepted after the commit that pauses or cancels its experiment.
 */
export class ExperimentStore {
  readonly write: typeof experimentWrites = experimentWrites;
  readonly projection: RunProjection = experimentRuns;
  private readonly tables: Tables;

  constructor(tables: Tables) {
    this.tables = tables;
  }

  /** Inserts an experiment in the state `unfinished`: it is invisible until another state is set. */
  async insert(
    experiment: Pick<StoredExperiment, 'id' | 'owner' | 'project' | 'body' | 'budget' | 'createdAt'>,
    bundles: ReadonlyMap<string, PlanBundle>,
  ): Promise<void> {
    await this.tables.note(insertion(experiment, bundles));
  }

  /** Adds rows after the first `before` rows, each with its cells. */
  async addRows(
    id: string,
    rows: readonly StoredDatasetRow[],
    shape: { readonly before: number; readonly variants: number; readonly repeats: number },
  ): Promise<void> {
    await this.tables.note(rows.flatMap((row, index) => rowInsertion(id, shape.before + index + 1, row, shape)));
  }

  /**
   * Experiments that an earlier process began to write or to remove and did not finish. `madeBefore` leaves out newer ones, where other
   * processes may be at work.
   */
  async unfinished(madeBefore = Number.MAX_SAFE_INTEGER): Promise<readonly string[]> {
    return this.idsOf("state = 'unfinished' AND created_at < @madeBefore", { madeBefore });
  }

  /**
   * Removes some cells and rows of an experiment, and the experiment itself once none are left. Returns how many rows or cells were
   * removed; 0 means that the experiment is gone.
   */
  async remove(id: string): Promise<number> {
    for (const table of ['experiment_cells', 'experiment_rows'] as const) {
      const found = await this.numbers(
        `SELECT number FROM ${table} WHERE experiment = @id ORDER BY number LIMIT @atOnce`,
        { id },
      );
      const last = found.at(-1);
      if (last === undefined) continue;
      const sql = `DELETE FROM ${table} WHERE experiment = @id AND number <= @last`;
      await this.tables.note([{ sql, values: { id, last } }]);
      return found.length;
    }
    await this.tables.note([{ sql: 'DELETE FROM experiments WHERE id = @id', values: { id } }]);
    return 0;
  }

  /** Errors: `not_found`. */
  async get(id: string): Promise<StoredExperiment> {
    const record = await this.find(id);
    if (record === undefined)
      throw new HeddleError('not_found', `There is no experiment '${id}': list the experiments for their ids.`);
    return fromRecord(record);
  }

  /** The state and the money of an experiment, which change while it runs. A removed experiment counts as cancelled. */
  async money(id: string): Promise<Pick<StoredExperiment, 'state' | 'budget'> & { readonly spent: number }> {
    const sql = `SELECT state, budget, spent_runs + spent_judges AS spent FROM experiments WHERE id = @id AND state <> 'unfinished'`;
    const record = await this.tables.get<Pick<ExperimentRecord, 'state' | 'budget'> & { readonly spent: number }>(sql, {
      id,
    });
    if (record === undefined) return { state: 'cancelled', budget: undefined, spent: 0 };
    return { ...record, budget: record.budget ?? undefined };
  }

  /** The ids, newest first. */
  ids(): Promise<readonly string[]> {
    return this.idsOf("state <> 'unfinished' ORDER BY created_at DESC, id");
  }

  /** Experiments that are going and have open cells. */
  async going(): Promise<readonly StoredExperiment[]> {
    const sql = `SELECT ${columns} FROM experiments WHERE state = 'going' AND ${isOpen} ORDER BY created_at, id`;
    return (await this.tables.all<ExperimentRecord>(sql)).map(fromRecord);
  }

  /** Cancelled experiments with waiting or running cells: a process ended before it had cancelled all of them. */
  halfCancelled(): Promise<readonly string[]> {
    return this.idsOf(`state = 'cancelled' AND ${isOpen}`);
  }

  /** The pinned workflow of a variant. Errors: `not_found`. */
  async bundle(id: string, hash: string): Promise<PlanBundle> {
    const sql = 'SELECT body FROM experiment_bundles WHERE experiment = @id AND hash = @hash';
    const found = await this.tables.get<{ readonly body: string }>(sql, { id, hash });
    if (found === undefined) throw new HeddleError('not_found', `The experiment '${id}' has no workflow '${hash}'.`);
    return JSON.parse(found.body) as PlanBundle; // written by insert
  }

  async counts(id: string): Promise<CellCounts> {
    const sql = 'SELECT state, count(*) AS count FROM experiment_cells WHERE experiment = @id GROUP BY state';
    const found = { waiting: 0, running: 0, done: 0, failed: 0, cancelled: 0 };
    const groups = await this.tables.all<{ readonly state: CellState; readonly count: number }>(sql, { id });
    for (const { state, count } of groups) found[state] = count;
    return found;
  }

  /** The next cells to run, row by row. */
  async waiting(id: string, limit: number): Promise<readonly CellWork[]> {
    const sql = `SELECT ${workColumns} FROM experiment_cells AS cell
      JOIN experiment_rows AS of ON of.experiment = cell.experiment AND of.number = cell.number
      WHERE cell.experiment = +@id AND cell.state = 'waiting' ORDER BY cell.number, cell.repeat, cell.variant LIMIT @limit`;
    return (await this.tables.all<WorkRecord>(sql, { id, limit })).map(toWork);
  }

  /** The next cell of each row. The runs of a row go one after the other, so that they can reuse results. */
  async waitingRows(id: string, limit: number): Promise<readonly CellWork[]> {
    const sql = `SELECT ${workColumns} FROM (
        SELECT number, min(repeat * 1000 + variant) AS next FROM experiment_cells
        WHERE experiment = @id AND state = 'waiting' GROUP BY number ORDER BY number LIMIT @limit
      ) AS first
      JOIN experiment_cells AS cell ON cell.experiment = +@id AND cell.number = first.number
        AND cell.repeat = first.next / 1000 AND cell.variant = first.next % 1000
      JOIN experiment_rows AS of ON of.experiment = cell.experiment AND of.number = cell.number ORDER BY cell.number`;
    return (await this.tables.all<WorkRecord>(sql, { id, limit })).map(toWork);
  }

  /** Cells with a started run that was not judged yet. */
  async running(id: string): Promise<readonly CellWork[]> {
    const sql = `SELECT ${workColumns} FROM experiment_cells AS cell
      JOIN experiment_rows AS of ON of.experiment = cell.experiment AND of.number = cell.number
      WHERE cell.experiment = +@id AND cell.state = 'running' ORDER BY cell.number, cell.repeat, cell.variant`;
    return (await this.tables.all<WorkRecord>(sql, { id })).map(toWork);
  }

  /** Stores the ends of cells in one commit. The end of an earlier attempt changes no cell. */
  async end(id: string, ends: readonly CellEnd[]): Promise<void> {
    if (ends.length > 0) await this.tables.note(ended(id, ends));
  }

  /** The experiment of a run. Undefined for other runs, and if the experiment was removed. */
  async ofRun(run: string): Promise<string | undefined> {
    return (await this.cellOfRun(run))?.experiment;
  }

  async waitsForPeople(id: string): Promise<boolean> {
    const sql = `SELECT 1 FROM experiment_cells WHERE experiment = @id AND state = 'done'
      AND evaluations LIKE '%"code":"waits_for_person"%' LIMIT 1`;
    return (await this.tables.get(sql, { id })) !== undefined;
  }

  /**
   * Replaces one evaluation of a finished cell, for example after a person judged it, and drops the computed table. Other cells do not
   * change. Errors: `conflict` if other writers win every attempt.
   */
  async judgeAgain(run: string, evaluation: Evaluation): Promise<void> {
    const { metric, value } = evaluation;
    for (let attempt = 1; ; attempt += 1) {
      const record = await this.cellOfRun(run);
      if (record?.state !== 'done') return;
      const said = evaluationsOf(record).map((one) => (one.metric === metric ? evaluation : one));
      const { [metric]: _before, ...others } = toCell(record).figures;
      const figures = value === undefined ? others : { ...others, [metric]: value };
      const changed: GuardedWrite = {
        sql: `UPDATE experiment_cells SET figures = @figures, evaluations = @evaluations
          WHERE run = @run AND state = 'done' AND coalesce(evaluations, '') = @before`,
        values: {
          run,
          before: record.evaluations ?? '',
          figures: JSON.stringify(figures),
          evaluations: JSON.stringify(said),
        },
        rows: 1,
      };
      const commit = this.tables.note([lockOf(record.experiment), changed, forgetTable(record.experiment)]);
      if (attempt === mostTries) return commit;
      if (await isDone(commit)) return;
    }
  }

  /** Sets a part of the failed and cancelled cells to waiting, and returns how many. Their earlier cost stays counted. */
  runAgain(id: string): Promise<number> {
    return this.changeCells(id, "'failed', 'cancelled'", waitsAgain);
  }

  /** Sets all ended cells of the given rows to waiting, and returns how many. */
  async runRowsAgain(id: string, rows: readonly number[]): Promise<number> {
    const ofRows = "experiment = @id AND CAST(number AS text) IN (EACH @rows) AND state NOT IN ('waiting', 'running')";
    const values = { id, rows: JSON.stringify(rows.map(String)) };
    const sql = `SELECT count(*) AS count FROM experiment_cells WHERE ${ofRows}`;
    const { count = 0 } = (await this.tables.get<{ readonly count: number }>(sql, values)) ?? {};
    if (count === 0) return 0;
    await this.tables.note([
      lockOf(id),
      { sql: `UPDATE experiment_cells SET ${waitsAgain} WHERE ${ofRows}`, values },
      forgetTable(id),
    ]);
    return count;
  }

  /** Cancels a part of the waiting cells, and returns how many. */
  giveUpWaiting(id: string, { code, message }: NonNullable<StoredExperiment['why']>): Promise<number> {
    return this.changeCells(id, "'waiting'", "state = 'cancelled', error = @message, code = @code", { code, message });
  }

  async rows(id: string, after: number, limit: number): Promise<readonly StoredExperimentRow[]> {
    const sql = `SELECT number, id, tags, label, body FROM experiment_rows
      WHERE experiment = @id AND number > @after ORDER BY number LIMIT @limit`;
    return (await this.tables.all<RowRecord>(sql, { id, after, limit })).map(toRow);
  }

  async labels(id: string): Promise<readonly LabelLevel[]> {
    const sql = 'SELECT DISTINCT label FROM experiment_rows WHERE experiment = @id';
    const found = await this.tables.all<{ readonly label: string }>(sql, { id });
    return found.map(({ label }) => LabelLevel.parse(label));
  }

  /** The cells of the rows after `after` up to `until`. */
  async cells(id: string, after: number, until: number): Promise<readonly StoredCell[]> {
    const sql = `SELECT ${cellColumns} FROM experiment_cells WHERE experiment = @id AND number > @after AND number <= @until
      ORDER BY number, repeat, variant`;
    return (await this.tables.all<CellRecord>(sql, { id, after, until })).map(toCell);
  }

  async cellsOfRow(
    id: string,
    number: number,
  ): Promise<readonly (StoredCell & { readonly evaluations: readonly Evaluation[] })[]> {
    const sql = `SELECT ${cellColumns}, evaluations FROM experiment_cells WHERE experiment = @id AND number = @number ORDER BY repeat, variant`;
    const found = await this.tables.all<CellRecord>(sql, { id, number });
    return found.map((record) => ({ ...toCell(record), evaluations: evaluationsOf(record) }));
  }

  /** The stored table of a finished experiment, as JSON. */
  async result(id: string): Promise<string | undefined> {
    const sql = 'SELECT result FROM experiments WHERE id = @id';
    return (await this.tables.get<{ readonly result: string | null }>(sql, { id }))?.result ?? undefined;
  }

  /**
   * Stores the table of a finished experiment. Stores nothing if the experiment changed since it was read: the next reader then computes
   * the table again.
   */
  async setResult({ id, changes }: Pick<StoredExperiment, 'id' | 'changes'>, result: string): Promise<void> {
    const sql = `UPDATE experiments SET result = @result WHERE id = @id AND table_changes = @changes AND NOT ${isOpen}`;
    await this.tables.note([lockOf(id), { sql, values: { id, changes, result } }]);
  }

  async forgetResult(id: string): Promise<void> {
    await this.tables.note([forgetTable(id)]);
  }

  private find(id: string): Promise<ExperimentRecord | undefined> {
    return this.tables.get(`SELECT ${columns} FROM experiments WHERE id = @id AND state <> 'unfinished'`, { id });
  }

  private cellOfRun(run: string): Promise<(CellRecord & { readonly experiment: string }) | undefined> {
    const sql = `SELECT cell.* FROM experiment_cells AS cell JOIN experiments AS of ON of.id = cell.experiment
      WHERE cell.run = +@run AND of.state <> 'unfinished'`;
    return this.tables.get(sql, { run });
  }

  private async idsOf(where: string, values: StatementValues = {}): Promise<readonly string[]> {
    const found = await this.tables.all<{ readonly id: string }>(`SELECT id FROM experiments WHERE ${where}`, values);
    return found.map(({ id }) => id);
  }

  private async numbers(sql: string, values: StatementValues): Promise<readonly number[]> {
    const found = await this.tables.all<{ readonly number: number }>(sql, { ...values, atOnce });
    return found.map(({ number }) => number);
  }

  private async changeCells(id: string, states: string, set: string, values: StatementValues = {}): Promise<number> {
    const ofStates = `experiment = @id AND state IN (${states})`;
    const found = await this.numbers(
      `SELECT number FROM experiment_cells WHERE ${ofStates} ORDER BY number LIMIT @atOnce`,
      { id },
    );
    const first = found[0];
    const last = found.at(-1);
    if (first === undefined || last === undefined) return 0;
    await this.tables.note([
      lockOf(id),
      {
        sql: `UPDATE experiment_cells SET ${set} WHERE ${ofStates} AND number BETWEEN @first AND @last`,
        values: { ...values, id, first, last },
      },
      forgetTable(id),
    ]);
    return found.length;
  }
}
