import { randomUUID } from 'node:crypto';
import {
  DatasetRow,
  HeddleError,
  type Clock,
  type DatasetInfo,
  type DatasetProblems,
  type DatasetRowsPage,
  type DatasetRowsQuery,
  type DatasetStore,
  type DatasetWrite,
  type DatasetWriteReply,
} from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';
import { prepareDatasets, type DatasetStatements } from './dataset-statements.js';
import { writeRows } from './write-rows.js';

/** Groups of rows with the same inputs that a report names. */
const mostGroups = 50;

/**
 * Datasets in heddle.db.
 *
 * - A write adds rows under the next version in transactions of their own; the version counts from the last one on, which also counts its rows.
 * - What a write left behind that failed, or whose process ended, is removed before the next write: no version shows it.
 */
export function createDatasetStore(database: HeddleDatabase, clock: Pick<Clock, 'now'>): DatasetStore {
  const statements = prepareDatasets(database);
  const { connection, file } = database;
  const writing = new Set<string>();
  const transact = <T>(work: () => T): T => withStorageErrors(file, () => connection.transaction(work).immediate());
  const read = <T>(work: () => T): T => withStorageErrors(file, work);

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
    try {
      const { version } = get(id);
      transact(() => forget(statements, id, version));
      try {
        const counts = await writeRows({ statements, transact, id, version: version + 1 }, rows);
        return transact(() => commit(statements, { id, now: clock.now(), counts }, how));
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
    list: () => read(() => statements.all.all()),
    get,
    versions: (id) => read(() => statements.versions.all(get(id).id)),
    rows: (id, query) => read(() => pageOf(statements, get(id), query)),
    write,
    problems: (id, version) => read(() => problemsOf(statements, get(id), version)),
    delete(id) {
      refuseDuringWrite(id);
      transact(() => statements.remove.run(id));
    },
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
  { mode, who, note }: DatasetWrite,
): DatasetWriteReply {
  const { version: before = 0, rows: rowsBefore = 0 } = statements.byId.get(id) ?? {};
  const version = before + 1;
  const dropped = mode === 'replace' ? statements.removeUnseen.run({ id, version }).changes : 0;
  const removed = counts.replaced + dropped;
  if (counts.added + removed === 0)
    return { version: before, rows: rowsBefore, added: 0, removed: 0, unchanged: counts.unchanged };
  const rows = rowsBefore + counts.added - removed;
  statements.insertVersion.run({ id, version, rows, added: counts.added, removed, who, note, now });
  statements.advance.run({ id, version, rows, now });
  return { version, rows, added: counts.added, removed, unchanged: counts.unchanged };
}

function versionOf(dataset: DatasetInfo, version = dataset.version): number {
  if (version > dataset.version || version < 0)
    throw new HeddleError('not_found', `The dataset '${dataset.id}' has no version ${version}.`);
  return version;
}

function pageOf(
  { page }: DatasetStatements,
  dataset: DatasetInfo,
  { version, after = 0, limit, split, tag }: DatasetRowsQuery,
): DatasetRowsPage {
  const all = page.all({
    id: dataset.id,
    version: versionOf(dataset, version),
    after,
    limit: limit + 1,
    split: split ?? null,
    tag: tag ?? null,
  });
  const rows = all.slice(0, limit);
  const last = all.length > limit ? rows.at(-1)?.number : undefined;
  const found = rows.map(({ id, hash, body }) => ({ ...DatasetRow.parse(JSON.parse(body)), id, hash }));
  return last === undefined ? { rows: found } : { rows: found, next: last };
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
