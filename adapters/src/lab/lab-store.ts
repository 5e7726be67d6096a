import {
  HeddleError,
  isPlainObject,
  LabBest,
  LabComparison,
  LabConfiguration,
  LabRequest,
  withoutUndefined,
  type GuardedWrite,
  type LabMetric,
  type LabRewrite,
  type LabScore,
  type StatementValues,
  type Tables,
} from '@heddle/core';
import { z } from 'zod';
import { prepareAndCommit } from '../stores/prepare-and-commit.js';

/** A stored lab. Its state is the state of its job. */
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
  /** Compares each configuration that answered all questions with the first one. */
  readonly comparisons: readonly LabComparison[] | undefined;
  readonly createdAt: number;
}

/** The scores of a configuration for one question. */
export interface LabAnswer extends Readonly<Record<LabMetric, number>> {
  /** The row of the dataset. */
  readonly row: string;
  /**
   * 1 if a document judged as not relevant ranked above the first relevant one, else 0; undefined if no document is judged as not relevant.
   */
  readonly confusion?: 0 | 1 | undefined;
  readonly ms: number;
}

/** The model calls to add to the stored ones. */
export interface LabSpending {
  readonly calls: number;
  readonly cost: number;
  readonly currency: string | undefined;
}

interface LabTaken {
  readonly reranked?: LabSpending;
  /** Includes the calls that an earlier configuration made for the same rewriting. */
  readonly rewritten?: LabSpending;
}

type NewLab = Omit<StoredLab, 'job' | 'best' | 'comparisons'>;

interface LabProgress {
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
  readonly confusions: number | null;
  readonly confusable: number | null;
  readonly searchMs: number | null;
  readonly passages: number | null;
  readonly indexMs: number | null;
}

const columns =
  'id, dataset, version, project, owner, request, job, questions, skipped, best, comparisons, created_at AS "createdAt"';
const configurationColumns =
  'body, status, questions, ndcg, recall, mrr, confusions, confusable, search_ms AS "searchMs", passages, index_ms AS "indexMs"';

/** Stores labs in any database. Errors: `storage_*`, `database_*`. */
export type LabStore = ReturnType<typeof createLabStore>;

/** Creates the store. @example const labs = createLabStore(sqliteTables(database)); */
export function createLabStore(tables: Tables) {
  return {
    write: {
      insert: (lab: NewLab, configurations: readonly LabConfiguration[]): readonly GuardedWrite[] => [
        insertion(lab),
        ...configurations.map((one) => configurationInsertion(lab.id, one)),
      ],
      remove: (id: string): readonly GuardedWrite[] => [{ sql: 'DELETE FROM labs WHERE id = @id', values: { id } }],
    },
    ...labsOf(tables),
    ...measuredOf(tables),
    ...rewritingsOf(tables),
  };
}

function labsOf(tables: Tables) {
  const all = async (rest: string, values: StatementValues): Promise<readonly StoredLab[]> =>
    (await tables.all(`SELECT ${columns} FROM labs WHERE ${rest}`, values)).map((row) => LabRow.parse(row));
  return {
    /** Errors: `not_found`, also for a lab of another dataset. */
    async get(id: string, dataset?: string): Promise<StoredLab> {
      const [found] = await all('id = @id', { id });
      if (found !== undefined && (dataset === undefined || found.dataset === dataset)) return found;
      throw new HeddleError('not_found', `The dataset has no lab '${id.slice(0, 80)}'.`);
    },
    /** Newest first. */
    of: (dataset: string): Promise<readonly StoredLab[]> =>
      all('dataset = @dataset ORDER BY created_at DESC, id', { dataset }),
    /** Newest first. */
    ofProject: (project: string, limit: number): Promise<readonly StoredLab[]> =>
      all('project = @project ORDER BY created_at DESC, id LIMIT @limit', { project, limit }),
    setJob: (id: string, job: string): Promise<void> =>
      tables.note([{ sql: 'UPDATE labs SET job = @job WHERE id = @id', values: { id, job } }]),
    setBest: (id: string, best: LabBest, comparisons: readonly LabComparison[]): Promise<void> =>
      tables.note([
        {
          sql: 'UPDATE labs SET best = @best, comparisons = @comparisons WHERE id = @id',
          values: { id, best: JSON.stringify(best), comparisons: JSON.stringify(comparisons) },
        },
      ]),
  };
}

function measuredOf(tables: Tables) {
  const ofConfiguration = 'lab = @lab AND number = @number';
  const bodyOf = async (lab: string, number: number): Promise<string | undefined> => {
    const sql = `SELECT body FROM lab_configurations WHERE ${ofConfiguration}`;
    return (await tables.get<{ readonly body: string }>(sql, { lab, number }))?.body;
  };
  return {
    async configurationCount(lab: string): Promise<number> {
      const sql = 'SELECT count(*) AS count FROM lab_configurations WHERE lab = @lab';
      return (await tables.get<{ readonly count: number }>(sql, { lab }))?.count ?? 0;
    },
    async scores(lab: string): Promise<readonly LabScore[]> {
      const sql = `SELECT ${configurationColumns} FROM lab_configurations WHERE lab = @lab ORDER BY number`;
      return (await tables.all<ConfigurationRow>(sql, { lab })).map(scoreOf);
    },
    setProgress: (lab: string, number: number, { status, passages, indexMs }: LabProgress): Promise<void> =>
      tables.note([
        {
          sql: `UPDATE lab_configurations SET status = @status, passages = coalesce(@passages, passages), index_ms = coalesce(@indexMs, index_ms)
            WHERE ${ofConfiguration}`,
          values: { lab, number, status, passages: passages ?? null, indexMs: indexMs ?? null },
        },
      ]),
    /** Adds answers of a configuration and updates its means. Errors: `conflict` if the lab was removed. */
    async addAnswers(lab: string, number: number, answers: readonly LabAnswer[], taken: LabTaken = {}): Promise<void> {
      const added = [...answers.map((one) => answerInsertion(lab, number, one)), meansOf(lab, number)];
      if (Object.values(taken).every(({ calls }) => calls === 0)) return tables.note(added);
      await prepareAndCommit(
        () => bodyOf(lab, number),
        (body) => tables.note([...(body === undefined ? [] : [spending(lab, number, body, taken)]), ...added]),
      );
    },
    /** The total cost of a lab's model calls: of rerankers for the stored answers, and of models that rewrite questions. */
    async spent(lab: string): Promise<number> {
      const bodies = await tables.all<{ readonly body: string }>(
        'SELECT body FROM lab_configurations WHERE lab = @lab',
        {
          lab,
        },
      );
      const rewritten = await tables.get<{ readonly cost: number | null }>(
        'SELECT sum(cost) AS cost FROM lab_rewritings WHERE lab = @lab',
        { lab },
      );
      const reranked = bodies.map(({ body }) => Spent.parse(JSON.parse(body)).spent?.cost ?? 0);
      return reranked.reduce((sum, cost) => sum + cost, rewritten?.cost ?? 0);
    },
    /** The answers with the metrics that are compared. */
    answers: (lab: string, number: number): Promise<readonly Omit<LabAnswer, 'confusion'>[]> =>
      tables.all<Omit<LabAnswer, 'confusion'>>(
        'SELECT "row", ndcg, recall, mrr, ms FROM lab_answers WHERE lab = @lab AND configuration = @number ORDER BY "row"',
        { lab, number },
      ),
  };
}

/** The queries that a model wrote for one question. */
export interface LabRewriting {
  /** The row of the dataset. */
  readonly row: string;
  /** At least one. */
  readonly queries: readonly string[];
  readonly ms: number;
  /** The cost of the call; undefined for local models. */
  readonly cost?: { readonly amount: number; readonly currency: string } | undefined;
}

interface RewritingRow {
  readonly row: string;
  readonly queries: string;
  readonly ms: number;
  readonly cost: number | null;
  readonly currency: string | null;
}

function rewritingsOf(tables: Tables) {
  return {
    /** Leaves out the rows that were erased. */
    async rewritings(lab: string, { kind, model }: LabRewrite): Promise<readonly LabRewriting[]> {
      const rows = await tables.all<RewritingRow>(
        `SELECT "row", queries, ms, cost, currency FROM lab_rewritings
          WHERE lab = @lab AND kind = @kind AND model = @model AND queries <> '[]' ORDER BY "row"`,
        { lab, kind, model },
      );
      return rows.map(({ row, queries, ms, cost, currency }) => ({
        row,
        queries: z.array(z.string()).parse(JSON.parse(queries)),
        ms,
        cost: cost === null || currency === null ? undefined : { amount: cost, currency },
      }));
    },
    /** Stores the first rewriting of a row. Stores nothing if the lab or the row was erased. */
    addRewriting: (lab: string, { kind, model }: LabRewrite, { row, queries, ms, cost }: LabRewriting): Promise<void> =>
      tables.note([
        // An erasure locks its datasets first, so it and this commit wait for each other.
        {
          sql: 'SELECT 1 FROM datasets WHERE id = (SELECT dataset FROM labs WHERE id = @lab) FOR UPDATE',
          values: { lab },
        },
        {
          sql: `INSERT INTO lab_rewritings (lab, kind, model, "row", queries, ms, cost, currency)
            SELECT @lab, @kind, @model, @row, @queries, @ms, @cost, @currency WHERE EXISTS (
              SELECT 1 FROM dataset_rows JOIN labs ON labs.dataset = dataset_rows.dataset
              WHERE labs.id = @lab AND dataset_rows.id = @row
            ) ON CONFLICT DO NOTHING`,
          values: {
            lab,
            kind,
            model,
            row,
            queries: JSON.stringify(queries),
            ms,
            cost: cost?.amount ?? null,
            currency: cost?.currency ?? null,
          },
        },
      ]),
  };
}

function insertion(lab: NewLab): GuardedWrite {
  const { id, dataset, version, project, owner, request, questions, skipped, createdAt } = lab;
  return {
    sql: `INSERT INTO labs (id, dataset, version, project, owner, request, questions, skipped, created_at)
      VALUES (@id, @dataset, @version, @project, @owner, @request, @questions, @skipped, @createdAt)`,
    values: { id, dataset, version, project, owner, request: JSON.stringify(request), questions, skipped, createdAt },
  };
}

const configurationInsertion = (lab: string, configuration: LabConfiguration): GuardedWrite => ({
  sql: 'INSERT INTO lab_configurations (lab, number, body) VALUES (@lab, @number, @body)',
  values: { lab, number: configuration.number, body: JSON.stringify(configuration) },
});

const answerInsertion = (lab: string, number: number, answer: LabAnswer): GuardedWrite => {
  const { row, ndcg, recall, mrr, confusion = null, ms } = answer;
  return {
    sql: `INSERT INTO lab_answers (lab, configuration, "row", ndcg, recall, mrr, confusion, ms)
      VALUES (@lab, @number, @row, @ndcg, @recall, @mrr, @confusion, @ms)
      ON CONFLICT (lab, configuration, "row") DO UPDATE SET ndcg = excluded.ndcg, recall = excluded.recall, mrr = excluded.mrr,
        confusion = excluded.confusion, ms = excluded.ms`,
    values: { lab, number, row, ndcg, recall, mrr, confusion, ms },
  };
};

/** Adds model calls to the stored body of a configuration. Fails if the body was changed since it was read. */
function spending(lab: string, number: number, before: string, { reranked, rewritten }: LabTaken): GuardedWrite {
  const stored: unknown = JSON.parse(before);
  const known = Spent.parse(stored);
  const sums = withoutUndefined({
    spent: sumOf(known.spent, reranked),
    rewritten: sumOf(known.rewritten, rewritten),
  });
  return {
    sql: 'UPDATE lab_configurations SET body = @body WHERE lab = @lab AND number = @number AND body = @before',
    values: { lab, number, before, body: JSON.stringify({ ...(isPlainObject(stored) ? stored : {}), ...sums }) },
    rows: 1,
  };
}

function sumOf(known: z.infer<typeof Spending> | undefined, more: LabSpending | undefined) {
  if (more === undefined || more.calls === 0) return known;
  return {
    calls: (known?.calls ?? 0) + more.calls,
    cost: (known?.cost ?? 0) + more.cost,
    currency: more.currency ?? known?.currency,
  };
}

const ofAnswers = 'FROM lab_answers WHERE lab = @lab AND configuration = @number';

/** Computes the means of the metrics, and the median of the search times. */
const meansOf = (lab: string, number: number): GuardedWrite => ({
  sql: `UPDATE lab_configurations SET (questions, ndcg, recall, mrr, confusions, confusable) =
      (SELECT count(*), avg(ndcg), avg(recall), avg(mrr), avg(confusion), count(confusion) ${ofAnswers}),
    search_ms = (SELECT ms ${ofAnswers} ORDER BY ms LIMIT 1 OFFSET (SELECT count(*) / 2 ${ofAnswers}))
    WHERE lab = @lab AND number = @number`,
  values: { lab, number },
});

const Spending = z.object({ calls: z.number(), cost: z.number(), currency: z.string().nullish() });
const Spent = z.object({ spent: Spending.optional(), rewritten: Spending.optional() });

function scoreOf({ body, status, questions, ndcg, recall, mrr, ...rest }: ConfigurationRow): LabScore {
  const { confusions, confusable } = rest;
  const means = ndcg === null || recall === null || mrr === null ? undefined : { ndcg, recall, mrr };
  const stored: unknown = JSON.parse(body);
  const { spent, rewritten } = Spent.parse(stored);
  const currency = spent?.currency ?? rewritten?.currency;
  const cost = (spent?.cost ?? 0) + (rewritten?.cost ?? 0);
  return withoutUndefined({
    ...LabConfiguration.parse(stored),
    rerankCalls: spent?.calls,
    rewriteCalls: rewritten?.calls,
    cost:
      typeof currency === 'string' && questions > 0 ? { perThousand: (cost / questions) * 1_000, currency } : undefined,
    status,
    questions,
    means,
    confusions: confusions === null ? undefined : { share: confusions, questions: Number(confusable) },
    searchMs: rest.searchMs ?? undefined,
    passages: rest.passages ?? undefined,
    indexMs: rest.indexMs ?? undefined,
  });
}
