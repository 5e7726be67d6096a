import type { BatchStore } from '@heddle/adapters/doors';
import { HeddleError, type BatchRow, type Principal } from '@heddle/core';
import { csvCell } from '../../audit/audit-export.js';
import type { PublishedRuns } from '../../publishing/published-runs.js';

const pageSize = 200;

/** A row with what came of it. Outputs above the ceiling of the version stand as their error. */
type Result = BatchRow & { readonly outputs: Readonly<Record<string, unknown>> };

/** The results of a batch as lines, a page in memory at a time; `names` are the columns of outputs in CSV. */
export async function* batchResults(
  id: string,
  {
    store,
    published,
    caller,
  }: { readonly store: BatchStore; readonly published: PublishedRuns; readonly caller: Principal },
  format: 'jsonl' | 'csv',
  names: readonly string[],
): AsyncGenerator<string> {
  const columns = ['row', 'status', 'run', 'error', ...names];
  if (format === 'csv') yield `${columns.map(csvCell).join(',')}\r\n`;
  for (let after = 0; ;) {
    const rows = store.rows(id, after, undefined, pageSize);
    const results = await Promise.all(rows.map((row) => resultOf(row, published, caller)));
    if (results.length > 0) yield results.map((result) => lineOf(result, format, names)).join('');
    if (rows.length < pageSize) return;
    after = rows.at(-1)?.number ?? after;
  }
}

async function resultOf(row: BatchRow, published: PublishedRuns, caller: Principal): Promise<Result> {
  if (row.runId === undefined || row.status !== 'done') return { ...row, outputs: {} };
  try {
    return { ...row, outputs: (await published.get(row.runId, caller)).outputs };
  } catch (error) {
    if (!(error instanceof HeddleError)) throw error;
    return { ...row, outputs: {}, error: `${error.message} (${error.code})` };
  }
}

function lineOf(
  { number, status, runId, error, inputs, outputs }: Result,
  format: 'jsonl' | 'csv',
  names: readonly string[],
): string {
  if (format === 'jsonl') return `${JSON.stringify({ row: number, status, runId, inputs, outputs, error })}\n`;
  const values = names.map((name) => textOf(outputs[name]));
  return `${[String(number), status, runId ?? '', error ?? '', ...values].map(csvCell).join(',')}\r\n`;
}

const textOf = (value: unknown): string =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
