import { createHash } from 'node:crypto';
import { canonicalJson, HeddleError, type DatasetRow } from '@heddle/core';
import { yieldToEventLoop } from '../event-loop/in-slices.js';
import type { DatasetStatements } from './dataset-statements.js';

/** Where rows go: the version is not in force yet. */
export interface PendingVersion {
  readonly statements: DatasetStatements;
  readonly transact: <T>(work: () => T) => T;
  readonly id: string;
  readonly version: number;
}

/** Rows of one transaction. */
const batchSize = 200;

/** Writes rows in batches, so that neither they nor a transaction grow with the dataset. Errors: `dataset_invalid` for an id that comes twice. */
export async function writeRows(pending: PendingVersion, rows: AsyncIterable<DatasetRow> | Iterable<DatasetRow>) {
  const counts = { added: 0, replaced: 0, unchanged: 0 };
  let batch: DatasetRow[] = [];
  const flush = async (): Promise<void> => {
    const full = batch;
    batch = [];
    pending.transact(() => {
      for (const row of full) counts[writeRow(pending, row)] += 1;
    });
    await yieldToEventLoop();
  };
  for await (const row of rows) {
    batch.push(row);
    if (batch.length >= batchSize) await flush();
  }
  if (batch.length > 0) await flush();
  // A row that takes the position of another one is a new row too.
  return { ...counts, added: counts.added + counts.replaced };
}

function writeRow({ statements, id: dataset, version }: PendingVersion, row: DatasetRow): keyof Counts {
  const { id: given, ...content } = row;
  const body = canonicalJson(content);
  const hash = sha256(body);
  const id = given ?? hash.slice(0, 16);
  const before = statements.current.get(dataset, id);
  // The same content without an id comes twice: it is one row.
  if (before?.seen === version && before.hash === hash) return 'unchanged';
  if (before?.seen === version)
    throw new HeddleError('dataset_invalid', `The id '${id.slice(0, 80)}' comes twice, with different rows.`);
  if (before?.hash === hash) {
    statements.markSeen.run(version, before.number);
    return 'unchanged';
  }
  if (before !== undefined) statements.removeRow.run(version, before.number);
  const inputsHash = sha256(canonicalJson(content.inputs));
  statements.insertRow.run({
    dataset,
    id,
    hash,
    inputsHash,
    split: row.split ?? null,
    run: row.run ?? null,
    body,
    version,
  });
  return before === undefined ? 'added' : 'replaced';
}

interface Counts {
  readonly added: number;
  readonly replaced: number;
  readonly unchanged: number;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
