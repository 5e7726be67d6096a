import { randomUUID } from 'node:crypto';
import {
  DatasetRow,
  HeddleError,
  NegativesReport,
  NegativesRequest,
  QuestionsReport,
  QuestionsRequest,
  type GuardedWrite,
  type QuestionKind,
  type Tables,
} from '@heddle/core';
import type { z } from 'zod';

/** A passage by its document and its id. */
export interface PassageName {
  readonly document: string;
  readonly id: string;
}

/** One question that the model is asked for. */
export interface QuestionAttempt {
  readonly number: number;
  readonly kind: QuestionKind;
  readonly passages: readonly PassageName[];
}

/** Work on the rows of a dataset. */
interface StoredWork<Request, Report> {
  readonly id: string;
  readonly dataset: string;
  readonly owner: string;
  readonly project: string;
  readonly request: Request;
  readonly report: Report;
  readonly isPlanned: boolean;
}

/** Questions that are being written. */
export type StoredQuestions = StoredWork<QuestionsRequest, QuestionsReport>;

/** The search for hard negatives of one row. */
export interface NegativesAttempt {
  readonly number: number;
  readonly row: string;
}

/** Hard negatives that are being searched. */
export type StoredNegatives = StoredWork<NegativesRequest, NegativesReport>;

interface JobRow extends Omit<StoredWork<never, never>, 'request' | 'report' | 'isPlanned'> {
  readonly body: string;
  readonly report: string;
  readonly isPlanned: number;
}

interface AttemptRow {
  readonly number: number;
  readonly body: string;
}

/** The schemas of what is asked for and of what became of it. */
interface Schemas<Request, Report> {
  readonly request: z.ZodType<Request>;
  readonly report: z.ZodType<Report>;
}

/** Questions that are being written, on any database. */
export type QuestionStore = ReturnType<typeof createQuestionStore>;

/** Opens it. @example const store = createQuestionStore(sqliteTables(database)); */
export const createQuestionStore = (tables: Tables) => ({
  ...jobsOf(tables, { request: QuestionsRequest, report: QuestionsReport }),
  ...attemptsOf<QuestionAttempt, QuestionsReport>(tables),
});

/** Hard negatives that are being searched, on any database. */
export type NegativesStore = ReturnType<typeof createNegativesStore>;

/** Opens it. @example const store = createNegativesStore(sqliteTables(database)); */
export const createNegativesStore = (tables: Tables) => ({
  ...jobsOf(tables, { request: NegativesRequest, report: NegativesReport }),
  ...attemptsOf<NegativesAttempt, NegativesReport>(tables),
});

function jobsOf<Request, Report>(tables: Tables, schemas: Schemas<Request, Report>) {
  return {
    async create(work: Omit<StoredWork<Request, Report>, 'id' | 'isPlanned'>): Promise<string> {
      const { dataset, owner, project, request, report } = work;
      const id = randomUUID();
      const body = JSON.stringify(request);
      const text = JSON.stringify(report);
      const sql = `INSERT INTO question_jobs (id, dataset, owner, project, body, report)
        VALUES (@id, @dataset, @owner, @project, @body, @report)`;
      await tables.note([{ sql, values: { id, dataset, owner, project, body, report: text } }]);
      return id;
    },
    /** Errors: `not_found` where they were written, and where their dataset is deleted. */
    async get(id: string): Promise<StoredWork<Request, Report>> {
      const sql = `SELECT id, dataset, owner, project, body, report, is_planned AS "isPlanned" FROM question_jobs WHERE id = @id`;
      const found = await tables.get<JobRow>(sql, { id });
      if (found === undefined) throw new HeddleError('not_found', 'The dataset of these questions was deleted.');
      const { body, report, isPlanned, ...about } = found;
      return {
        ...about,
        request: schemas.request.parse(JSON.parse(body)),
        report: schemas.report.parse(JSON.parse(report)),
        isPlanned: isPlanned === 1,
      };
    },
    setReport: (id: string, report: Report): Promise<void> => tables.note([reported(id, report)]),
    remove: (id: string): Promise<void> =>
      tables.note([{ sql: 'DELETE FROM question_jobs WHERE id = @id', values: { id } }]),
  };
}

function attemptsOf<Attempt extends { readonly number: number }, Report>(tables: Tables) {
  return {
    /** Stores what will be asked, whole and once. Errors: `conflict` where it is planned. */
    plan: (id: string, attempts: readonly Omit<Attempt, 'number'>[], report: Report): Promise<void> =>
      tables.note([
        {
          sql: 'UPDATE question_jobs SET is_planned = 1, report = @report WHERE id = @id AND is_planned = 0',
          values: { id, report: JSON.stringify(report) },
          rows: 1,
        },
        ...attempts.map((attempt, at) => ({
          sql: 'INSERT INTO question_attempts (job, number, body) VALUES (@id, @number, @body)',
          values: { id, number: at + 1, body: JSON.stringify(attempt) },
        })),
      ]),
    next: async (id: string, limit: number): Promise<readonly Attempt[]> => {
      const sql =
        'SELECT number, body FROM question_attempts WHERE job = @id AND is_settled = 0 ORDER BY number LIMIT @limit';
      const rows = await tables.all<AttemptRow>(sql, { id, limit });
      // Written by `plan` from the same type.
      return rows.map(({ number, body }) => ({ ...(JSON.parse(body) as object), number }) as Attempt);
    },
    /** Ends an attempt with its row or without one, and keeps the report that counts it. Errors: `conflict` where it has ended. */
    settle: (id: string, number: number, row: DatasetRow | undefined, report: Report): Promise<void> =>
      tables.note([
        {
          sql: 'UPDATE question_attempts SET is_settled = 1, "row" = @row WHERE job = @id AND number = @number AND is_settled = 0',
          values: { id, number, row: row === undefined ? null : JSON.stringify(row) },
          rows: 1,
        },
        reported(id, report),
      ]),
    rows: async (id: string): Promise<readonly DatasetRow[]> => {
      const sql = 'SELECT "row" FROM question_attempts WHERE job = @id AND "row" IS NOT NULL ORDER BY number';
      const rows = await tables.all<{ readonly row: string }>(sql, { id });
      return rows.map(({ row }) => DatasetRow.parse(JSON.parse(row)));
    },
  };
}

const reported = (id: string, report: unknown): GuardedWrite => ({
  sql: 'UPDATE question_jobs SET report = @report WHERE id = @id',
  values: { id, report: JSON.stringify(report) },
});
