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
  type DatasetVersion,
  type DatasetWrites,
  type RowsOfDataset,
  type StoredDatasetRow,
  type Tables,
} from '@heddle/core';
import { datasetNotFound, otherWriteRuns, staleBefore, VersionWriter, type Writing } from './add-version.js';
import { changes, reads } from './dataset-sql.js';

const mostGroups = 50;

interface DatasetStoreOptions {
  /** Whether no other process writes to this database: a write that an ended process left is rolled back at once. Default: false. */
  readonly isAlone?: boolean;
}

/**
 * Datasets on any database.
 *
 * - A write claims its dataset and adds rows to the next version in several transactions. The last one makes the version visible and counts
 *   its rows. Each transaction is refused if another process has claimed the dataset meanwhile.
 * - If an erasure removes rows of a dataset while it is written, its rows are counted again.
 * - What a failed or interrupted write left behind is removed before the next write; no version shows it.
 *
 * @example const datasets = createDatasetStore(sqliteTables(database), clock, { isAlone: true });
 */
export function createDatasetStore(
  tables: Tables,
  clock: Pick<Clock, 'now'>,
  { isAlone = false }: DatasetStoreOptions = {},
): DatasetStore {
  const writing: Writing = { tables, clock, isAlone };
  /** Datasets that this process writes. Their writes never count as ended, because a source of rows may pause for any time. */
  const ours = new Set<string>();
  return {
    ...readsOf(tables),
    write: writesOf(writing, ours),
    async addVersion(id, rows, how) {
      if (ours.has(id)) throw otherWriteRuns(id);
      ours.add(id);
      try {
        return await new VersionWriter(writing, id).write(rows, how);
      } finally {
        ours.delete(id);
      }
    },
    remember: (runs) =>
      tables.note(
        runs.flatMap(({ run, conversations }) =>
          conversations.map((conversation) => ({ sql: changes.remember, values: { conversation, run } })),
        ),
      ),
    runsOf: async (conversations) => {
      const values = { conversations: JSON.stringify(conversations) };
      return (await tables.all<{ readonly run: string }>(reads.runsOf, values)).map(({ run }) => run);
    },
    rowsOfRuns: (runs) => tables.all<RowsOfDataset>(reads.rowsOfRuns, { runs: JSON.stringify(runs) }),
  };
}

/** Erases the rows of runs from all versions, including one that is being written. */
export const forgetRuns: DatasetWrites['forgetRuns'] = (runs) => {
  const values = { runs: JSON.stringify(runs) };
  const { countErasure, countErased, eraseRewritings, eraseRows, forgetRuns: forget } = changes;
  return [countErasure, countErased, eraseRewritings, eraseRows, forget].map((sql) => ({ sql, values }));
};

const writesOf = (writing: Writing, ours: ReadonlySet<string>): DatasetWrites => ({
  forgetRuns,
  create({ name, description }) {
    const now = writing.clock.now();
    const dataset = { id: randomUUID(), name, description, version: 0, rows: 0, createdAt: now, updatedAt: now };
    return { dataset, writes: [{ sql: changes.insert, values: { id: dataset.id, name, description, now } }] };
  },
  delete(id) {
    if (ours.has(id)) throw otherWriteRuns(id);
    const values = { id, stale: staleBefore(writing) };
    return [{ sql: changes.remove, values, rows: 1, otherwise: () => otherWriteRuns(id) }];
  },
});

type Reads = 'get' | 'list' | 'versions' | 'rows' | 'row' | 'facets' | 'difference' | 'problems';

function readsOf(tables: Tables): Pick<DatasetStore, Reads> {
  const get = async (id: string): Promise<DatasetInfo> => {
    const dataset = await tables.get<DatasetInfo>(reads.byId, { id });
    if (dataset === undefined) throw datasetNotFound(id);
    return dataset;
  };
  return {
    get,
    list: () => tables.all<DatasetInfo>(reads.all),
    versions: async (id) => tables.all<DatasetVersion>(reads.versions, { id: (await get(id)).id }),
    rows: async (id, query) => pageOf(tables, await get(id), query),
    row: async (id, row, version) => rowOf(tables, await get(id), row, version),
    facets: async (id, version) => facetsOf(tables, await get(id), version),
    difference: async (id, from, to) => differenceOf(tables, await get(id), from, to),
    problems: async (id, version) => problemsOf(tables, await get(id), version),
  };
}

function versionOf(dataset: DatasetInfo, version = dataset.version): number {
  if (version > dataset.version || version < 0)
    throw new HeddleError('not_found', `The dataset '${dataset.id}' has no version ${version}.`);
  return version;
}

interface Row {
  readonly id: string;
  readonly hash: string;
  readonly body: string;
}

async function pageOf(
  tables: Tables,
  dataset: DatasetInfo,
  { version, after = 0, limit, split, tag, unreviewed, toReview }: DatasetRowsQuery,
): Promise<DatasetRowsPage> {
  const all = await tables.all<Row & { readonly number: number }>(reads.page, {
    id: dataset.id,
    version: versionOf(dataset, version),
    after,
    limit: limit + 1,
    split: split ?? null,
    tag: tag ?? null,
    unreviewed: unreviewed === undefined ? null : Number(unreviewed),
    toReview: toReview === undefined ? null : 1,
  });
  const rows = all.slice(0, limit);
  const last = all.length > limit ? rows.at(-1)?.number : undefined;
  const found = rows.map(readRow);
  return last === undefined ? { rows: found } : { rows: found, next: last };
}

const readRow = ({ id, hash, body }: Row): StoredDatasetRow => ({ ...DatasetRow.parse(JSON.parse(body)), id, hash });

async function rowOf(tables: Tables, dataset: DatasetInfo, row: string, of?: number): Promise<StoredDatasetRow> {
  const version = versionOf(dataset, of);
  const found = await tables.get<Row>(reads.row, { id: dataset.id, version, row });
  if (found !== undefined) return readRow(found);
  throw new HeddleError('not_found', `Version ${version} of the dataset has no row '${row.slice(0, 80)}'.`);
}

interface NamedCount {
  readonly facet: 'splits' | 'tags' | 'labels' | 'review';
  readonly name: string;
  readonly rows: number;
}

async function facetsOf(tables: Tables, dataset: DatasetInfo, of?: number): Promise<DatasetFacets> {
  const all = await tables.all<NamedCount>(reads.facets, { id: dataset.id, version: versionOf(dataset, of) });
  const sorted = [...all].sort((one, other) => (one.name < other.name ? -1 : 1));
  const named = (kind: string) =>
    sorted.filter(({ facet }) => facet === kind).map(({ name, rows }) => ({ name, rows }));
  return {
    splits: named('splits'),
    tags: named('tags').sort((one, other) => other.rows - one.rows),
    labels: named('labels'),
    toReview: named('review')[0]?.rows ?? 0,
  };
}

type Changed = DatasetDifference['rows'][number];

async function differenceOf(
  tables: Tables,
  dataset: DatasetInfo,
  from: number,
  to: number,
): Promise<DatasetDifference> {
  const versions = { id: dataset.id, from: versionOf(dataset, from), to: versionOf(dataset, to) };
  type Counts = Pick<DatasetDifference, 'added' | 'removed' | 'changed' | 'unchanged'>;
  const counts = (await tables.get<Counts>(reads.changeCounts, versions)) ?? noChanges;
  return { from, to, ...counts, rows: [...(await tables.all<Changed>(reads.changes, versions))] };
}

const noChanges = { added: 0, removed: 0, changed: 0, unchanged: 0 };

async function problemsOf(tables: Tables, dataset: DatasetInfo, of?: number): Promise<DatasetProblems> {
  const version = { id: dataset.id, version: versionOf(dataset, of) };
  const counts = await tables.get<{ readonly duplicates: number; readonly leaks: number }>(reads.twinCounts, version);
  const groups = await tables.all<{ readonly hash: string; readonly count: number }>(reads.twins, {
    ...version,
    limit: mostGroups,
  });
  const named = { ...version, hashes: JSON.stringify(groups.map(({ hash }) => hash)) };
  const splits = await tables.all<{ readonly hash: string; readonly split: string }>(reads.splitsOfTwins, named);
  const rows = await tables.all<{ readonly hash: string; readonly id: string }>(reads.idsOfTwins, named);
  return {
    ...(counts ?? { duplicates: 0, leaks: 0 }),
    groups: groups.map(({ hash, count }) => ({
      count,
      splits: splits.flatMap((one) => (one.hash === hash ? [one.split] : [])).sort(),
      rows: rows.flatMap((one) => (one.hash === hash ? [one.id] : [])),
    })),
  };
}
