import { randomUUID } from 'node:crypto';
import { DatasetRow, HeddleError, QuestionsReport, QuestionsRequest, type QuestionKind } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

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

function prepareQuestions({ connection }: HeddleDatabase) {
  return {
    insert: connection.prepare<[string, string, string, string, string, string]>(
      'INSERT INTO question_jobs (id, dataset, owner, project, body, report) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    byId: connection.prepare<[string], JobRow>(
      'SELECT id, dataset, owner, project, body, report, is_planned AS isPlanned FROM question_jobs WHERE id = ?',
    ),
    planned: connection.prepare<[string, string]>('UPDATE question_jobs SET is_planned = 1, report = ? WHERE id = ?'),
    insertAttempt: connection.prepare<[string, number, string]>(
      'INSERT INTO question_attempts (job, number, body) VALUES (?, ?, ?)',
    ),
    next: connection.prepare<[string, number], AttemptRow>(
      'SELECT number, body FROM question_attempts WHERE job = ? AND is_settled = 0 ORDER BY number LIMIT ?',
    ),
    settle: connection.prepare<[string | null, string, number]>(
      'UPDATE question_attempts SET is_settled = 1, row = ? WHERE job = ? AND number = ? AND is_settled = 0',
    ),
    report: connection.prepare<[string, string]>('UPDATE question_jobs SET report = ? WHERE id = ?'),
    rows: connection
      .prepare<[string], string>('SELECT row FROM question_attempts WHERE job = ? AND row IS NOT NULL ORDER BY number')
      .pluck(),
    remove: connection.prepare<[string]>('DELETE FROM question_jobs WHERE id = ?'),
  };
}

/** Questions that are being written, in heddle.db. */
export type QuestionStore = ReturnType<typeof createQuestionStore>;

/** Opens it. @example const store = createQuestionStore(database); */
export function createQuestionStore(database: HeddleDatabase) {
  const { connection, file } = database;
  const statements = prepareQuestions(database);
  const transact = <T>(work: () => T): T => withStorageErrors(file, () => connection.transaction(work).immediate());
  const read = <T>(work: () => T): T => withStorageErrors(file, work);
  return {
    create({ dataset, owner, project, request, report }: NewQuestions): string {
      const id = randomUUID();
      transact(() =>
        statements.insert.run(id, dataset, owner, project, JSON.stringify(request), JSON.stringify(report)),
      );
      return id;
    },
    /** Errors: `not_found` where they were written, and where their dataset is deleted. */
    get(id: string): StoredQuestions {
      const found = read(() => statements.byId.get(id));
      if (found === undefined) throw new HeddleError('not_found', 'The dataset of these questions was deleted.');
      const { body, report, isPlanned, ...about } = found;
      return {
        ...about,
        request: QuestionsRequest.parse(JSON.parse(body)),
        report: QuestionsReport.parse(JSON.parse(report)),
        isPlanned: isPlanned === 1,
      };
    },
    /** Stores what will be asked, whole. */
    plan: (id: string, attempts: readonly Omit<QuestionAttempt, 'number'>[], report: QuestionsReport): void =>
      transact(() => {
        for (const [at, attempt] of attempts.entries())
          statements.insertAttempt.run(id, at + 1, JSON.stringify(attempt));
        statements.planned.run(JSON.stringify(report), id);
      }),
    next: (id: string, limit: number): readonly QuestionAttempt[] =>
      read(() => statements.next.all(id, limit)).map(({ number, body }) => ({
        // Written by `plan` from the same type.
        ...(JSON.parse(body) as Omit<QuestionAttempt, 'number'>),
        number,
      })),
    /** Ends an attempt with its row or without one, and keeps the report that counts it. */
    settle: (id: string, number: number, row: DatasetRow | undefined, report: QuestionsReport): void =>
      transact(() => {
        statements.settle.run(row === undefined ? null : JSON.stringify(row), id, number);
        statements.report.run(JSON.stringify(report), id);
      }),
    setReport: (id: string, report: QuestionsReport): void =>
      void transact(() => statements.report.run(JSON.stringify(report), id)),
    rows: (id: string): readonly DatasetRow[] =>
      read(() => statements.rows.all(id)).map((row) => DatasetRow.parse(JSON.parse(row))),
    remove: (id: string): void => void transact(() => statements.remove.run(id)),
  };
}
