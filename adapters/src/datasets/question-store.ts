import { randomUUID } from 'node:crypto';
import {
  DatasetRow,
  HeddleError,
  QuestionsReport,
  QuestionsRequest,
  type GuardedWrite,
  type QuestionKind,
  type Tables,
} from '@heddle/core';

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

/** Questions that are being written. */
export interface StoredQuestions {
  readonly id: string;
  readonly dataset: string;
  readonly owner: string;
  readonly project: string;
  readonly request: QuestionsRequest;
  readonly report: QuestionsReport;
  readonly isPlanned: boolean;
}

interface JobRow extends Omit<StoredQuestions, 'request' | 'report' | 'isPlanned'> {
  readonly body: string;
  readonly report: string;
  readonly isPlanned: number;
}

interface AttemptRow {
  readonly number: number;
  readonly body: string;
}

type NewQuestions = Omit<StoredQuestions, 'id' | 'isPlanned'>;

/** Questions that are being written, on any database. */
export type QuestionStore = ReturnType<typeof createQuestionStore>;

/** Opens it. @example const store = createQuestionStore(sqliteTables(database)); */
export const createQuestionStore = (tables: Tables) => ({ ...jobsOf(tables), ...attemptsOf(tables) });

function jobsOf(tables: Tables) {
  return {
    async create({ dataset, owner, project, request, report }: NewQuestions): Promise<string> {
      const id = randomUUID();
      const [body, text] = [JSON.stringify(request), JSON.stringify(report)];
      const sql = `INSERT INTO question_jobs (id, dataset, owner, project, body, report)
        VALUES (@id, @dataset, @owner, @project, @body, @report)`;
      await tables.note([{ sql, values: { id, dataset, owner, project, body, report: text } }]);
      return id;
    },
    /** Errors: `not_found` where they were written, and where their dataset is deleted. */
    async get(id: string): Promise<StoredQuestions> {
      const sql = `SELECT id, dataset, owner, project, body, report, is_planned AS "isPlanned" FROM question_jobs WHERE id = @id`;
      const found = await tables.get<JobRow>(sql, { id });
      if (found === undefined) throw new HeddleError('not_found', 'The dataset of these questions was deleted.');
      const { body, report, isPlanned, ...about } = found;
      return {
        ...about,
        request: QuestionsRequest.parse(JSON.parse(body)),
        report: QuestionsReport.parse(JSON.parse(report)),
        isPlanned: isPlanned === 1,
      };
    },
    setReport: (id: string, report: QuestionsReport): Promise<void> => tables.note([reported(id, report)]),
    remove: (id: string): Promise<void> =>
      tables.note([{ sql: 'DELETE FROM question_jobs WHERE id = @id', values: { id } }]),
  };
}

function attemptsOf(tables: Tables) {
  return {
    /** Stores what will be asked, whole and once. Errors: `conflict` where it is planned. */
    plan: (id: string, attempts: readonly Omit<QuestionAttempt, 'number'>[], report: QuestionsReport): Promise<void> =>
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
    next: async (id: string, limit: number): Promise<readonly QuestionAttempt[]> => {
      const sql =
        'SELECT number, body FROM question_attempts WHERE job = @id AND is_settled = 0 ORDER BY number LIMIT @limit';
      return (await tables.all<AttemptRow>(sql, { id, limit })).map(({ number, body }) => ({
        // Written by `plan` from the same type.
        ...(JSON.parse(body) as Omit<QuestionAttempt, 'number'>),
        number,
      }));
    },
    /** Ends an attempt with its row or without one, and keeps the report that counts it. Errors: `conflict` where it has ended. */
    settle: (id: string, number: number, row: DatasetRow | undefined, report: QuestionsReport): Promise<void> =>
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

const reported = (id: string, report: QuestionsReport): GuardedWrite => ({
  sql: 'UPDATE question_jobs SET report = @report WHERE id = @id',
  values: { id, report: JSON.stringify(report) },
});
