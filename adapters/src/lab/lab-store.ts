import {
  HeddleError,
  LabBest,
  LabComparison,
  LabConfiguration,
  LabRequest,
  withoutUndefined,
  type LabMetric,
  type LabScore,
} from '@heddle/core';
import { z } from 'zod';
import { commitPowerSafe } from '../database/commit-power-safe.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

/** A lab as it is stored. Its state is that of its job. */
export interface StoredLab {
  readonly id: string;
  readonly dataset: string;
  readonly version: number;
  readonly project: string;
  readonly owner: string;
  readonly request: LabRequest;
  readonly job: string;
  readonly questions: number;
  readonly skipped: number;
  readonly best: LabBest | undefined;
  /** Each configuration that answered all questions, against the first one. */
  readonly comparisons: readonly LabComparison[] | undefined;
  readonly createdAt: number;
}

/** What a configuration scored on one question. */
export interface LabAnswer extends Readonly<Record<LabMetric, number>> {
  /** The row of the dataset. */
  readonly row: string;
  /** Milliseconds of the search. */
  readonly ms: number;
}

/** What calls of rerankers took, in addition to what is stored. */
export interface LabSpending {
  readonly calls: number;
  readonly cost: number;
  readonly currency: string | undefined;
}

/** What changes in a configuration while it is measured. */
export interface LabProgress {
  readonly status: LabScore['status'];
  readonly passages?: number | undefined;
  readonly indexMs?: number | undefined;
}

const LabRow = z.object({
  id: z.string(),
  dataset: z.string(),
  version: z.number(),
  project: z.string(),
  owner: z.string(),
  request: z.string().transform((text) => LabRequest.parse(JSON.parse(text))),
  job: z.string(),
  questions: z.number(),
  skipped: z.number(),
  best: z
    .string()
    .nullable()
    .transform((text) => (text === null ? undefined : LabBest.parse(JSON.parse(text)))),
  comparisons: z
    .string()
    .nullable()
    .transform((text) => (text === null ? undefined : z.array(LabComparison).parse(JSON.parse(text)))),
  createdAt: z.number(),
});

interface ConfigurationRow {
  readonly body: string;
  readonly status: LabScore['status'];
  readonly questions: number;
  readonly ndcg: number | null;
  readonly recall: number | null;
  readonly mrr: number | null;
  readonly searchMs: number | null;
  readonly passages: number | null;
  readonly indexMs: number | null;
}

const columns =
  'id, dataset, version, project, owner, request, job, questions, skipped, best, comparisons, created_at AS createdAt';

function prepareLabs({ connection }: HeddleDatabase) {
  return {
    insert: connection.prepare<[string, string, number, string, string, string, number, number, number]>(
      'INSERT INTO labs (id, dataset, version, project, owner, request, questions, skipped, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    insertConfiguration: connection.prepare<[string, number, string]>(
      'INSERT INTO lab_configurations (lab, number, body) VALUES (?, ?, ?)',
    ),
    setJob: connection.prepare<[string, string]>('UPDATE labs SET job = ? WHERE id = ?'),
    setBest: connection.prepare<[string, string, string]>('UPDATE labs SET best = ?, comparisons = ? WHERE id = ?'),
    byId: connection.prepare<[string]>(`SELECT ${columns} FROM labs WHERE id = ?`),
    of: connection.prepare<[string]>(`SELECT ${columns} FROM labs WHERE dataset = ? ORDER BY created_at DESC, id`),
    ofProject: connection.prepare<[string, number]>(
      `SELECT ${columns} FROM labs WHERE project = ? ORDER BY created_at DESC, id LIMIT ?`,
    ),
    configurationCount: connection
      .prepare<[string], number>('SELECT count(*) FROM lab_configurations WHERE lab = ?')
      .pluck(),
    ids: connection.prepare<[], string>('SELECT id FROM labs').pluck(),
    remove: connection.prepare<[string]>('DELETE FROM labs WHERE id = ?'),
    configurations: connection.prepare<[string], ConfigurationRow>(
      `SELECT body, status, questions, ndcg, recall, mrr, search_ms AS searchMs, passages, index_ms AS indexMs
       FROM lab_configurations WHERE lab = ? ORDER BY number`,
    ),
    progress: connection.prepare<[string, number | null, number | null, string, number]>(
      `UPDATE lab_configurations SET status = ?, passages = coalesce(?, passages), index_ms = coalesce(?, index_ms)
       WHERE lab = ? AND number = ?`,
    ),
    answer: connection.prepare<[string, number, string, number, number, number, number]>(
      'INSERT OR REPLACE INTO lab_answers (lab, configuration, row, ndcg, recall, mrr, ms) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    answers: connection.prepare<[string, number], LabAnswer>(
      'SELECT row, ndcg, recall, mrr, ms FROM lab_answers WHERE lab = ? AND configuration = ?',
    ),
    // What a configuration spent stands beside its body: few have it.
    spend: connection.prepare<{ lab: string; number: number; calls: number; cost: number; currency: string | null }>(
      `UPDATE lab_configurations SET body = json_set(body,
         '$.spent.calls', coalesce(json_extract(body, '$.spent.calls'), 0) + @calls,
         '$.spent.cost', coalesce(json_extract(body, '$.spent.cost'), 0) + @cost,
         '$.spent.currency', coalesce(@currency, json_extract(body, '$.spent.currency')))
       WHERE lab = @lab AND number = @number`,
    ),
    // The median time: the middle one of the sorted times.
    means: connection.prepare<{ lab: string; number: number }>(
      `UPDATE lab_configurations SET (questions, ndcg, recall, mrr) =
         (SELECT count(*), avg(ndcg), avg(recall), avg(mrr) FROM lab_answers WHERE lab = @lab AND configuration = @number),
       search_ms = (SELECT ms FROM lab_answers WHERE lab = @lab AND configuration = @number ORDER BY ms
         LIMIT 1 OFFSET (SELECT count(*) / 2 FROM lab_answers WHERE lab = @lab AND configuration = @number))
       WHERE lab = @lab AND number = @number`,
    ),
  };
}

/** Labs in heddle.db. Errors: `storage_*`. */
export type LabStore = ReturnType<typeof createLabStore>;

/** Opens it. @example const labs = createLabStore(database); */
export function createLabStore(database: HeddleDatabase) {
  const { connection, file } = database;
  const statements = prepareLabs(database);
  const read = <T>(work: () => T): T => withStorageErrors(file, work);
  const write = (work: () => void): void => {
    withStorageErrors(file, () => connection.transaction(work).immediate());
  };
  return {
    /** Stores a lab with its configurations. */
    insert(lab: Omit<StoredLab, 'job' | 'best' | 'comparisons'>, configurations: readonly LabConfiguration[]): void {
      const { id, dataset, version, project, owner, request, questions, skipped, createdAt } = lab;
      commitPowerSafe(database, () => {
        const body = JSON.stringify(request);
        statements.insert.run(id, dataset, version, project, owner, body, questions, skipped, createdAt);
        for (const configuration of configurations)
          statements.insertConfiguration.run(id, configuration.number, JSON.stringify(configuration));
      });
    },
    setJob: (id: string, job: string): void => write(() => statements.setJob.run(job, id)),
    /** Errors: `not_found`, also for a lab of another dataset. */
    get(id: string, dataset?: string): StoredLab {
      const row = read(() => statements.byId.get(id));
      const found = row === undefined ? undefined : LabRow.parse(row);
      if (found !== undefined && (dataset === undefined || found.dataset === dataset)) return found;
      throw new HeddleError('not_found', `The dataset has no lab '${id.slice(0, 80)}'.`);
    },
    /** Newest first. */
    of: (dataset: string): readonly StoredLab[] =>
      read(() => statements.of.all(dataset)).map((row) => LabRow.parse(row)),
    /** Newest first. */
    ofProject: (project: string, limit: number): readonly StoredLab[] =>
      read(() => statements.ofProject.all(project, limit)).map((row) => LabRow.parse(row)),
    configurationCount: (id: string): number => read(() => statements.configurationCount.get(id)) ?? 0,
    ids: (): readonly string[] => read(() => statements.ids.all()),
    scores: (id: string): readonly LabScore[] => read(() => statements.configurations.all(id)).map(scoreOf),
    setProgress: (id: string, number: number, { status, passages, indexMs }: LabProgress): void =>
      write(() => statements.progress.run(status, passages ?? null, indexMs ?? null, id, number)),
    /** Adds what a configuration scored, with its means. */
    addAnswers: (id: string, number: number, answers: readonly LabAnswer[], spent?: LabSpending): void =>
      write(() => {
        if (spent !== undefined && spent.calls > 0)
          statements.spend.run({ lab: id, number, ...spent, currency: spent.currency ?? null });
        for (const { row, ndcg, recall, mrr, ms } of answers)
          statements.answer.run(id, number, row, ndcg, recall, mrr, ms);
        statements.means.run({ lab: id, number });
      }),
    answers: (id: string, number: number): readonly LabAnswer[] => read(() => statements.answers.all(id, number)),
    /** What a lab ends with. */
    setBest: (id: string, best: LabBest, comparisons: readonly LabComparison[]): void =>
      write(() => statements.setBest.run(JSON.stringify(best), JSON.stringify(comparisons), id)),
    /** Plain SQL for a transaction that is open already. */
    remove: (id: string): void => void statements.remove.run(id),
  };
}

const Spent = z.object({
  spent: z.object({ calls: z.number(), cost: z.number(), currency: z.string().nullish() }).optional(),
});

function scoreOf({ body, status, questions, ndcg, recall, mrr, ...rest }: ConfigurationRow): LabScore {
  const means = ndcg === null || recall === null || mrr === null ? undefined : { ndcg, recall, mrr };
  const stored: unknown = JSON.parse(body);
  const { spent } = Spent.parse(stored);
  return withoutUndefined({
    ...LabConfiguration.parse(stored),
    rerankCalls: spent?.calls,
    cost:
      typeof spent?.currency === 'string' && questions > 0
        ? { perThousand: (spent.cost / questions) * 1_000, currency: spent.currency }
        : undefined,
    ...{ status, questions, means },
    searchMs: rest.searchMs ?? undefined,
    passages: rest.passages ?? undefined,
    indexMs: rest.indexMs ?? undefined,
  });
}
