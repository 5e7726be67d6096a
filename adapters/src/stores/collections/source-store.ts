import {
  HeddleError,
  sourceNotFound,
  StoredSource,
  SyncCounts,
  withoutUndefined,
  type Clock,
  type GuardedWrite,
  type SourceFailure,
  type SourceName,
  type SourceRecord,
  type SourceStore,
  type SyncCommit,
  type SyncState,
  type Tables,
} from '@heddle/core';
import { isDone } from '../../sql/is-done.js';

interface Row {
  readonly body: string;
  readonly revision: number;
  readonly fired_at: number | null;
  readonly synced_at: number | null;
  readonly changed_at: number | null;
  readonly counts: string | null;
  readonly error: string | null;
  readonly documents: number;
  readonly failures: number;
}

interface DocumentRow {
  readonly mark: string | null;
  readonly etag: string | null;
  readonly url: string | null;
  readonly note: string | null;
}

interface PositionRow {
  readonly cursor: string | null;
  readonly listing: number;
  readonly is_listing: number;
  readonly revision: number;
}

const counted = `SELECT body, revision, fired_at, synced_at, changed_at, counts, error,
  (SELECT count(*) FROM source_documents d WHERE d.collection = s.collection AND d.source = s.id) AS documents,
  (SELECT count(*) FROM source_documents d WHERE d.collection = s.collection AND d.source = s.id AND d.error_code IS NOT NULL) AS failures
  FROM sources s`;

const ofSource = 'collection = @collection AND id = @id';
const ofDocuments = 'collection = @collection AND source = @id';
const ofDocument = `${ofDocuments} AND id = @document`;

const sql = {
  position: `SELECT cursor, listing, is_listing, revision FROM sources WHERE ${ofSource}`,
  document: `SELECT mark, etag, url, note FROM source_documents WHERE ${ofDocuments} AND id = @document`,
  page: `SELECT id FROM source_documents WHERE ${ofDocuments} AND id > @after ORDER BY id LIMIT @limit`,
  failures: `SELECT id, error_code AS code, error_message AS message, error_at AS at FROM source_documents
    WHERE ${ofDocuments} AND id > @after AND error_code IS NOT NULL ORDER BY id LIMIT @limit`,
  // Two range conditions can use the index; an inequality cannot.
  unlisted: `SELECT id FROM source_documents WHERE ${ofDocuments} AND listing < @listing
    UNION ALL SELECT id FROM source_documents WHERE ${ofDocuments} AND listing > @listing LIMIT @limit`,
  anyListed: `SELECT id FROM source_documents WHERE ${ofDocuments} AND listing = @listing LIMIT 1`,
  expect: `INSERT INTO source_documents (collection, source, id, listing) VALUES (@collection, @id, @document, 0) ON CONFLICT DO NOTHING`,
  store: `INSERT INTO source_documents (collection, source, id, mark, etag, url, note, listing)
    VALUES (@collection, @id, @document, @mark, @etag, @url, @note, @listing)
    ON CONFLICT (collection, source, id) DO UPDATE SET mark = excluded.mark, etag = excluded.etag, url = excluded.url, note = excluded.note,
      listing = excluded.listing, error_code = NULL, error_message = NULL, error_at = NULL`,
  name: `UPDATE source_documents SET listing = @listing, error_code = NULL, error_message = NULL, error_at = NULL WHERE ${ofDocument}`,
  fail: `INSERT INTO source_documents (collection, source, id, listing, error_code, error_message, error_at)
    VALUES (@collection, @id, @document, @listing, @code, @message, @now)
    ON CONFLICT (collection, source, id) DO UPDATE SET mark = NULL, listing = excluded.listing, error_code = excluded.error_code,
      error_message = excluded.error_message, error_at = excluded.error_at`,
  remove: `DELETE FROM source_documents WHERE ${ofDocument}`,
  ended: `UPDATE sources SET synced_at = @at, changed_at = CASE WHEN @isChanged = 1 THEN @at ELSE changed_at END,
    counts = coalesce(@counts, counts), error = @error WHERE ${ofSource}`,
};

/** Stores the sources of collections. @example const sources = createSourceStore(tables, clock); */
export function createSourceStore(tables: Tables, clock: Pick<Clock, 'now'>): SourceStore {
  return {
    write: sourceWrites,
    async list(collection) {
      const rows =
        collection === undefined
          ? await tables.all<Row>(`${counted} ORDER BY collection, id`)
          : await tables.all<Row>(`${counted} WHERE collection = @collection ORDER BY id`, { collection });
      return rows.map(recordOf);
    },
    async find(name) {
      const row = await tables.get<Row>(`${counted} WHERE ${ofSource}`, keyOf(name));
      return row === undefined ? undefined : recordOf(row);
    },
    failing: (limit) =>
      tables.all(
        'SELECT collection, id, JSON_TEXT(error, code) AS code FROM sources WHERE error IS NOT NULL ORDER BY collection, id LIMIT @limit',
        { limit },
      ),
    fired: (name, time) => isDone(tables.note(sourceWrites.fired(name, time))),
    ended: (name, end) => tables.note([{ sql: sql.ended, values: { ...keyOf(name), ...endOf(end) } }]),
    async documents(name, { after = '', limit }) {
      const rows = await tables.all<{ readonly id: string }>(sql.page, { ...keyOf(name), after, limit });
      return rows.map(({ id }) => id);
    },
    failures: (name, { after = '', limit }) =>
      tables.all<SourceFailure>(sql.failures, { ...keyOf(name), after, limit }),
    forgetDocuments: (name, ids) =>
      tables.note(ids.map((document) => ({ sql: sql.remove, values: { ...keyOf(name), document } }))),
    remove: (name) => tables.note(sourceWrites.remove(name)),
    forget: (collection) =>
      tables.note([
        { sql: 'DELETE FROM source_documents WHERE collection = @collection', values: { collection } },
        { sql: 'DELETE FROM sources WHERE collection = @collection', values: { collection } },
      ]),
    stateOf: (name) => createState(name, tables, clock),
  };
}

/** Changes of sources, committed together with their audit events. */
const sourceWrites: SourceStore['write'] = {
  insert: (source) => [
    {
      sql: 'INSERT INTO sources (collection, id, body) VALUES (@collection, @id, @body) ON CONFLICT DO NOTHING',
      values: { ...keyOf(source), body: JSON.stringify(source) },
      rows: 1,
      otherwise: () => exists(source),
    },
  ],
  replace: (source, { isAnew, revision }) => [
    {
      sql: `UPDATE sources SET body = @body, revision = revision + 1, cursor = CASE WHEN @isAnew = 1 THEN NULL ELSE cursor END,
        is_listing = CASE WHEN @isAnew = 1 THEN 0 ELSE is_listing END WHERE ${ofSource} AND revision = @revision`,
      values: { ...keyOf(source), body: JSON.stringify(source), isAnew: isAnew ? 1 : 0, revision },
      rows: 1,
    },
  ],
  fired: (name, { from, to }) => [
    {
      sql: `UPDATE sources SET fired_at = @to WHERE ${ofSource} AND coalesce(fired_at, -1) = @from`,
      values: { ...keyOf(name), from: from ?? -1, to },
      rows: 1,
    },
  ],
  remove: (name) => [
    { sql: `DELETE FROM source_documents WHERE ${ofDocuments}`, values: keyOf(name) },
    { sql: `DELETE FROM sources WHERE ${ofSource}`, values: keyOf(name) },
  ],
};

function createState(name: SourceName, tables: Tables, clock: Pick<Clock, 'now'>): SyncState {
  const key = keyOf(name);
  let revision: number | undefined;
  const changed = (): HeddleError =>
    new HeddleError('conflict', `The source '${name.id}' was changed during its sync: sync it again.`);
  const positionOf = async (): Promise<PositionRow> => {
    const row = await tables.get<PositionRow>(sql.position, key);
    if (row === undefined) throw sourceNotFound(name);
    // What a sync has read with the old settings must not be stored as the result of the new ones.
    if ((revision ??= row.revision) !== row.revision) throw changed();
    return row;
  };
  return {
    async position() {
      const { cursor, listing, is_listing } = await positionOf();
      return { cursor: cursor ?? undefined, listing, isListing: is_listing === 1 };
    },
    async document(document) {
      const row = await tables.get<DocumentRow>(sql.document, { ...key, document });
      if (row === undefined) return undefined;
      const { mark, etag, url, note } = row;
      return { mark: mark ?? undefined, etag: etag ?? undefined, url: url ?? undefined, note: note ?? undefined };
    },
    async expect(ids) {
      const seen = (await positionOf()).revision;
      await tables.note([
        {
          sql: `SELECT 1 FROM sources WHERE ${ofSource} AND revision = @revision FOR UPDATE`,
          values: { ...key, revision: seen },
          rows: 1,
          otherwise: changed,
        },
        ...ids.map((document) => ({ sql: sql.expect, values: { ...key, document } })),
      ]);
    },
    async commit(change) {
      const seen = (await positionOf()).revision;
      const { cursor = null, listing, isListing } = change.position;
      await tables.note([
        // If the source was deleted in the meantime, it must not get new documents.
        {
          sql: `UPDATE sources SET cursor = @cursor, listing = @listing, is_listing = @isListing WHERE ${ofSource} AND revision = @revision`,
          values: { ...key, cursor, listing, isListing: isListing ? 1 : 0, revision: seen },
          rows: 1,
          otherwise: changed,
        },
        ...documentsOf(name, change, clock.now()),
      ]);
    },
    async unlisted(limit) {
      const { listing } = await positionOf();
      const rows = await tables.all<{ readonly id: string }>(sql.unlisted, { ...key, listing, limit });
      const named = await tables.get(sql.anyListed, { ...key, listing });
      return { ids: rows.map(({ id }) => id), hasNamed: named !== undefined };
    },
  };
}

function documentsOf(
  name: SourceName,
  { stored, unchanged, removed, failed, position: { listing } }: SyncCommit,
  now: number,
): readonly GuardedWrite[] {
  const key = keyOf(name);
  return [
    ...stored.map(({ id: document, mark = null, etag = null, url = null, note = null }) => ({
      sql: sql.store,
      values: { ...key, document, mark, etag, url, note, listing },
    })),
    ...unchanged.map((document) => ({ sql: sql.name, values: { ...key, document, listing } })),
    ...failed.map(({ id: document, code, message }) => ({
      sql: sql.fail,
      values: { ...key, document, listing, code, message, now },
    })),
    ...removed.map((document) => ({ sql: sql.remove, values: { ...key, document } })),
  ];
}

/** The columns that are set at the end of a sync. */
function endOf({ at, counts, error }: Parameters<SourceStore['ended']>[1]) {
  const isChanged = counts !== undefined && counts.stored + counts.removed > 0;
  return {
    at,
    isChanged: isChanged ? 1 : 0,
    counts: counts === undefined ? null : JSON.stringify(counts),
    error: error === undefined ? null : JSON.stringify({ ...error, at }),
  };
}

const keyOf = ({ collection, id }: SourceName): { readonly collection: string; readonly id: string } => ({
  collection,
  id,
});

function recordOf(row: Row): SourceRecord {
  const json = (text: string | null): unknown => (text === null ? undefined : JSON.parse(text));
  const counts = json(row.counts);
  return withoutUndefined({
    source: StoredSource.parse(JSON.parse(row.body)),
    revision: row.revision,
    documents: row.documents,
    failures: row.failures,
    syncedAt: row.synced_at ?? undefined,
    changedAt: row.changed_at ?? undefined,
    counts: counts === undefined ? undefined : SyncCounts.parse(counts),
    error: json(row.error) as SourceRecord['error'],
    firedAt: row.fired_at ?? undefined,
  });
}

const exists = ({ collection, id }: SourceName): HeddleError =>
  new HeddleError('source_exists', `The collection '${collection}' has a source '${id}' already: choose another id.`, {
    details: { collection, source: id },
  });
