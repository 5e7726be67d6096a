import {
  Evaluation,
  EvaluatorSetup,
  ExperimentVariant,
  isPlainObject,
  LabelLevel,
  MetricInfo,
  ProviderBatch,
  type StoredDatasetRow,
  type CellState,
} from '@heddle/core';
import { z } from 'zod';

/** The fields of an experiment that do not change after it was created. */
export const ExperimentBody = z.object({
  name: z.string(),
  dataset: z.object({ id: z.string(), name: z.string(), version: z.int() }),
  rows: z.int(),
  variants: z.array(ExperimentVariant),
  evaluators: z.array(EvaluatorSetup),
  metrics: z.array(MetricInfo),
  repeats: z.int(),
  concurrency: z.int(),
  /** Undefined in experiments from older versions, which reused nothing. */
  reuse: z.boolean().optional(),
  cacheModelCalls: z.boolean().optional(),
  providerBatch: ProviderBatch.optional(),
});
export type ExperimentBody = z.infer<typeof ExperimentBody>;

/** A stored experiment. It has ended when none of its cells waits or runs. */
export interface StoredExperiment {
  readonly id: string;
  /** `Principal.id` of the person who began it. Its runs and judges have the rights of this person. */
  readonly owner: string;
  readonly project: string;
  readonly state: 'going' | 'paused' | 'cancelled';
  readonly body: ExperimentBody;
  readonly budget: number | undefined;
  readonly spent: { readonly runs: number; readonly judges: number };
  /** The cost and time that reused results saved. */
  readonly saved: { readonly cost: number; readonly ms: number };
  readonly createdAt: number;
  /** Increases when its computed table becomes wrong: when cells run again or people judge answers. */
  readonly changes: number;
  /** Why the experiment paused by itself. */
  readonly why?: { readonly code: string; readonly message: string };
}

/** Identifies a run of an experiment: its row, the repeat, the number of the variant, and the attempt. */
export interface CellKey {
  readonly number: number;
  readonly repeat: number;
  readonly variant: number;
  readonly attempt: number;
}

/** How many results the run of a cell reused, and what that saved. */
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

/** A cell together with the data of its row. */
export interface CellWork extends StoredCell {
  readonly row: StoredDatasetRow;
}

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

/** A row of the table `experiments`. */
export interface ExperimentRecord {
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
  readonly table_changes: number;
}

/** A row of the table `experiment_rows`. */
export interface RowRecord {
  readonly number: number;
  readonly id: string;
  readonly tags: string;
  readonly label: string;
  readonly body: string;
}

/** A row of the table `experiment_cells`. */
export interface CellRecord {
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

export function fromRecord(record: ExperimentRecord): StoredExperiment {
  const { id, owner, project, state, body, budget, reason, code, created_at: createdAt } = record;
  return {
    id,
    owner,
    project,
    state,
    createdAt,
    changes: record.table_changes,
    body: JSON.parse(body) as ExperimentBody, // written by insert
    budget: budget ?? undefined,
    spent: { runs: record.spent_runs, judges: record.spent_judges },
    saved: { cost: record.saved_cost, ms: record.saved_ms },
    ...(reason === null ? {} : { why: { code: code ?? 'budget_exceeded', message: reason } }),
  };
}

export function toRow({ body, tags, label, ...row }: RowRecord): StoredExperimentRow {
  return {
    ...row,
    tags: z.array(z.string()).parse(JSON.parse(tags)),
    label: LabelLevel.parse(label),
    row: JSON.parse(body) as StoredDatasetRow, // written by addRows
  };
}

export function toCell(record: CellRecord): StoredCell {
  const { run, error, code, figures, reused, number, repeat, variant, attempt, state } = record;
  const values: unknown = figures === null ? {} : JSON.parse(figures);
  return {
    number,
    repeat,
    variant,
    attempt,
    state,
    run: run ?? undefined,
    error: error === null ? undefined : { code: code ?? 'internal', message: error },
    figures: isPlainObject(values) ? (values as Record<string, number>) : {}, // written by end
    reused: reused === null ? undefined : (JSON.parse(reused) as ReusedWork), // written by end
  };
}

export const evaluationsOf = ({ evaluations }: Pick<CellRecord, 'evaluations'>): readonly Evaluation[] =>
  z.array(Evaluation).parse(JSON.parse(evaluations ?? '[]'));

export const toWork = (record: CellRecord & { readonly body: string }): CellWork => ({
  ...toCell(record),
  row: JSON.parse(record.body) as StoredDatasetRow, // written by addRows
});
