import { Excerpt, excerptOf, isTerminal, type RunExcerpt, type RunStatus, type Tables } from '@heddle/core';
import { z } from 'zod';

interface Row {
  readonly number: number;
  readonly status: RunStatus;
  readonly question: string | null;
  readonly answer: string | null;
  readonly values_removed_at: number | null;
}

/** Stored values by port, without the large ones. */
const Ports = z.record(z.string(), z.unknown());

/**
 * The beginnings of the question and the answer of a run. For a run that has ended, they are stored with the run at the first read, so that
 * lists read no values. Large values are never read for them.
 */
export interface ExcerptStore {
  /** Undefined if the run does not exist or its values were removed. Errors: `storage_*`, `database_*`. */
  of(runId: string): Promise<RunExcerpt | undefined>;
}

const runSql = 'SELECT number, status, question, answer, values_removed_at FROM runs WHERE id = @runId';
const acceptanceSql = 'SELECT acceptance AS text FROM runs WHERE number = @number';
const endSql = `SELECT body AS text FROM records WHERE run = @number AND type = 'run-end' ORDER BY seq DESC LIMIT 1`;
// The condition keeps values removed if that happened in the meantime.
const keepSql = `UPDATE runs SET question = @question, answer = @answer WHERE number = @number AND values_removed_at IS NULL`;

/** Reads excerpts of runs. @example (await createExcerptStore(tables).of('run-1'))?.question?.text */
export function createExcerptStore(tables: Tables): ExcerptStore {
  const textOf = async (sql: string, number: number): Promise<string | undefined> =>
    (await tables.get<{ readonly text: string }>(sql, { number }))?.text;
  return {
    async of(runId) {
      const row = await tables.get<Row>(runSql, { runId });
      if (row === undefined || row.values_removed_at !== null) return undefined;
      if (row.question !== null && row.answer !== null)
        return { question: Excerpt.parse(JSON.parse(row.question)), answer: Excerpt.parse(JSON.parse(row.answer)) };
      const { number, status } = row;
      const question = excerptOf(portsOf(await textOf(acceptanceSql, number), 'inputs'));
      if (!isTerminal(status)) return { question };
      const answer = excerptOf(portsOf(await textOf(endSql, number), 'outputs'));
      const values = { number, question: JSON.stringify(question), answer: JSON.stringify(answer) };
      await tables.note([{ sql: keepSql, values }]);
      return { question, answer };
    },
  };
}

function portsOf(text: string | undefined, field: 'inputs' | 'outputs'): Readonly<Record<string, unknown>> {
  const stored = text === undefined ? {} : Ports.parse(JSON.parse(text));
  return Ports.safeParse(stored[field]).data ?? {};
}
