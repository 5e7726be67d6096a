import { HeddleError, normalReaders, Readers, readersAfter, type SetReaders, type StoredDocument } from '@heddle/core';
import { firstText, languageOf } from '../embedded/languages/language-of.js';
import type { Language } from '../embedded/languages/languages.js';
import { mergeMetadata, scalarFields } from '../embedded/metadata-fields.js';
import { normalise } from '../embedded/quantise.js';
import { cleanJson, cleanText } from '../../postgres/clean-text.js';
import type { Query } from '../../postgres/query.js';
import type { Tables } from './schema.js';
import { countTerms } from '../shared/terms.js';

/** Passages in one statement. */
const batchPassages = 200;

/** The changes of a write to its collection's counts. */
export interface Change {
  readonly documents: number;
  readonly passages: number;
  readonly tokens: number;
  /** Documents with a list of readers. */
  readonly restricted: number;
  readonly languages: readonly string[];
}

/** Replaces documents. Errors: `bad_request` for a passage id that another document uses. */
export async function writeDocuments(
  query: Query,
  tables: Tables,
  documents: readonly StoredDocument[],
  now: number,
): Promise<Change> {
  const ids = documents.map(({ document }) => cleanText(document.id));
  const before = await listsOf(query, tables, ids);
  const removed = await removeDocuments(query, tables, ids);
  await insertDocuments(query, tables, documents, now);
  const readers = new Map<string, readonly string[]>();
  for (const { document, readers: change } of documents) {
    const list = readersAfter(before.get(cleanText(document.id)), change);
    if (list !== undefined) readers.set(cleanText(document.id), list);
  }
  const rows = documents.flatMap((stored) => {
    const language = languageOf(firstText(stored.passages));
    return stored.passages.map((_passage, position) => passageRow(stored, position, language));
  });
  await requireNewIds(query, tables, rows);
  for (let start = 0; start < rows.length; start += batchPassages)
    await insertPassages(query, tables, rows.slice(start, start + batchPassages));
  await writeLists(query, tables, readers);
  return {
    documents: documents.length - removed.documents,
    passages: rows.length - removed.passages,
    tokens: rows.reduce((sum, { tokens }) => sum + tokens, 0) - removed.tokens,
    restricted: readers.size - removed.restricted,
    languages: [...new Set(rows.map(({ language }) => language))],
  };
}

/** Removes documents with their passages. */
export async function removeDocuments(
  query: Query,
  { documents, passages }: Tables,
  ids: readonly string[],
): Promise<Omit<Change, 'languages'>> {
  const [held] = await query<{ readonly passages: number; readonly tokens: string }>(
    `SELECT count(*)::int AS passages, coalesce(sum(tokens), 0) AS tokens FROM ${passages} WHERE document = ANY($1)`,
    [ids],
  );
  const gone = await query<{ readonly restricted: boolean }>(
    `DELETE FROM ${documents} WHERE id = ANY($1) RETURNING readers IS NOT NULL AS restricted`,
    [ids],
  );
  const restricted = gone.filter((one) => one.restricted).length;
  return { documents: gone.length, restricted, passages: held?.passages ?? 0, tokens: Number(held?.tokens ?? 0) };
}

interface Lists {
  readonly readers: readonly string[] | null;
}

/** The stored documents among `ids`, with their lists. */
async function listsOf(
  query: Query,
  { documents }: Tables,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Lists>> {
  const rows = await query<{ readonly id: string; readonly readers: unknown }>(
    `SELECT id, readers FROM ${documents} WHERE id = ANY($1)`,
    [ids],
  );
  return new Map(rows.map(({ id, readers }) => [id, { readers: Readers.nullable().parse(readers) }]));
}

/** Changes who may read documents. Passages are written only if a document gets its first list or loses its list. */
export async function setLists(
  query: Query,
  tables: Tables,
  changes: readonly SetReaders[],
): Promise<Change & { readonly found: number }> {
  const wanted = new Map(changes.map(({ document, readers }) => [cleanText(document), readers]));
  const before = await listsOf(query, tables, [...wanted.keys()]);
  const lists = new Map<string, readonly string[]>();
  const opened: string[] = [];
  for (const [id, readers] of wanted) {
    if (!before.has(id)) continue;
    if (readers === null) opened.push(id);
    else lists.set(id, normalReaders(readers));
  }
  await query(`DELETE FROM ${tables.readers} WHERE document = ANY($1)`, [[...before.keys()]]);
  await query(`UPDATE ${tables.documents} SET readers = NULL WHERE id = ANY($1)`, [opened]);
  await query(`UPDATE ${tables.passages} SET restricted = false WHERE document = ANY($1) AND restricted`, [opened]);
  await writeLists(query, tables, lists);
  const held = [...before.values()].filter(({ readers }) => readers !== null).length;
  return { documents: 0, passages: 0, tokens: 0, languages: [], found: before.size, restricted: lists.size - held };
}

/** Writes the lists of documents that have no rows in the table of readers. */
async function writeLists(
  query: Query,
  { documents, passages, readers }: Tables,
  lists: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  if (lists.size === 0) return;
  const entries = [...lists].flatMap(([document, list]) => list.map((reader) => ({ document, reader })));
  await query(`INSERT INTO ${readers} (reader, document) SELECT * FROM unnest($1::text[], $2::text[])`, [
    entries.map(({ reader }) => reader),
    entries.map(({ document }) => document),
  ]);
  await query(
    `UPDATE ${documents} d SET readers = row.readers::json FROM unnest($1::text[], $2::text[]) AS row(id, readers) WHERE d.id = row.id`,
    [[...lists.keys()], [...lists.values()].map((list) => JSON.stringify(list))],
  );
  await query(`UPDATE ${passages} SET restricted = true WHERE document = ANY($1) AND NOT restricted`, [
    [...lists.keys()],
  ]);
}

interface PassageRow {
  readonly passage: string;
  readonly document: string;
  readonly position: number;
  readonly text: string;
  readonly place: string | null;
  readonly metadata: string | null;
  readonly fields: string;
  readonly tokens: number;
  readonly vector: string;
  readonly counts: ReadonlyMap<string, number>;
  readonly language: string;
}

function passageRow({ document, passages }: StoredDocument, position: number, language: Language): PassageRow {
  const passage = passages[position];
  if (passage === undefined) throw new RangeError(`There is no passage ${position}.`);
  const metadata = mergeMetadata(document, passage.metadata);
  const { counts, tokens } = countTerms(passage, language);
  return {
    passage: cleanText(passage.id),
    document: cleanText(document.id),
    position,
    counts,
    tokens,
    text: cleanText(passage.text),
    place: cleanJson(passage.place),
    metadata: cleanJson(metadata),
    fields: fieldsOf(document, metadata ?? {}),
    vector: `[${normalise(passage.vector).join(',')}]`,
    language: language.code,
  };
}

/** Each field with its values; `document`, `title` and `source` are fields too. */
function fieldsOf(
  { id, title, source }: StoredDocument['document'],
  metadata: Readonly<Record<string, unknown>>,
): string {
  const fields = new Map<string, unknown[]>();
  for (const [field, value] of scalarFields(metadata)) fields.set(field, [...(fields.get(field) ?? []), value]);
  fields.set('document', [id]).set('title', [title]);
  if (source === undefined) fields.delete('source');
  else fields.set('source', [source]);
  return cleanJson(Object.fromEntries(fields)) ?? '{}';
}

function insertDocuments(
  query: Query,
  tables: Tables,
  documents: readonly StoredDocument[],
  now: number,
): Promise<unknown> {
  const rows = documents.map(({ document, passages }) => ({
    id: cleanText(document.id),
    title: cleanText(document.title),
    source: document.source === undefined ? null : cleanText(document.source),
    media_type: cleanText(document.mediaType),
    hash: document.hash,
    size: document.size,
    passages: passages.length,
    label: document.label ?? null,
    metadata: document.metadata ?? null,
    updated_at: now,
  }));
  return query(
    `INSERT INTO ${tables.documents} (id, title, source, media_type, hash, size, passages, label, metadata, updated_at)
     SELECT id, title, source, media_type, hash, size, passages, label, metadata, updated_at
     FROM json_to_recordset($1::json) AS row(id text, title text, source text, media_type text, hash text,
       size double precision, passages integer, label json, metadata json, updated_at double precision)`,
    [cleanJson(rows)],
  );
}

async function requireNewIds(query: Query, { passages }: Tables, rows: readonly PassageRow[]): Promise<void> {
  const owners = new Map<string, string>();
  for (const { passage, document } of rows) {
    const owner = owners.get(passage);
    if (owner !== undefined) throw idTaken(passage, document, owner);
    owners.set(passage, document);
  }
  const [taken] = await query<{ readonly passage: string; readonly document: string }>(
    `SELECT passage, document FROM ${passages} WHERE passage = ANY($1) LIMIT 1`,
    [[...owners.keys()]],
  );
  if (taken !== undefined) throw idTaken(taken.passage, owners.get(taken.passage) ?? '', taken.document);
}

const idTaken = (passage: string, document: string, owner: string): HeddleError =>
  new HeddleError(
    'bad_request',
    `Passage '${passage}' of document '${document}' is in document '${owner}' already: ids are unique in a collection.`,
  );

async function insertPassages(query: Query, tables: Tables, rows: readonly PassageRow[]): Promise<void> {
  const column = (pick: (row: PassageRow) => unknown): unknown[] => rows.map(pick);
  const made = await query<{ readonly id: number; readonly passage: string }>(
    `INSERT INTO ${tables.passages} (passage, document, position, text, place, metadata, fields, tokens, vector)
     SELECT passage, document, position, text, place::json, metadata::json, fields::jsonb, tokens, vector::vector
     FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[], $9::text[])
       AS row(passage, document, position, text, place, metadata, fields, tokens, vector)
     RETURNING id, passage`,
    [
      ...[column((row) => row.passage), column((row) => row.document), column((row) => row.position)],
      ...[column((row) => row.text), column((row) => row.place), column((row) => row.metadata)],
      ...[column((row) => row.fields), column((row) => row.tokens), column((row) => row.vector)],
    ],
  );
  const idOf = new Map(made.map(({ id, passage }) => [passage, id]));
  const postings = rows.flatMap(({ passage, counts }) =>
    [...counts].map(([term, count]) => ({ term, passage: idOf.get(passage), count })),
  );
  await query(
    `INSERT INTO ${tables.postings} (term, passage, count) SELECT * FROM unnest($1::text[], $2::int[], $3::int[])`,
    [
      postings.map(({ term }) => cleanText(term)),
      postings.map((one) => one.passage),
      postings.map(({ count }) => count),
    ],
  );
}
