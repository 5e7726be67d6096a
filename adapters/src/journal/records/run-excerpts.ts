import { Excerpt, excerptOf, isTerminal, type RunExcerpt, type RunStatus, type Tables } from '@heddle/core';
import { z } from 'zod';

interface Row {
  readonly number: number;
  readonly status: RunStatus;
  readonly question: string | null;
  readonly answer: string | null;
  readonly values_removed_at: number | null;
}

/** Stored values by port; large ones are missing. */
const Ports = z.record(z.string(), z.unknown());

/**
 * The first words of what runs were asked and answered. They are stored beside a run that has ended when they are first read, so that a
 * list reads no values. Large values are never read for it.
 */
export interface ExcerptStore {
  /** Undefined for a run that does not exist, or whose values were removed. Errors: `storage_*`, `database_*`. */
  of(runId: string): Promise<RunExcerpt | undefined>;
}

const runSql = 'SELECT number, status, question, answer, values_removed_at FROM runs WHERE id = @runId';
const acceptanceSql = 'SELECT acceptance AS text FROM runs WHERE number = @number';
const endSql = `SELECT body AS text FROM records WHERE run = @number AND type = 'run-end' ORDER BY seq DESC LIMIT 1`;
// Values that were removed meanwhile stay removed.
const keepSql = `UPDATE runs SET question = @question, answer = @answer WHERE number = @number AND values_removed_at IS NULL`;

/** @example (await createExcerptStore(tables).of('run-1'))?.question?.text */
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
