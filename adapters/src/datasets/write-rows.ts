import { createHash } from 'node:crypto';
import { canonicalJson, HeddleError, type DatasetRow, type GuardedWrite, type Tables } from '@heddle/core';
import { yieldToEventLoop } from '../event-loop/in-slices.js';
import { changes, reads } from './dataset-sql.js';

/** Where rows go: the version is not in force yet. */
interface PendingVersion {
  readonly tables: Pick<Tables, 'all' | 'note'>;
  readonly id: string;
  readonly version: number;
  /** The first write of each transaction: nothing is written where another process took the dataset over. */
  readonly hold: () => GuardedWrite;
}

/** A row as it is stored. */
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

/** Rows of one transaction. */
const batchSize = 200;

/** Writes rows in batches, so that neither they nor a transaction grow with the dataset. Errors: `dataset_invalid` for an id that comes twice. */
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
  // A row that takes the position of another one is a new row too.
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
    // The same content without an id comes twice: it is one row.
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

/** Each id once, and how many rows came again. Errors: `dataset_invalid` for different rows with one id. */
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
  new HeddleError('dataset_invalid', `The id '${id.slice(0, 80)}' comes twice, with different rows.`);

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
