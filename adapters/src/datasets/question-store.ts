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

export interface PassageName {
  readonly document: string;
  readonly id: string;
}

/** A question that the model is asked to write. */
export interface QuestionAttempt {
  readonly number: number;
  readonly kind: QuestionKind;
  readonly passages: readonly PassageName[];
}

interface StoredWork<Request, Report> {
  readonly id: string;
  readonly dataset: string;
  readonly owner: string;
  readonly project: string;
  readonly request: Request;
  readonly report: Report;
  readonly isPlanned: boolean;
}

export type StoredQuestions = StoredWork<QuestionsRequest, QuestionsReport>;

export interface NegativesAttempt {
  readonly number: number;
  readonly row: string;
}

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

interface Schemas<Request, Report> {
  readonly request: z.ZodType<Request>;
  readonly report: z.ZodType<Report>;
}

/** The jobs that write questions, on any database. */
export type QuestionStore = ReturnType<typeof createQuestionStore>;

/** Opens the store of question jobs. @example const store = createQuestionStore(sqliteTables(database)); */
export const createQuestionStore = (tables: Tables) => ({
  ...jobsOf(tables, { request: QuestionsRequest, report: QuestionsReport }),
  ...attemptsOf<QuestionAttempt, QuestionsReport>(tables),
});

/** The jobs that search for hard negatives, on any database. */
export type NegativesStore = ReturnType<typeof createNegativesStore>;

/** Opens the store of negatives jobs. @example const store = createNegativesStore(sqliteTables(database)); */
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
    /** Errors: `not_found` if the job has ended, or its dataset was deleted. */
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
    /** Stores all attempts of a job at once. Errors: `conflict` if the job was planned already. */
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
      // `plan` wrote it from the same type.
      return rows.map(({ number, body }) => ({ ...(JSON.parse(body) as object), number }) as Attempt);
    },
    /**
     * Ends an attempt, with or without a row, and stores the report that counts it. Errors: `conflict` if the attempt has ended already.
     */
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
