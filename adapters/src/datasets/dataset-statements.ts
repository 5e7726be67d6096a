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
}

interface CurrentRow {
  readonly number: number;
  readonly hash: string;
  readonly seen: number;
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

const columns = 'id, name, description, version, rows, created_at AS createdAt, updated_at AS updatedAt';

function prepareReads({ connection }: HeddleDatabase): Reads {
  return {
    byId: connection.prepare<[string], DatasetInfo>(`SELECT ${columns} FROM datasets WHERE id = ?`),
    all: connection.prepare<[], DatasetInfo>(`SELECT ${columns} FROM datasets ORDER BY name, id`),
    versions: connection.prepare<[string], DatasetVersion>(
      'SELECT version, rows, added, removed, who, note, created_at AS createdAt FROM dataset_versions WHERE dataset = ? ORDER BY version DESC',
    ),
    page: connection.prepare<[PageOfVersion], Row>(
      `SELECT number, id, hash, body FROM dataset_rows WHERE ${inVersion} AND number > @after
        AND (@split IS NULL OR split = @split)
        AND (@tag IS NULL OR EXISTS (SELECT 1 FROM json_each(body, '$.tags') WHERE value = @tag))
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
  };
}

function prepareWrites({ connection }: HeddleDatabase): Writes {
  return {
    insert: connection.prepare<[NewDataset]>(
      'INSERT INTO datasets (id, name, description, created_at, updated_at) VALUES (@id, @name, @description, @now, @now)',
    ),
    insertRow: connection.prepare<[NewRow]>(
      `INSERT INTO dataset_rows (dataset, id, hash, inputs_hash, split, body, added_in, seen_in)
        VALUES (@dataset, @id, @hash, @inputsHash, @split, @body, @version, @version)`,
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
  };
}
