import { createHash } from 'node:crypto';
import { canonicalJson, HeddleError, type DatasetRow, type GuardedWrite, type Tables } from '@heddle/core';
import { yieldToEventLoop } from '../event-loop/in-slices.js';
import { changes, reads } from './dataset-sql.js';

/** The unfinished version that gets the rows. */
interface PendingVersion {
  readonly tables: Pick<Tables, 'all' | 'note'>;
  readonly id: string;
  readonly version: number;
  /** The first write of each transaction, which fails if another process has claimed the dataset. */
  readonly hold: () => GuardedWrite;
}

interface NewRow {
  readonly id: string;
  readonly hash: string;
  readonly row: DatasetRow;
  readonly body: string;
  readonly inputsHash: string;
}

interface CurrentRow {
  readonly id: string;
  readonly hash: string;
  readonly seen: number;
}

const batchSize = 200;

/**
 * Writes rows in batches, so that memory use and transactions do not grow with the dataset. Errors: `dataset_invalid` if an id occurs twice
 * with different content.
 */
export async function writeRows(pending: PendingVersion, rows: AsyncIterable<DatasetRow> | Iterable<DatasetRow>) {
  const counts = { added: 0, replaced: 0, unchanged: 0 };
  let batch: DatasetRow[] = [];
  const flush = async (): Promise<void> => {
    const full = batch;
    batch = [];
    const written = await writeBatch(pending, full);
    counts.added += written.added;
    counts.replaced += written.replaced;
    counts.unchanged += written.unchanged;
    await yieldToEventLoop();
  };
  for await (const row of rows) {
    batch.push(row);
    if (batch.length >= batchSize) await flush();
  }
  if (batch.length > 0) await flush();
  // A row that replaces another one is a new row too.
  return { ...counts, added: counts.added + counts.replaced };
}

async function writeBatch({ tables, id: dataset, version, hold }: PendingVersion, rows: readonly DatasetRow[]) {
  const { fresh, doubled } = onceEach(rows.map(readNew));
  const found = await tables.all<CurrentRow>(reads.current, {
    id: dataset,
    ids: JSON.stringify(fresh.map(({ id }) => id)),
  });
  const current = new Map(found.map((row) => [row.id, row]));
  const seen: string[] = [];
  const replaced: string[] = [];
  const inserted: NewRow[] = [];
  let unchanged = doubled;
  for (const row of fresh) {
    const before = current.get(row.id);
    // Rows without an id get one from their content, so equal rows are one row.
    if (before?.seen === version && before.hash !== row.hash) throw comesTwice(row.id);
    if (before?.hash === row.hash) {
      unchanged += 1;
      if (before.seen !== version) seen.push(row.id);
      continue;
    }
    if (before !== undefined) replaced.push(row.id);
    inserted.push(row);
  }
  await tables.note([
    hold(),
    ...named(changes.see, { dataset, version }, seen),
    ...named(changes.replace, { dataset, version }, replaced),
    ...inserted.map((row) => insertion({ dataset, version }, row)),
  ]);
  return { added: inserted.length - replaced.length, replaced: replaced.length, unchanged };
}

/** Removes repeated rows, and counts them. Errors: `dataset_invalid` if different rows have the same id. */
function onceEach(rows: readonly NewRow[]): { readonly fresh: readonly NewRow[]; readonly doubled: number } {
  const byId = new Map<string, NewRow>();
  for (const row of rows) {
    if ((byId.get(row.id)?.hash ?? row.hash) !== row.hash) throw comesTwice(row.id);
    if (!byId.has(row.id)) byId.set(row.id, row);
  }
  return { fresh: [...byId.values()], doubled: rows.length - byId.size };
}

function readNew(row: DatasetRow): NewRow {
  const { id: given, ...content } = row;
  const body = canonicalJson(content);
  const hash = sha256(body);
  return { id: given ?? hash.slice(0, 16), hash, row, body, inputsHash: sha256(canonicalJson(content.inputs)) };
}

interface Target {
  readonly dataset: string;
  readonly version: number;
}

const named = (sql: string, { dataset, version }: Target, ids: readonly string[]): readonly GuardedWrite[] =>
  ids.length === 0 ? [] : [{ sql, values: { id: dataset, version, ids: JSON.stringify(ids) } }];

const insertion = (target: Target, { id, hash, row, body, inputsHash }: NewRow): GuardedWrite => ({
  sql: changes.insertRow,
  values: { ...target, id, hash, inputsHash, split: row.split ?? null, run: row.run ?? null, body },
});

const comesTwice = (id: string): HeddleError =>
  new HeddleError('dataset_invalid', `The id '${id.slice(0, 80)}' occurs twice, with different rows.`);

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
