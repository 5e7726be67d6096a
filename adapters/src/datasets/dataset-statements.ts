import type { DatasetInfo, DatasetVersion } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';

/** A stored row, with its number for the next page. */
interface Row {
  readonly number: number;
  readonly id: string;
  readonly hash: string;
  readonly body: string;
}

interface NewRow {
  readonly dataset: string;
  readonly id: string;
  readonly hash: string;
  readonly inputsHash: string;
  readonly split: string | null;
  readonly run: string | null;
  readonly body: string;
  readonly version: number;
}

interface InVersion {
  readonly id: string;
  readonly version: number;
}

interface PageOfVersion extends InVersion {
  readonly after: number;
  readonly limit: number;
  readonly split: string | null;
  readonly tag: string | null;
  readonly unreviewed: number | null;
}

interface CurrentRow {
  readonly number: number;
  readonly hash: string;
  readonly seen: number;
}

/** A row that an erasure reaches. */
export interface RowOfRun {
  readonly number: number;
  readonly dataset: string;
  readonly addedIn: number;
  readonly removedIn: number | null;
}

interface Twins {
  readonly hash: string;
  readonly count: number;
  readonly splits: string;
}

interface NewDataset {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly now: number;
}

interface NewVersion extends InVersion {
  readonly rows: number;
  readonly added: number;
  readonly removed: number;
  readonly who: string;
  readonly note: string;
  readonly now: number;
}

interface NamedCount {
  readonly facet: 'splits' | 'tags' | 'labels' | 'review';
  readonly name: string;
  readonly rows: number;
}

interface TwoVersions {
  readonly id: string;
  readonly from: number;
  readonly to: number;
}

interface TwinsToRemove extends InVersion {
  /** Splits that a group has at least one more of. */
  readonly splits: number;
  readonly keep: string;
}

interface Query<Parameters extends readonly unknown[], Result> {
  get(...parameters: Parameters): Result | undefined;
  all(...parameters: Parameters): Result[];
}

interface Command<Parameters extends readonly unknown[]> {
  run(...parameters: Parameters): { readonly changes: number };
}

interface Reads {
  readonly byId: Query<[string], DatasetInfo>;
  readonly all: Query<[], DatasetInfo>;
  readonly versions: Query<[string], DatasetVersion>;
  readonly page: Query<[PageOfVersion], Row>;
  readonly current: Query<[string, string], CurrentRow>;
  readonly countTwins: Query<[InVersion], { readonly duplicates: number; readonly leaks: number }>;
  readonly twins: Query<[InVersion & { readonly limit: number }], Twins>;
  readonly idsOfTwins: Query<[InVersion & { readonly hash: string }], { readonly id: string }>;
  readonly rowOf: Query<[InVersion & { readonly row: string }], Row>;
  readonly facets: Query<[InVersion], NamedCount>;
  readonly countChanges: Query<[TwoVersions], Record<'added' | 'removed' | 'changed' | 'unchanged', number>>;
  readonly changes: Query<[TwoVersions], { readonly id: string; readonly change: 'added' | 'removed' | 'changed' }>;
  readonly runsOf: Query<[string], { readonly run: string }>;
  readonly rowsOfRun: Query<[string], RowOfRun>;
}

interface Writes {
  readonly insert: Command<[NewDataset]>;
  readonly insertRow: Command<[NewRow]>;
  readonly markSeen: Command<[number, number]>;
  readonly removeRow: Command<[number, number]>;
  readonly removeUnseen: Command<[InVersion]>;
  readonly removePending: Command<[string, number]>;
  readonly unremovePending: Command<[string, number]>;
  readonly unsee: Command<[number, string, number]>;
  readonly insertVersion: Command<[NewVersion]>;
  readonly advance: Command<[InVersion & { readonly rows: number; readonly now: number }]>;
  readonly remove: Command<[string]>;
  readonly removeTwins: Command<[TwinsToRemove]>;
  readonly remember: Command<[conversation: string, run: string]>;
  readonly forgetRun: Command<[string]>;
  readonly eraseRow: Command<[number]>;
  readonly countErased: Command<[RowOfRun]>;
  readonly countRows: Command<[string]>;
  readonly setRows: Command<[rows: number, id: string, version: number]>;
}

/** The prepared statements of datasets. */
export type DatasetStatements = Reads & Writes;

export const prepareDatasets = (database: HeddleDatabase): DatasetStatements => ({
  ...prepareReads(database),
  ...prepareWrites(database),
});

/** Rows of a version. */
const inVersion = 'dataset = @id AND added_in <= @version AND (removed_in IS NULL OR removed_in > @version)';
/** Groups of rows of a version with the same inputs; a row without a split is in a split of its own. */
const twinsOfVersion = `SELECT inputs_hash AS hash, count(*) AS count, count(DISTINCT coalesce(split, '')) AS splits,
  json_group_array(DISTINCT split) AS names FROM dataset_rows WHERE ${inVersion} GROUP BY inputs_hash HAVING count(*) > 1`;

/** The rows of two versions by their id, with the hash that each version has. */
const sides = `SELECT id,
  max(CASE WHEN added_in <= @from AND (removed_in IS NULL OR removed_in > @from) THEN hash END) AS was,
  max(CASE WHEN added_in <= @to AND (removed_in IS NULL OR removed_in > @to) THEN hash END) AS is_now, max(number) AS number
  FROM dataset_rows WHERE dataset = @id GROUP BY id`;

const columns = 'id, name, description, version, rows, created_at AS createdAt, updated_at AS updatedAt';

function prepareReads({ connection }: HeddleDatabase): Reads {
  return {
    byId: connection.prepare<[string], DatasetInfo>(`SELECT ${columns} FROM datasets WHERE id = ?`),
    all: connection.prepare<[], DatasetInfo>(`SELECT ${columns} FROM datasets ORDER BY name, id`),
    versions: connection.prepare<[string], DatasetVersion>(
      'SELECT version, rows, added, removed, erased, who, note, created_at AS createdAt FROM dataset_versions WHERE dataset = ? ORDER BY version DESC',
    ),
    page: connection.prepare<[PageOfVersion], Row>(
      `SELECT number, id, hash, body FROM dataset_rows WHERE ${inVersion} AND number > @after
        AND (@split IS NULL OR split = @split)
        AND (@tag IS NULL OR EXISTS (SELECT 1 FROM json_each(body, '$.tags') WHERE value = @tag))
        AND (@unreviewed IS NULL OR (json_extract(body, '$.unreviewed') IS NOT NULL) = @unreviewed)
        ORDER BY number LIMIT @limit`,
    ),
    current: connection.prepare<[string, string], CurrentRow>(
      'SELECT number, hash, seen_in AS seen FROM dataset_rows WHERE dataset = ? AND id = ? AND removed_in IS NULL',
    ),
    countTwins: connection.prepare<[InVersion], { readonly duplicates: number; readonly leaks: number }>(
      `SELECT coalesce(sum(count - 1), 0) AS duplicates, coalesce(sum(splits > 1), 0) AS leaks FROM (${twinsOfVersion})`,
    ),
    twins: connection.prepare<[InVersion & { readonly limit: number }], Twins>(
      `SELECT hash, count, names AS splits FROM (${twinsOfVersion}) AS twins
        ORDER BY twins.splits > 1 DESC, count DESC, hash LIMIT @limit`,
    ),
    idsOfTwins: connection.prepare<[InVersion & { readonly hash: string }], { readonly id: string }>(
      `SELECT id FROM dataset_rows WHERE ${inVersion} AND inputs_hash = @hash ORDER BY number LIMIT 10`,
    ),
    ...prepareComparisons(connection),
    runsOf: connection.prepare<[string], { readonly run: string }>(
      'SELECT run FROM dataset_runs WHERE conversation = ?',
    ),
    rowsOfRun: connection.prepare<[string], RowOfRun>(
      'SELECT number, dataset, added_in AS addedIn, removed_in AS removedIn FROM dataset_rows WHERE run = ?',
    ),
  };
}

function prepareComparisons(
  connection: HeddleDatabase['connection'],
): Pick<Reads, 'rowOf' | 'facets' | 'countChanges' | 'changes'> {
  return {
    rowOf: connection.prepare<[InVersion & { readonly row: string }], Row>(
      `SELECT number, id, hash, body FROM dataset_rows WHERE ${inVersion} AND id = @row`,
    ),
    facets: connection.prepare<[InVersion], NamedCount>(
      `SELECT 'splits' AS facet, coalesce(split, '') AS name, count(*) AS rows FROM dataset_rows WHERE ${inVersion} GROUP BY split
        UNION ALL SELECT 'labels', json_extract(body, '$.label') AS name, count(*) FROM dataset_rows WHERE ${inVersion} GROUP BY name
        UNION ALL SELECT 'review', '', count(*) FROM dataset_rows WHERE ${inVersion} AND json_extract(body, '$.unreviewed') IS NOT NULL
        UNION ALL SELECT * FROM (SELECT 'tags', tag.value AS name, count(*) AS rows FROM dataset_rows, json_each(body, '$.tags') AS tag
          WHERE ${inVersion} GROUP BY name ORDER BY rows DESC, name LIMIT 200)`,
    ),
    countChanges: connection.prepare<[TwoVersions], Record<'added' | 'removed' | 'changed' | 'unchanged', number>>(
      `SELECT coalesce(sum(was IS NULL AND is_now IS NOT NULL), 0) AS added, coalesce(sum(is_now IS NULL AND was IS NOT NULL), 0) AS removed,
        coalesce(sum(was <> is_now), 0) AS changed, coalesce(sum(was = is_now), 0) AS unchanged FROM (${sides})`,
    ),
    changes: connection.prepare<
      [TwoVersions],
      { readonly id: string; readonly change: 'added' | 'removed' | 'changed' }
    >(
      `SELECT id, CASE WHEN was IS NULL THEN 'added' WHEN is_now IS NULL THEN 'removed' ELSE 'changed' END AS change
        FROM (${sides}) WHERE was IS NOT is_now ORDER BY number LIMIT 100`,
    ),
  };
}

function prepareWrites({ connection }: HeddleDatabase): Writes {
  return {
    insert: connection.prepare<[NewDataset]>(
      'INSERT INTO datasets (id, name, description, created_at, updated_at) VALUES (@id, @name, @description, @now, @now)',
    ),
    insertRow: connection.prepare<[NewRow]>(
      `INSERT INTO dataset_rows (dataset, id, hash, inputs_hash, split, run, body, added_in, seen_in)
        VALUES (@dataset, @id, @hash, @inputsHash, @split, @run, @body, @version, @version)`,
    ),
    markSeen: connection.prepare<[number, number]>('UPDATE dataset_rows SET seen_in = ? WHERE number = ?'),
    removeRow: connection.prepare<[number, number]>('UPDATE dataset_rows SET removed_in = ? WHERE number = ?'),
    removeUnseen: connection.prepare<[InVersion]>(
      'UPDATE dataset_rows SET removed_in = @version WHERE dataset = @id AND removed_in IS NULL AND seen_in < @version',
    ),
    removePending: connection.prepare<[string, number]>('DELETE FROM dataset_rows WHERE dataset = ? AND added_in > ?'),
    unremovePending: connection.prepare<[string, number]>(
      'UPDATE dataset_rows SET removed_in = NULL WHERE dataset = ? AND removed_in > ?',
    ),
    unsee: connection.prepare<[number, string, number]>(
      'UPDATE dataset_rows SET seen_in = ? WHERE dataset = ? AND seen_in > ?',
    ),
    insertVersion: connection.prepare<[NewVersion]>(
      `INSERT INTO dataset_versions (dataset, version, rows, added, removed, who, note, created_at)
        VALUES (@id, @version, @rows, @added, @removed, @who, @note, @now)`,
    ),
    advance: connection.prepare<[InVersion & { readonly rows: number; readonly now: number }]>(
      'UPDATE datasets SET version = @version, rows = @rows, updated_at = @now WHERE id = @id',
    ),
    remove: connection.prepare<[string]>('DELETE FROM datasets WHERE id = ?'),
    removeTwins: connection.prepare<[TwinsToRemove]>(
      `UPDATE dataset_rows SET removed_in = @version WHERE number IN (SELECT number FROM (
        SELECT number, row_number() OVER (PARTITION BY inputs_hash ORDER BY coalesce(split, '') <> @keep, number) AS position
          FROM dataset_rows WHERE dataset = @id AND removed_in IS NULL
            AND inputs_hash IN (SELECT hash FROM (${twinsOfVersion}) AS twins WHERE twins.splits > @splits)) WHERE position > 1)`,
    ),
    remember: connection.prepare<[string, string]>(
      'INSERT OR IGNORE INTO dataset_runs (conversation, run) VALUES (?, ?)',
    ),
    forgetRun: connection.prepare<[string]>('DELETE FROM dataset_runs WHERE run = ?'),
    eraseRow: connection.prepare<[number]>('DELETE FROM dataset_rows WHERE number = ?'),
    countErased: connection.prepare<[RowOfRun]>(
      `UPDATE dataset_versions SET rows = rows - 1, erased = erased + 1
        WHERE dataset = @dataset AND version >= @addedIn AND (@removedIn IS NULL OR version < @removedIn)`,
    ),
    setRows: connection.prepare<[number, string, number]>(
      'UPDATE dataset_versions SET rows = ? WHERE dataset = ? AND version = ?',
    ),
    countRows: connection.prepare<[string]>(
      `UPDATE datasets SET rows = (SELECT count(*) FROM dataset_rows
        WHERE dataset = datasets.id AND added_in <= datasets.version AND (removed_in IS NULL OR removed_in > datasets.version)) WHERE id = ?`,
    ),
  };
}
