import {
  HeddleError,
  sourceNotFound,
  StoredSource,
  SyncCounts,
  withoutUndefined,
  type Clock,
  type SourceFailure,
  type SourceName,
  type SourceRecord,
  type SourceStore,
  type SyncCommit,
  type SyncState,
} from '@heddle/core';
import { answer } from '../database/answer.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

interface Row {
  readonly body: string;
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

type Key = [collection: string, source: string];

const counted = `SELECT body, fired_at, synced_at, changed_at, counts, error,
  (SELECT count(*) FROM source_documents d WHERE d.collection = s.collection AND d.source = s.id) AS documents,
  (SELECT count(*) FROM source_documents d WHERE d.collection = s.collection AND d.source = s.id AND d.error_code IS NOT NULL) AS failures
  FROM sources s`;

function prepareSources({ connection }: HeddleDatabase) {
  return {
    all: connection.prepare<[], Row>(`${counted} ORDER BY collection, id`),
    within: connection.prepare<[string], Row>(`${counted} WHERE collection = ? ORDER BY id`),
    find: connection.prepare<Key, Row>(`${counted} WHERE collection = ? AND id = ?`),
    failing: connection.prepare<[number], { readonly collection: string; readonly id: string; readonly code: string }>(
      `SELECT collection, id, error ->> '$.code' AS code FROM sources WHERE error IS NOT NULL ORDER BY collection, id LIMIT ?`,
    ),
    insert: connection.prepare<[...Key, string]>('INSERT INTO sources (collection, id, body) VALUES (?, ?, ?)'),
    replace: connection.prepare<[string, ...Key]>(
      'UPDATE sources SET body = ?, revision = revision + 1 WHERE collection = ? AND id = ?',
    ),
    anew: connection.prepare<Key>('UPDATE sources SET cursor = NULL, is_listing = 0 WHERE collection = ? AND id = ?'),
    fired: connection.prepare<[number, ...Key]>('UPDATE sources SET fired_at = ? WHERE collection = ? AND id = ?'),
    ended: connection.prepare<[number, number, number, string | null, string | null, ...Key]>(
      `UPDATE sources SET synced_at = ?, changed_at = CASE WHEN ? THEN ? ELSE changed_at END, counts = coalesce(?, counts), error = ?
        WHERE collection = ? AND id = ?`,
    ),
    remove: connection.prepare<Key>('DELETE FROM sources WHERE collection = ? AND id = ?'),
    removeWithin: connection.prepare<[string]>('DELETE FROM sources WHERE collection = ?'),
    position: connection.prepare<Key, PositionRow>(
      'SELECT cursor, listing, is_listing, revision FROM sources WHERE collection = ? AND id = ?',
    ),
    move: connection.prepare<[string | null, number, number, ...Key]>(
      'UPDATE sources SET cursor = ?, listing = ?, is_listing = ? WHERE collection = ? AND id = ?',
    ),
  };
}

const ofDocument = 'WHERE collection = ? AND source = ? AND id = ?';

function prepareDocuments({ connection }: HeddleDatabase) {
  return {
    find: connection.prepare<[...Key, string], DocumentRow>(
      `SELECT mark, etag, url, note FROM source_documents ${ofDocument}`,
    ),
    expect: connection.prepare<[...Key, string]>(
      'INSERT OR IGNORE INTO source_documents (collection, source, id, listing) VALUES (?, ?, ?, 0)',
    ),
    store: connection.prepare<[...Key, string, string | null, string | null, string | null, string | null, number]>(
      'INSERT OR REPLACE INTO source_documents (collection, source, id, mark, etag, url, note, listing) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    name: connection.prepare<[number, ...Key, string]>(
      `UPDATE source_documents SET listing = ?, error_code = NULL, error_message = NULL, error_at = NULL ${ofDocument}`,
    ),
    fail: connection.prepare<[...Key, string, number, string, string, number]>(
      `INSERT INTO source_documents (collection, source, id, listing, error_code, error_message, error_at) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET mark = NULL, listing = excluded.listing, error_code = excluded.error_code,
          error_message = excluded.error_message, error_at = excluded.error_at`,
    ),
    remove: connection.prepare<[...Key, string]>(`DELETE FROM source_documents ${ofDocument}`),
    removeOf: connection.prepare<Key>('DELETE FROM source_documents WHERE collection = ? AND source = ?'),
    removeWithin: connection.prepare<[string]>('DELETE FROM source_documents WHERE collection = ?'),
    // A range on each side uses the index, which an inequality does not.
    unlisted: connection.prepare<[...Key, number, ...Key, number, number], { readonly id: string }>(
      `SELECT id FROM source_documents WHERE collection = ? AND source = ? AND listing < ?
        UNION ALL SELECT id FROM source_documents WHERE collection = ? AND source = ? AND listing > ? LIMIT ?`,
    ),
    anyListed: connection.prepare<[...Key, number], { readonly id: string }>(
      'SELECT id FROM source_documents WHERE collection = ? AND source = ? AND listing = ? LIMIT 1',
    ),
    page: connection.prepare<[...Key, string, number], { readonly id: string }>(
      'SELECT id FROM source_documents WHERE collection = ? AND source = ? AND id > ? ORDER BY id LIMIT ?',
    ),
    failures: connection.prepare<[...Key, string, number], SourceFailure>(
      `SELECT id, error_code AS code, error_message AS message, error_at AS at FROM source_documents
        WHERE collection = ? AND source = ? AND id > ? AND error_code IS NOT NULL ORDER BY id LIMIT ?`,
    ),
  };
}

/** Sources in heddle.db. @example const sources = createSourceStore(database, clock); */
export function createSourceStore(database: HeddleDatabase, clock: Pick<Clock, 'now'>): SourceStore {
  const { connection, file } = database;
  const sources = prepareSources(database);
  const documents = prepareDocuments(database);
  const read = <T>(work: () => T): T => withStorageErrors(file, work);
  const write = <T>(work: () => T): T => withStorageErrors(file, () => connection.transaction(work).immediate());
  const find = (name: SourceName): SourceRecord | undefined => {
    const row = read(() => sources.find.get(...keyOf(name)));
    return row === undefined ? undefined : recordOf(row);
  };
  return {
    list: (collection) =>
      read(() => (collection === undefined ? sources.all.all() : sources.within.all(collection))).map(recordOf),
    find,
    failing: (limit) => read(() => sources.failing.all(limit)),
    insert(source) {
      if (find(source) !== undefined) throw exists(source);
      sources.insert.run(...keyOf(source), JSON.stringify(source));
    },
    replace(source, { isAnew }) {
      sources.replace.run(JSON.stringify(source), ...keyOf(source));
      if (isAnew) sources.anew.run(...keyOf(source));
    },
    fired: (name, time) => void write(() => sources.fired.run(time, ...keyOf(name))),
    ended: (name, end) => void write(() => sources.ended.run(...endOf(end), ...keyOf(name))),
    documents: (name, { after = '', limit }) =>
      read(() => documents.page.all(...keyOf(name), after, limit)).map(({ id }) => id),
    failures: (name, { after = '', limit }) => read(() => documents.failures.all(...keyOf(name), after, limit)),
    forgetDocuments: (name, ids) => write(() => ids.forEach((id) => void documents.remove.run(...keyOf(name), id))),
    remove(name) {
      documents.removeOf.run(...keyOf(name));
      sources.remove.run(...keyOf(name));
    },
    forget: (collection) =>
      write(() => {
        documents.removeWithin.run(collection);
        sources.removeWithin.run(collection);
      }),
    stateOf: (name) => createState(keyOf(name), { sources, documents, read, write, clock }),
  };
}

/** What the state of a source works with. */
interface StateParts {
  readonly sources: ReturnType<typeof prepareSources>;
  readonly documents: ReturnType<typeof prepareDocuments>;
  readonly read: <T>(work: () => T) => T;
  readonly write: <T>(work: () => T) => T;
  readonly clock: Pick<Clock, 'now'>;
}

function createState(key: Key, parts: StateParts): SyncState {
  const { sources, documents, read, write } = parts;
  let revision: number | undefined;
  const positionOf = (): PositionRow => {
    const row = read(() => sources.position.get(...key));
    if (row === undefined) throw sourceNotFound({ collection: key[0], id: key[1] });
    // What a sync read with other settings must not be taken for what the new ones give.
    if ((revision ??= row.revision) !== row.revision)
      throw new HeddleError('conflict', `The source '${key[1]}' was changed during its sync: sync it again.`);
    return row;
  };
  return {
    position: () =>
      answer(() => {
        const { cursor, listing, is_listing } = positionOf();
        return { cursor: cursor ?? undefined, listing, isListing: is_listing === 1 };
      }),
    document: (id) =>
      answer(() => {
        const row = read(() => documents.find.get(...key, id));
        if (row === undefined) return undefined;
        const { mark, etag, url, note } = row;
        return { mark: mark ?? undefined, etag: etag ?? undefined, url: url ?? undefined, note: note ?? undefined };
      }),
    expect: (ids) =>
      answer(() =>
        write(() => {
          positionOf();
          for (const id of ids) documents.expect.run(...key, id);
        }),
      ),
    commit: (change) =>
      answer(() =>
        write(() => {
          // A source that was deleted meanwhile must not get documents again.
          positionOf();
          writeCommit(key, change, parts);
        }),
      ),
    unlisted: (limit) =>
      answer(() => {
        const { listing } = positionOf();
        const ids = read(() => documents.unlisted.all(...key, listing, ...key, listing, limit)).map(({ id }) => id);
        return { ids, hasNamed: read(() => documents.anyListed.get(...key, listing)) !== undefined };
      }),
  };
}

function writeCommit(
  key: Key,
  { stored, unchanged, removed, failed, position }: SyncCommit,
  { sources, documents, clock }: StateParts,
): void {
  const { cursor = null, listing, isListing } = position;
  sources.move.run(cursor, listing, isListing ? 1 : 0, ...key);
  for (const { id, mark = null, etag = null, url = null, note = null } of stored)
    documents.store.run(...key, id, mark, etag, url, note, listing);
  for (const id of unchanged) documents.name.run(listing, ...key, id);
  const now = clock.now();
  for (const { id, code, message } of failed) documents.fail.run(...key, id, listing, code, message, now);
  for (const id of removed) documents.remove.run(...key, id);
}

/** The columns of the end of a sync. */
function endOf({
  at,
  counts,
  error,
}: Parameters<SourceStore['ended']>[1]): [number, number, number, string | null, string | null] {
  const isChanged = counts !== undefined && counts.stored + counts.removed > 0;
  const known = error === undefined ? null : JSON.stringify({ ...error, at });
  return [at, isChanged ? 1 : 0, at, counts === undefined ? null : JSON.stringify(counts), known];
}

const keyOf = ({ collection, id }: SourceName): Key => [collection, id];

function recordOf(row: Row): SourceRecord {
  const json = (text: string | null): unknown => (text === null ? undefined : JSON.parse(text));
  const counts = json(row.counts);
  return withoutUndefined({
    source: StoredSource.parse(JSON.parse(row.body)),
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
