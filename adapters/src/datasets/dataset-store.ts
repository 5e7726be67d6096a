import { randomUUID } from 'node:crypto';
import {
  DatasetRow,
  HeddleError,
  type Clock,
  type DatasetDifference,
  type DatasetFacets,
  type DatasetInfo,
  type DatasetProblems,
  type DatasetRowsPage,
  type DatasetRowsQuery,
  type DatasetStore,
  type DatasetWrite,
  type DatasetWriteReply,
  type StoredDatasetRow,
} from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';
import { prepareDatasets, type DatasetStatements } from './dataset-statements.js';
import { createErasure } from './erase-rows.js';
import { writeRows } from './write-rows.js';

/** Groups of rows with the same inputs that a report names. */
const mostGroups = 50;

/**
 * Datasets in heddle.db.
 *
 * - A write adds rows under the next version in transactions of their own; the version counts from the last one on, which also counts its rows.
 * - A dataset that loses rows by an erasure while it is written has its rows counted anew.
 * - What a write left behind that failed, or whose process ended, is removed before the next write: no version shows it.
 */
export function createDatasetStore(database: HeddleDatabase, clock: Pick<Clock, 'now'>): DatasetStore {
  const statements = prepareDatasets(database);
  const [writing, erasedMeanwhile] = [new Set<string>(), new Set<string>()];
  const transact = <T>(work: () => T): T =>
    withStorageErrors(database.file, () => database.connection.transaction(work).immediate());
  const read = <T>(work: () => T): T => withStorageErrors(database.file, work);

  function get(id: string): DatasetInfo {
    const dataset = read(() => statements.byId.get(id));
    if (dataset === undefined) throw new HeddleError('not_found', `There is no dataset '${id}'.`);
    return dataset;
  }

  function refuseDuringWrite(id: string): void {
    get(id);
    if (writing.has(id))
      throw new HeddleError('conflict', `Another write to the dataset '${id}' is running: wait until it has ended.`);
  }

  async function write(
    id: string,
    rows: AsyncIterable<DatasetRow> | Iterable<DatasetRow>,
    how: DatasetWrite,
  ): Promise<DatasetWriteReply> {
    refuseDuringWrite(id);
    writing.add(id);
    erasedMeanwhile.delete(id);
    try {
      const { version } = get(id);
      if (how.base !== undefined && how.base !== version) throw changedMeanwhile(id, how.base, version);
      transact(() => forget(statements, id, version));
      try {
        const counts = await writeRows({ statements, transact, id, version: version + 1 }, rows);
        const written = transact(() => commit(statements, { id, now: clock.now(), counts }, how));
        return erasedMeanwhile.has(id) ? transact(() => recount(statements, id, written)) : written;
      } catch (error) {
        transact(() => forget(statements, id, version));
        throw error;
      }
    } finally {
      writing.delete(id);
    }
  }

  return {
    create({ name, description }) {
      const id = randomUUID();
      transact(() => statements.insert.run({ id, name, description, now: clock.now() }));
      return get(id);
    },
    get,
    ...readsOf(statements, get, read),
    write,
    delete(id) {
      refuseDuringWrite(id);
      transact(() => statements.remove.run(id));
    },
    ...createErasure(database, statements, transact, (id) => erasedMeanwhile.add(id)),
  };
}

function readsOf(
  statements: DatasetStatements,
  get: DatasetStore['get'],
  read: <T>(work: () => T) => T,
): Pick<DatasetStore, 'list' | 'versions' | 'rows' | 'row' | 'facets' | 'difference' | 'problems'> {
  return {
    list: () => read(() => statements.all.all()),
    versions: (id) => read(() => statements.versions.all(get(id).id)),
    rows: (id, query) => read(() => pageOf(statements, get(id), query)),
    row: (id, row, version) => read(() => rowOf(statements, get(id), row, version)),
    facets: (id, version) => read(() => facetsOf(statements, get(id), version)),
    difference: (id, from, to) => read(() => differenceOf(statements, get(id), from, to)),
    problems: (id, version) => read(() => problemsOf(statements, get(id), version)),
  };
}

/** Takes back what is not in a version that counts. */
function forget({ removePending, unremovePending, unsee }: DatasetStatements, id: string, version: number): void {
  removePending.run(id, version);
  unremovePending.run(id, version);
  unsee.run(version, id, version);
}

interface Written {
  readonly id: string;
  readonly now: number;
  readonly counts: { readonly added: number; readonly replaced: number; readonly unchanged: number };
}

/** Makes the rows count, in one transaction. */
function commit(
  statements: DatasetStatements,
  { id, now, counts }: Written,
  { mode, who, note, remove = [], twins }: DatasetWrite,
): DatasetWriteReply {
  const { version: before = 0, rows: rowsBefore = 0 } = statements.byId.get(id) ?? {};
  const version = before + 1;
  const unseen = mode === 'replace' ? statements.removeUnseen.run({ id, version }).changes : 0;
  const named = remove.reduce((sum, row) => sum + removeRow(statements, { id, version }, row), 0);
  const doubled = twins === undefined ? 0 : removeTwins(statements, { id, version }, twins);
  const removed = counts.replaced + unseen + named + doubled;
  if (counts.added + removed === 0)
    return { version: before, rows: rowsBefore, added: 0, removed: 0, unchanged: counts.unchanged };
  const rows = rowsBefore + counts.added - removed;
  statements.insertVersion.run({ id, version, rows, added: counts.added, removed, who, note, now });
  statements.advance.run({ id, version, rows, now });
  return { version, rows, added: counts.added, removed, unchanged: counts.unchanged };
}

/** Counts the rows of the newest version again: an erasure may have removed some while the version was written. */
function recount(statements: DatasetStatements, id: string, written: DatasetWriteReply): DatasetWriteReply {
  statements.countRows.run(id);
  const { rows = 0, version = 0 } = statements.byId.get(id) ?? {};
  statements.setRows.run(rows, id, version);
  return { ...written, rows };
}

interface NewVersion {
  readonly id: string;
  readonly version: number;
}

/** A row that this write itself gave stays. */
function removeRow(
  { current, removeRow: remove }: DatasetStatements,
  { id, version }: NewVersion,
  row: string,
): number {
  const found = current.get(id, row);
  return found === undefined || found.seen === version ? 0 : remove.run(version, found.number).changes;
}

function removeTwins(
  { removeTwins: remove }: DatasetStatements,
  { id, version }: NewVersion,
  { of, keep = '' }: NonNullable<DatasetWrite['twins']>,
): number {
  return remove.run({ id, version, splits: of === 'leaks' ? 1 : 0, keep }).changes;
}

const changedMeanwhile = (id: string, base: number, version: number): HeddleError =>
  new HeddleError(
    'conflict',
    `The dataset has version ${version}; the change was made on version ${base}: load it again.`,
    {
      details: { dataset: id, version, base },
    },
  );

function versionOf(dataset: DatasetInfo, version = dataset.version): number {
  if (version > dataset.version || version < 0)
    throw new HeddleError('not_found', `The dataset '${dataset.id}' has no version ${version}.`);
  return version;
}

function pageOf(
  { page }: DatasetStatements,
  dataset: DatasetInfo,
  { version, after = 0, limit, split, tag, unreviewed }: DatasetRowsQuery,
): DatasetRowsPage {
  const all = page.all({
    id: dataset.id,
    version: versionOf(dataset, version),
    after,
    limit: limit + 1,
    split: split ?? null,
    tag: tag ?? null,
    unreviewed: unreviewed === undefined ? null : Number(unreviewed),
  });
  const rows = all.slice(0, limit);
  const last = all.length > limit ? rows.at(-1)?.number : undefined;
  const found = rows.map(readRow);
  return last === undefined ? { rows: found } : { rows: found, next: last };
}

const readRow = ({ id, hash, body }: { readonly id: string; readonly hash: string; readonly body: string }) => ({
  ...DatasetRow.parse(JSON.parse(body)),
  id,
  hash,
});

function rowOf(statements: DatasetStatements, dataset: DatasetInfo, row: string, of?: number): StoredDatasetRow {
  const version = versionOf(dataset, of);
  const found = statements.rowOf.get({ id: dataset.id, version, row });
  if (found !== undefined) return readRow(found);
  throw new HeddleError('not_found', `Version ${version} of the dataset has no row '${row.slice(0, 80)}'.`);
}

function facetsOf(statements: DatasetStatements, dataset: DatasetInfo, of?: number): DatasetFacets {
  const all = statements.facets.all({ id: dataset.id, version: versionOf(dataset, of) });
  const named = (kind: string) => all.filter(({ facet }) => facet === kind).map(({ name, rows }) => ({ name, rows }));
  return {
    splits: named('splits'),
    tags: named('tags'),
    labels: named('labels'),
    toReview: named('review')[0]?.rows ?? 0,
  };
}

function differenceOf(
  statements: DatasetStatements,
  dataset: DatasetInfo,
  from: number,
  to: number,
): DatasetDifference {
  const versions = { id: dataset.id, from: versionOf(dataset, from), to: versionOf(dataset, to) };
  const { added = 0, removed = 0, changed = 0, unchanged = 0 } = statements.countChanges.get(versions) ?? {};
  return { from, to, added, removed, changed, unchanged, rows: statements.changes.all(versions) };
}

function problemsOf(statements: DatasetStatements, dataset: DatasetInfo, of?: number): DatasetProblems {
  const version = versionOf(dataset, of);
  const { duplicates = 0, leaks = 0 } = statements.countTwins.get({ id: dataset.id, version }) ?? {};
  const groups = statements.twins.all({ id: dataset.id, version, limit: mostGroups });
  return {
    duplicates,
    leaks,
    groups: groups.map(({ hash, count, splits }) => ({
      count,
      splits: (JSON.parse(splits) as (string | null)[]).map((split) => split ?? '').sort(),
      rows: statements.idsOfTwins.all({ id: dataset.id, version, hash }).map(({ id }) => id),
    })),
  };
}
