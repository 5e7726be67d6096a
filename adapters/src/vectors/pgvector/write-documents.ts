import { HeddleError, type StoredDocument } from '@heddle/core';
import { firstText, languageOf } from '../embedded/languages/language-of.js';
import type { Language } from '../embedded/languages/languages.js';
import { mergeMetadata, scalarFields } from '../embedded/metadata-fields.js';
import { normalise } from '../embedded/quantise.js';
import { cleanJson, cleanText } from '../../postgres/clean-text.js';
import type { Query } from '../../postgres/query.js';
import type { Tables } from './schema.js';
import { countTerms } from './terms.js';

/** Passages of one statement. */
const batchPassages = 200;

/** What a write changed in the figures of its collection. */
export interface Change {
  readonly documents: number;
  readonly passages: number;
  readonly tokens: number;
  readonly languages: readonly string[];
}

/** Replaces documents. Errors: `bad_request` for a passage id that another document has. */
export async function writeDocuments(
  query: Query,
  tables: Tables,
  documents: readonly StoredDocument[],
  now: number,
): Promise<Change> {
  const ids = documents.map(({ document }) => cleanText(document.id));
  const removed = await removeDocuments(query, tables, ids);
  await insertDocuments(query, tables, documents, now);
  const rows = documents.flatMap((stored) => {
    const language = languageOf(firstText(stored.passages));
    return stored.passages.map((_passage, position) => passageRow(stored, position, language));
  });
  await requireNewIds(query, tables, rows);
  for (let start = 0; start < rows.length; start += batchPassages)
    await insertPassages(query, tables, rows.slice(start, start + batchPassages));
  return {
    documents: documents.length - removed.documents,
    passages: rows.length - removed.passages,
    tokens: rows.reduce((sum, { tokens }) => sum + tokens, 0) - removed.tokens,
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
  const gone = await query(`DELETE FROM ${documents} WHERE id = ANY($1) RETURNING id`, [ids]);
  return { documents: gone.length, passages: held?.passages ?? 0, tokens: Number(held?.tokens ?? 0) };
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
  const { counts, tokens } = countTerms(passage.text, passage.context, language);
  return {
    ...{ passage: cleanText(passage.id), document: cleanText(document.id), position, counts, tokens },
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
    ...{ hash: document.hash, size: document.size, passages: passages.length },
    ...{ label: document.label ?? null, metadata: document.metadata ?? null, updated_at: now },
  }));
  return query(
    `INSERT INTO ${tables.documents}
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
