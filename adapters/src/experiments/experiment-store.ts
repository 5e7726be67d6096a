import {
  Evaluation,
  EvaluatorSetup,
  ExperimentVariant,
  HeddleError,
  isPlainObject,
  LabelLevel,
  MetricInfo,
  ProviderBatch,
  type StoredDatasetRow,
  type CellCounts,
  type CellState,
  type PlanBundle,
} from '@heddle/core';
import { z } from 'zod';
import type { JournalProjection } from '../database/journal-projection.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

/** What an experiment is, from its beginning on. */
export const ExperimentBody = z.object({
  name: z.string(),
  dataset: z.object({ id: z.string(), name: z.string(), version: z.int() }),
  rows: z.int(),
  variants: z.array(ExperimentVariant),
  evaluators: z.array(EvaluatorSetup),
  metrics: z.array(MetricInfo),
  repeats: z.int(),
  concurrency: z.int(),
  /** Missing in experiments of before, which reused nothing. */
  reuse: z.boolean().optional(),
  cacheModelCalls: z.boolean().optional(),
  providerBatch: ProviderBatch.optional(),
});
export type ExperimentBody = z.infer<typeof ExperimentBody>;

/** A stored experiment. It has ended when none of its cells waits or runs. */
export interface StoredExperiment {
  readonly id: string;
  /** `Principal.id` of who began it: its runs and judges have their rights. */
  readonly owner: string;
  readonly project: string;
  readonly state: 'going' | 'paused' | 'cancelled';
  readonly body: ExperimentBody;
  readonly budget: number | undefined;
  readonly spent: { readonly runs: number; readonly judges: number };
  /** What runs would have cost and taken without the results that they took over. */
  readonly saved: { readonly cost: number; readonly ms: number };
  readonly createdAt: number;
  /** Why it paused by itself. */
  readonly why?: { readonly code: string; readonly message: string };
}

/** Which run: a row, its repeat and the number of the variant. */
export interface CellKey {
  readonly number: number;
  readonly repeat: number;
  readonly variant: number;
  readonly attempt: number;
}

/** What the run of a cell took over from other runs, and what that saved. */
export interface ReusedWork {
  readonly nodes: number;
  readonly ms: number;
  readonly cost: number;
  readonly tokens: number;
}

export const noSavings: ReusedWork = { nodes: 0, ms: 0, cost: 0, tokens: 0 };

export const addSavings = (one: ReusedWork, other: ReusedWork): ReusedWork => ({
  nodes: one.nodes + other.nodes,
  ms: one.ms + other.ms,
  cost: one.cost + other.cost,
  tokens: one.tokens + other.tokens,
});

/** A cell without its evaluations. */
export interface StoredCell extends CellKey {
  readonly state: CellState;
  readonly run: string | undefined;
  readonly error: { readonly code: string; readonly message: string } | undefined;
  /** Values by metric. */
  readonly figures: Readonly<Record<string, number>>;
  readonly reused: ReusedWork | undefined;
}

/** A cell with the row that it runs. */
export interface CellWork extends StoredCell {
  readonly row: StoredDatasetRow;
}

/** A row of an experiment. */
export interface StoredExperimentRow {
  readonly number: number;
  readonly id: string;
  readonly tags: readonly string[];
  readonly label: LabelLevel;
  readonly row: StoredDatasetRow;
}

/** The end of a cell. */
export interface CellEnd extends CellKey {
  readonly state: 'done' | 'failed' | 'cancelled';
  readonly error?: { readonly code: string; readonly message: string } | undefined;
  readonly figures: Readonly<Record<string, number>>;
  readonly evaluations: readonly Evaluation[];
  readonly reused?: ReusedWork | undefined;
}

/** Rows and cells that are changed without a pause. */
const atOnce = 2_000;

const scopePrefix = 'experiment:';
/** Names the run of a cell: after a crash, the same cell and attempt are still the same run. */
export const experimentScope = (id: string): string => `${scopePrefix}${id}`;
export const cellKey = ({ number, repeat, variant, attempt }: CellKey): string =>
  `${number}:${repeat}:${variant}:${attempt}`;

/** A row of the table `experiments`. */
interface ExperimentRecord {
  readonly id: string;
  readonly owner: string;
  readonly project: string;
  readonly state: 'going' | 'paused' | 'cancelled';
  readonly body: string;
  readonly budget: number | null;
  readonly reason: string | null;
  readonly code: string | null;
  readonly spent_runs: number;
  readonly spent_judges: number;
  readonly saved_cost: number;
  readonly saved_ms: number;
  readonly created_at: number;
}

/** A row of the table `experiment_rows`. */
interface RowRecord {
  readonly number: number;
  readonly id: string;
  readonly tags: string;
  readonly label: string;
  readonly body: string;
}

/** A row of the table `experiment_cells`. */
interface CellRecord {
  readonly number: number;
  readonly repeat: number;
  readonly variant: number;
  readonly state: CellState;
  readonly attempt: number;
  readonly run: string | null;
  readonly error: string | null;
  readonly code: string | null;
  readonly figures: string | null;
  readonly evaluations: string | null;
  readonly reused: string | null;
}

type Key = [string, number, number, number];

/** The statements on experiments as a whole. */
function prepareExperiments({ connection }: HeddleDatabase) {
  return {
    insert: connection.prepare<[string, string, string, string, number | null, number]>(
      "INSERT INTO experiments (id, owner, project, state, body, budget, created_at) VALUES (?, ?, ?, 'unfinished', ?, ?, ?)",
    ),
    insertBundle: connection.prepare<[string, string, string]>(
      'INSERT OR IGNORE INTO experiment_bundles (experiment, hash, body) VALUES (?, ?, ?)',
    ),
    bundle: connection
      .prepare<[string, string], string>('SELECT body FROM experiment_bundles WHERE experiment = ? AND hash = ?')
      .pluck(),
    byId: connection.prepare<[string], ExperimentRecord>(
      "SELECT * FROM experiments WHERE id = ? AND state <> 'unfinished'",
    ),
    ids: connection
      .prepare<[], string>("SELECT id FROM experiments WHERE state <> 'unfinished' ORDER BY created_at DESC, id")
      .pluck(),
    going: connection.prepare<[], ExperimentRecord>(
      "SELECT * FROM experiments WHERE state = 'going' AND EXISTS (SELECT 1 FROM experiment_cells WHERE experiment = id AND state IN ('waiting', 'running')) ORDER BY created_at",
    ),
    unfinished: connection.prepare<[], string>("SELECT id FROM experiments WHERE state = 'unfinished'").pluck(),
    cancelled: connection
      .prepare<[], string>(
        "SELECT id FROM experiments WHERE state = 'cancelled' AND EXISTS (SELECT 1 FROM experiment_cells WHERE experiment = id AND state IN ('waiting', 'running'))",
      )
      .pluck(),
    setState: connection.prepare<[string, string | null, string | null, string]>(
      'UPDATE experiments SET state = ?, reason = ?, code = ? WHERE id = ?',
    ),
    setBudget: connection.prepare<[number, string]>('UPDATE experiments SET budget = ? WHERE id = ?'),
    setResult: connection.prepare<[string | null, string]>('UPDATE experiments SET result = ? WHERE id = ?'),
    result: connection.prepare<[string], string | null>('SELECT result FROM experiments WHERE id = ?').pluck(),
    spendOnRun: connection.prepare<[string, string]>(`
      UPDATE experiments SET spent_runs = spent_runs + (SELECT cost FROM runs WHERE id = ?)
      WHERE id = (SELECT experiment FROM experiment_cells WHERE run = ?)`),
    spendOnJudges: connection.prepare<[number, string]>(
      'UPDATE experiments SET spent_judges = spent_judges + ? WHERE id = ?',
    ),
    noteSavings: connection.prepare<[number, number, string]>(
      'UPDATE experiments SET saved_cost = saved_cost + ?, saved_ms = saved_ms + ? WHERE id = ?',
    ),
    remove: connection.prepare<[string]>('DELETE FROM experiments WHERE id = ?'),
  };
}

/** The statements on rows and cells. */
function prepareCells({ connection }: HeddleDatabase) {
  return {
    insertRow: connection.prepare<[string, number, string, string, string, string]>(
      'INSERT INTO experiment_rows (experiment, number, id, tags, label, body) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    insertCell: connection.prepare<Key>(
      "INSERT INTO experiment_cells (experiment, number, repeat, variant, state, attempt) VALUES (?, ?, ?, ?, 'waiting', 1)",
    ),
    rows: connection.prepare<[string, number, number], RowRecord>(
      'SELECT * FROM experiment_rows WHERE experiment = ? AND number > ? ORDER BY number LIMIT ?',
    ),
    cells: connection.prepare<[string, number, number], CellRecord>(
      'SELECT number, repeat, variant, state, attempt, run, error, code, figures, reused, NULL AS evaluations FROM experiment_cells WHERE experiment = ? AND number > ? AND number <= ? ORDER BY number, repeat, variant',
    ),
    cellsOfRow: connection.prepare<[string, number], CellRecord>(
      'SELECT * FROM experiment_cells WHERE experiment = ? AND number = ? ORDER BY repeat, variant',
    ),
    counts: connection.prepare<[string], { readonly state: CellState; readonly count: number }>(
      'SELECT state, count(*) AS count FROM experiment_cells WHERE experiment = ? GROUP BY state',
    ),
    waiting: connection.prepare<[string, number], CellRecord & { readonly body: string; readonly label: string }>(`
      SELECT cell.*, of.body, of.label FROM experiment_cells AS cell
      JOIN experiment_rows AS of ON of.experiment = cell.experiment AND of.number = cell.number
      WHERE cell.experiment = ? AND cell.state = 'waiting' ORDER BY cell.number, cell.repeat, cell.variant LIMIT ?`),
    labels: connection
      .prepare<[string], string>('SELECT DISTINCT label FROM experiment_rows WHERE experiment = ?')
      .pluck(),
    waitingRows: connection.prepare<
      [string, number, string],
      CellRecord & { readonly body: string; readonly label: string }
    >(`
      SELECT cell.*, of.body, of.label FROM (
        SELECT number, min(repeat * 1000 + variant) AS next FROM experiment_cells WHERE experiment = ? AND state = 'waiting' GROUP BY number LIMIT ?
      ) AS first
      JOIN experiment_cells AS cell ON cell.experiment = ? AND cell.number = first.number
        AND cell.repeat = first.next / 1000 AND cell.variant = first.next % 1000
      JOIN experiment_rows AS of ON of.experiment = cell.experiment AND of.number = cell.number`),
    running: connection.prepare<[string], CellRecord & { readonly body: string; readonly label: string }>(`
      SELECT cell.*, of.body, of.label FROM experiment_cells AS cell
      JOIN experiment_rows AS of ON of.experiment = cell.experiment AND of.number = cell.number
      WHERE cell.experiment = ? AND cell.state = 'running'`),
    begin: connection.prepare<[string, ...Key]>(
      "UPDATE experiment_cells SET state = 'running', run = ?, error = NULL, code = NULL WHERE experiment = ? AND number = ? AND repeat = ? AND variant = ?",
    ),
    countRun: connection.prepare<[string]>("SELECT 1 FROM experiment_cells WHERE run = ? AND state = 'running'"),
    ofRun: connection.prepare<[string], CellRecord & { readonly experiment: string }>(
      "SELECT cell.* FROM experiment_cells AS cell JOIN experiments AS of ON of.id = cell.experiment WHERE run = ? AND of.state <> 'unfinished'",
    ),
    waitsForPeople: connection
      .prepare<[string], number>(
        `SELECT EXISTS (SELECT 1 FROM experiment_cells WHERE experiment = ? AND state = 'done' AND instr(evaluations, '"code":"waits_for_person"') > 0)`,
      )
      .pluck(),
    judgeAgain: connection.prepare<[string, string, string]>(
      'UPDATE experiment_cells SET figures = ?, evaluations = ? WHERE run = ?',
    ),
  };
}

/** The statements that end, repeat and remove cells. */
function prepareEnds({ connection }: HeddleDatabase) {
  return {
    end: connection.prepare<[...(string | null)[], string, number, number, number, number]>(`
      UPDATE experiment_cells SET state = ?, error = ?, code = ?, figures = ?, evaluations = ?, reused = ?
      WHERE experiment = ? AND number = ? AND repeat = ? AND variant = ? AND attempt = ? AND state IN ('waiting', 'running')`),
    again: connection.prepare<[string, number]>(`
      UPDATE experiment_cells SET state = 'waiting', attempt = attempt + 1, run = NULL, error = NULL, code = NULL, figures = NULL, evaluations = NULL, reused = NULL
      WHERE (experiment, number, repeat, variant) IN (SELECT experiment, number, repeat, variant FROM experiment_cells
      WHERE experiment = ? AND state IN ('failed', 'cancelled') LIMIT ?)`),
    againOfRow: connection.prepare<[string, number]>(`
      UPDATE experiment_cells SET state = 'waiting', attempt = attempt + 1, run = NULL, error = NULL, code = NULL, figures = NULL, evaluations = NULL, reused = NULL
      WHERE experiment = ? AND number = ? AND state NOT IN ('waiting', 'running')`),
    giveUp: connection.prepare<[string, string, string, number]>(`
      UPDATE experiment_cells SET state = 'cancelled', error = ?, code = ?
      WHERE (experiment, number, repeat, variant) IN (SELECT experiment, number, repeat, variant FROM experiment_cells
      WHERE experiment = ? AND state = 'waiting' LIMIT ?)`),
    removeCells: connection.prepare<[string, number]>(
      'DELETE FROM experiment_cells WHERE (experiment, number, repeat, variant) IN (SELECT experiment, number, repeat, variant FROM experiment_cells WHERE experiment = ? LIMIT ?)',
    ),
    removeRows: connection.prepare<[string, number]>(
      'DELETE FROM experiment_rows WHERE (experiment, number) IN (SELECT experiment, number FROM experiment_rows WHERE experiment = ? LIMIT ?)',
    ),
  };
}

/**
 * Experiments in heddle.db.
 *
 * - A cell is bound to its run in the commit that accepts the run, so a kill at any moment loses no run and starts none twice.
 * - What a run cost is added in the commit of its end. Evaluations are stored with the end of the cell, after that.
 * - No run is accepted after the commit that pauses or cancels its experiment.
 */
export class ExperimentStore {
  private readonly database: HeddleDatabase;
  private readonly experiments: ReturnType<typeof prepareExperiments>;
  private readonly cellsOf: ReturnType<typeof prepareCells>;
  private readonly ends: ReturnType<typeof prepareEnds>;
  readonly projection: JournalProjection;

  constructor(database: HeddleDatabase) {
    this.database = database;
    this.experiments = prepareExperiments(database);
    this.cellsOf = prepareCells(database);
    this.ends = prepareEnds(database);
    this.projection = {
      types: ['run-end'],
      admit: ({ idempotency }) => {
        const id = idOfScope(idempotency?.scope);
        if (id === undefined) return;
        const state = this.experiments.byId.get(id)?.state;
        if (state === 'going') return;
        throw new HeddleError('conflict', `The experiment is ${state ?? 'gone'}: no further row begins.`);
      },
      accept: ({ idempotency, runId }) => {
        const id = idOfScope(idempotency?.scope);
        if (id === undefined || idempotency === undefined) return;
        const [number = 0, repeat = 0, variant = 0] = idempotency.key.split(':').map(Number);
        this.cellsOf.begin.run(runId, id, number, repeat, variant);
      },
      write: (runId, records) => {
        for (const { type } of records)
          if (type === 'run-end' && this.cellsOf.countRun.get(runId) !== undefined)
            this.experiments.spendOnRun.run(runId, runId);
      },
    };
  }

  /** Begins to write an experiment: it is invisible until its state is set. */
  insert(
    experiment: Pick<StoredExperiment, 'id' | 'owner' | 'project' | 'body' | 'budget' | 'createdAt'>,
    bundles: ReadonlyMap<string, PlanBundle>,
  ): void {
    const { id, owner, project, body, budget, createdAt } = experiment;
    this.transact(() => {
      this.experiments.insert.run(id, owner, project, JSON.stringify(body), budget ?? null, createdAt);
      for (const [hash, bundle] of bundles) this.experiments.insertBundle.run(id, hash, JSON.stringify(bundle));
    });
  }

  /** Adds rows behind the first `before`, each with its cells. */
  addRows(
    id: string,
    rows: readonly StoredDatasetRow[],
    shape: { readonly before: number; readonly variants: number; readonly repeats: number },
  ): void {
    this.transact(() => {
      for (const [index, row] of rows.entries()) {
        const number = shape.before + index + 1;
        const tags = JSON.stringify(row.tags ?? []);
        this.cellsOf.insertRow.run(id, number, row.id, tags, row.label, JSON.stringify(row));
        for (let repeat = 1; repeat <= shape.repeats; repeat += 1)
          for (let variant = 1; variant <= shape.variants; variant += 1)
            this.cellsOf.insertCell.run(id, number, repeat, variant);
      }
    });
  }

  /** Plain SQL for a transaction that is open already, like `setBudget` and `hide`. */
  setState(id: string, state: StoredExperiment['state'], why?: StoredExperiment['why']): void {
    this.experiments.setState.run(state, why?.message ?? null, why?.code ?? null, id);
  }

  setBudget(id: string, budget: number): void {
    this.experiments.setBudget.run(budget, id);
  }

  /** Makes an experiment invisible. */
  hide(id: string): void {
    this.experiments.setState.run('unfinished', null, null, id);
  }

  /** What a process before this one began to write or to remove, and did not finish. */
  unfinished(): readonly string[] {
    return this.read(() => this.experiments.unfinished.all());
  }

  /** Removes some cells and rows; the experiment as well with the last of them. Returns how many. */
  remove(id: string): number {
    return this.transact(() => {
      const { changes } = this.ends.removeCells.run(id, atOnce);
      const removed = changes > 0 ? changes : this.ends.removeRows.run(id, atOnce).changes;
      if (removed === 0) this.experiments.remove.run(id);
      return removed;
    });
  }

  /** Errors: `not_found`. */
  get(id: string): StoredExperiment {
    const record = this.read(() => this.experiments.byId.get(id));
    if (record === undefined)
      throw new HeddleError('not_found', `There is no experiment '${id}': list the experiments for their ids.`);
    return fromRecord(record);
  }

  /** Whether it goes on, and its money: what changes while it runs. A removed one counts as cancelled. */
  money(id: string): Pick<StoredExperiment, 'state' | 'budget'> & { readonly spent: number } {
    const record = this.read(() => this.experiments.byId.get(id));
    if (record === undefined) return { state: 'cancelled', budget: undefined, spent: 0 };
    const { state, budget, spent_runs: runs, spent_judges: judges } = record;
    return { state, budget: budget ?? undefined, spent: runs + judges };
  }

  /** The ids, newest first. */
  ids(): readonly string[] {
    return this.read(() => this.experiments.ids.all());
  }

  /** Experiments with cells that are to be worked on. */
  going(): readonly StoredExperiment[] {
    return this.read(() => this.experiments.going.all()).map(fromRecord);
  }

  /** Cancelled experiments with cells that wait or run: a process ended before it gave all of them up. */
  halfCancelled(): readonly string[] {
    return this.read(() => this.experiments.cancelled.all());
  }

  /** The pinned workflow of a variant. Errors: `not_found`. */
  bundle(id: string, hash: string): PlanBundle {
    const body = this.read(() => this.experiments.bundle.get(id, hash));
    if (body === undefined) throw new HeddleError('not_found', `The experiment '${id}' has no workflow '${hash}'.`);
    return JSON.parse(body) as PlanBundle; // written by insert
  }

  counts(id: string): CellCounts {
    const found = { waiting: 0, running: 0, done: 0, failed: 0, cancelled: 0 };
    for (const { state, count } of this.read(() => this.cellsOf.counts.all(id))) found[state] = count;
    return found;
  }

  /** The next cells to run, row by row. */
  waiting(id: string, limit: number): readonly CellWork[] {
    return this.read(() => this.cellsOf.waiting.all(id, limit)).map(toWork);
  }

  /** The next cell of each row: the runs of a row follow each other, so that they can take over results. */
  waitingRows(id: string, limit: number): readonly CellWork[] {
    return this.read(() => this.cellsOf.waitingRows.all(id, limit, id)).map(toWork);
  }

  /** Cells whose runs began and were not judged yet. */
  running(id: string): readonly CellWork[] {
    return this.read(() => this.cellsOf.running.all(id)).map(toWork);
  }

  /** Stores the ends of cells in one commit. The end of an earlier attempt changes nothing. */
  end(id: string, ends: readonly CellEnd[]): void {
    this.transact(() => {
      for (const { state, error, figures, evaluations, reused, ...key } of ends) {
        const said = [error?.message ?? null, error?.code ?? null] as const;
        const saved = reused === undefined ? null : JSON.stringify(reused);
        const found = [JSON.stringify(figures), JSON.stringify(evaluations), saved] as const;
        const { number, repeat, variant, attempt } = key;
        const { changes } = this.ends.end.run(state, ...said, ...found, id, number, repeat, variant, attempt);
        if (reused !== undefined && changes > 0) this.experiments.noteSavings.run(reused.cost, reused.ms, id);
        const cost = evaluations.reduce((sum, evaluation) => sum + evaluation.cost, 0);
        if (cost > 0) this.experiments.spendOnJudges.run(cost, id);
      }
    });
  }

  /** The experiment of a run; undefined for other runs, and where it is removed. */
  ofRun(run: string): string | undefined {
    return this.read(() => this.cellsOf.ofRun.get(run)?.experiment);
  }

  /** Whether an answer waits for a person to judge it. */
  waitsForPeople(id: string): boolean {
    return this.read(() => this.cellsOf.waitsForPeople.get(id)) === 1;
  }

  /** Replaces one evaluation of a cell that is done, such as when a person has judged it, and forgets the table. Nothing happens to other cells. */
  judgeAgain(run: string, evaluation: Evaluation): void {
    this.transact(() => {
      const record = this.cellsOf.ofRun.get(run);
      if (record?.state !== 'done') return;
      const { metric, value } = evaluation;
      const said = evaluationsOf(record).map((one) => (one.metric === metric ? evaluation : one));
      const { [metric]: _before, ...others } = toCell(record).figures;
      const figures = value === undefined ? others : { ...others, [metric]: value };
      this.cellsOf.judgeAgain.run(JSON.stringify(figures), JSON.stringify(said), run);
      this.experiments.setResult.run(null, record.experiment);
    });
  }

  /** Makes failed and cancelled cells wait again, some at a time, and returns how many. What they cost stays counted. */
  runAgain(id: string): number {
    return this.read(() => this.ends.again.run(id, atOnce).changes);
  }

  /** Makes all ended cells of rows wait again, and returns how many. */
  runRowsAgain(id: string, rows: readonly number[]): number {
    return this.transact(() => rows.reduce((sum, number) => sum + this.ends.againOfRow.run(id, number).changes, 0));
  }

  /** Cancels some of the cells that wait, and returns how many. */
  giveUpWaiting(id: string, { code, message }: NonNullable<StoredExperiment['why']>): number {
    return this.read(() => this.ends.giveUp.run(message, code, id, atOnce).changes);
  }

  rows(id: string, after: number, limit: number): readonly StoredExperimentRow[] {
    return this.read(() => this.cellsOf.rows.all(id, after, limit)).map(({ body, tags, label, ...row }) => ({
      ...row,
      tags: z.array(z.string()).parse(JSON.parse(tags)),
      label: LabelLevel.parse(label),
      row: JSON.parse(body) as StoredDatasetRow, // written by addRows
    }));
  }

  /** The labels that its rows have. */
  labels(id: string): readonly LabelLevel[] {
    return this.read(() => this.cellsOf.labels.all(id)).map((level) => LabelLevel.parse(level));
  }

  /** The cells of the rows above `after` up to `until`. */
  cells(id: string, after: number, until: number): readonly StoredCell[] {
    return this.read(() => this.cellsOf.cells.all(id, after, until)).map(toCell);
  }

  /** The cells of a row with their evaluations. */
  cellsOfRow(id: string, number: number): readonly (StoredCell & { readonly evaluations: readonly Evaluation[] })[] {
    return this.read(() => this.cellsOf.cellsOfRow.all(id, number)).map((record) => ({
      ...toCell(record),
      evaluations: evaluationsOf(record),
    }));
  }

  /** The stored table of a finished experiment, as JSON. */
  result(id: string): string | undefined {
    return this.read(() => this.experiments.result.get(id)) ?? undefined;
  }

  setResult(id: string, result: string | undefined): void {
    this.read(() => void this.experiments.setResult.run(result ?? null, id));
  }

  private read<T>(work: () => T): T {
    return withStorageErrors(this.database.file, work);
  }

  private transact<T>(work: () => T): T {
    return withStorageErrors(this.database.file, () => this.database.connection.transaction(work).immediate());
  }
}

/** The experiment that a scope names. */
export const idOfScope = (scope: string | undefined): string | undefined =>
  scope?.startsWith(scopePrefix) === true ? scope.slice(scopePrefix.length) : undefined;

function fromRecord(record: ExperimentRecord): StoredExperiment {
  const { id, owner, project, state, body, budget, reason, code, created_at: createdAt } = record;
  return {
    ...{ id, owner, project, state, createdAt },
    body: JSON.parse(body) as ExperimentBody, // written by insert
    budget: budget ?? undefined,
    spent: { runs: record.spent_runs, judges: record.spent_judges },
    saved: { cost: record.saved_cost, ms: record.saved_ms },
    ...(reason === null ? {} : { why: { code: code ?? 'budget_exceeded', message: reason } }),
  };
}

function toCell({
  run,
  error,
  code,
  figures,
  reused,
  number,
  repeat,
  variant,
  attempt,
  state,
}: CellRecord): StoredCell {
  const values: unknown = figures === null ? {} : JSON.parse(figures);
  return {
    ...{ number, repeat, variant, attempt, state },
    run: run ?? undefined,
    error: error === null ? undefined : { code: code ?? 'internal', message: error },
    figures: isPlainObject(values) ? (values as Record<string, number>) : {}, // written by end
    reused: reused === null ? undefined : (JSON.parse(reused) as ReusedWork), // written by end
  };
}

const evaluationsOf = ({ evaluations }: CellRecord): readonly Evaluation[] =>
  z.array(Evaluation).parse(JSON.parse(evaluations ?? '[]'));

const toWork = (record: CellRecord & { readonly body: string }): CellWork => ({
  ...toCell(record),
  row: JSON.parse(record.body) as StoredDatasetRow, // written by addRows
});
