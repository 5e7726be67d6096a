import { Excerpt, excerptOf, isTerminal, type RunStatus, type RunExcerpt } from '@heddle/core';
import { z } from 'zod';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

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
  /** Undefined for a run that does not exist, or whose values were removed. Errors: `storage_*`. */
  of(runId: string): RunExcerpt | undefined;
}

/** @example createExcerptStore(database).of('run-1')?.question?.text */
export function createExcerptStore({ connection, file }: HeddleDatabase): ExcerptStore {
  const find = connection.prepare<[string], Row>(
    'SELECT number, status, question, answer, values_removed_at FROM runs WHERE id = ?',
  );
  const acceptance = connection.prepare<[number], string>('SELECT acceptance FROM runs WHERE number = ?').pluck();
  const end = connection
    .prepare<[number], string>("SELECT body FROM records WHERE run = ? AND type = 'run-end' ORDER BY seq DESC LIMIT 1")
    .pluck();
  // Values that were removed meanwhile stay removed.
  const keep = connection.prepare<[string, string, number]>(
    'UPDATE runs SET question = ?, answer = ? WHERE number = ? AND values_removed_at IS NULL',
  );

  const read = (runId: string): RunExcerpt | undefined => {
    const row = find.get(runId);
    if (row === undefined || row.values_removed_at !== null) return undefined;
    if (row.question !== null && row.answer !== null)
      return { question: Excerpt.parse(JSON.parse(row.question)), answer: Excerpt.parse(JSON.parse(row.answer)) };
    const question = excerptOf(portsOf(acceptance.get(row.number), 'inputs'));
    if (!isTerminal(row.status)) return { question };
    const answer = excerptOf(portsOf(end.get(row.number), 'outputs'));
    keep.run(JSON.stringify(question), JSON.stringify(answer), row.number);
    return { question, answer };
  };
  return { of: (runId) => withStorageErrors(file, () => read(runId)) };
}

function portsOf(text: string | undefined, field: 'inputs' | 'outputs'): Readonly<Record<string, unknown>> {
  const stored = text === undefined ? {} : Ports.parse(JSON.parse(text));
  return Ports.safeParse(stored[field]).data ?? {};
}
