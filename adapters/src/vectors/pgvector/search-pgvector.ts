import type { Passage, PassagePosition, VectorQuery, VisibleTo } from '@heddle/core';
import { cleanText } from '../../postgres/clean-text.js';
import { withinBudget } from '../embedded/search/choose-terms.js';
import type { ScoredSlot } from '../embedded/search/fuse.js';
import { lengthShare, repetition } from '../embedded/search/search-lexical.js';
import type { CollectionRow } from './collection-row.js';
import type { Query } from '../../postgres/query.js';
import { filterSql, Values } from './filter-sql.js';
import { passageColumns, toPassage, type StoredRow } from './read-passages.js';
import type { Tables } from './schema.js';
import { scoredPassages, searchLegs } from '../shared/search-legs.js';
import { questionTerms } from '../shared/terms.js';

/** One search in one transaction. */
export interface Search {
  readonly query: Query;
  readonly row: CollectionRow & { readonly tables: Tables };
  readonly asked: VectorQuery;
}

/** Answers a query like the embedded store, on the server's rows: the same terms, the same BM25, the same fusion. */
export async function searchPgvector(search: Search): Promise<readonly Passage[]> {
  const { asked, row } = search;
  const hits = await searchLegs(
    {
      nearest: (vector, limit) => nearest(search, vector, limit),
      lexical: (limit) => lexicalLeg(search, limit),
      vectorsOf: (slots) => vectorsOf(search, slots),
      documentsOf: (slots) => documentsOf(search, slots),
    },
    asked,
  );
  const stored = await search.query<StoredRow & { readonly slot: number }>(
    `SELECT p.id AS slot, ${passageColumns} FROM ${row.tables.passages} p JOIN ${row.tables.documents} d ON d.id = p.document
     WHERE p.id = ANY($1)`,
    [hits.map(({ slot }) => slot)],
  );
  const bySlot = new Map(stored.map((one) => [one.slot, toPassage(one, row.name)]));
  return scoredPassages(hits, asked.mode, (slot) => bySlot.get(slot));
}

function nearest({ query, row, asked }: Search, vector: Float32Array, limit: number): Promise<readonly ScoredSlot[]> {
  const values = new Values();
  const wanted = `${values.add(`[${vector.join(',')}]`)}::vector`;
  return query<ScoredSlot>(
    `SELECT id AS slot, -(vector <#> ${wanted}) AS score FROM ${row.tables.passages} p WHERE ${allowedSql(row, asked, values)}
     ORDER BY vector <#> ${wanted} LIMIT ${limit}`,
    values.list,
  );
}

/** The ids of those passages that the reader may read and that match the filter. */
export async function visiblePassages(
  query: Query,
  row: Search['row'],
  positions: readonly PassagePosition[],
  to: VisibleTo,
): Promise<ReadonlySet<string>> {
  const values = new Values();
  const documents = values.add(positions.map(({ document }) => cleanText(document)));
  const passages = values.add(positions.map(({ passage }) => cleanText(passage)));
  const found = await query<{ readonly number: number }>(
    `SELECT asked.number::int AS number
     FROM unnest(${documents}::text[], ${passages}::text[]) WITH ORDINALITY AS asked (document, passage, number)
     JOIN ${row.tables.passages} p ON p.passage = asked.passage AND p.document = asked.document
     WHERE ${allowedSql(row, to, values)}`,
    values.list,
  );
  return new Set(found.flatMap(({ number }) => positions[number - 1]?.passage ?? []));
}

/**
 * The condition on passages `p` that the reader may read and that match the filter. The documents that the reader may read are looked up
 * once for each statement; if no document has a list, nothing is looked up.
 */
function allowedSql({ restricted, tables }: Search['row'], { filter, readers }: VisibleTo, values: Values): string {
  const kept = filterSql(filter, values);
  if (readers === undefined || restricted === 0) return kept;
  const names = values.add([...readers]);
  return `(NOT p.restricted OR p.document IN (SELECT document FROM ${tables.readers} WHERE reader = ANY(${names}::text[]))) AND ${kept}`;
}

/** The passages that contain terms of the text, best first by BM25. A term counts by the square root of how often the question has it. */
async function lexicalLeg({ query, row, asked }: Search, limit: number): Promise<readonly ScoredSlot[]> {
  const times = questionTerms(asked.text ?? '', row.languages);
  if (times.size === 0 || row.passages === 0) return [];
  const { postings, passages } = row.tables;
  const held = await query<{ readonly term: string; readonly passages: number }>(
    `SELECT term, count(*)::int AS passages FROM ${postings} WHERE term = ANY($1) GROUP BY term ORDER BY 2, 1`,
    [[...times.keys()]],
  );
  if (held.length === 0) return [];
  const weights = held.map(
    ({ term, passages: holding }) =>
      Math.sqrt(times.get(term) ?? 1) * Math.log(1 + (Math.max(0, row.passages - holding) + 0.5) / (holding + 0.5)),
  );
  const finding = withinBudget(held).map(({ term }) => term);
  const values = new Values();
  const terms = values.add(held.map(({ term }) => term));
  const weight = values.add(weights);
  const average = values.add(Math.max(1, row.tokens / row.passages));
  const isFound =
    finding.length === held.length
      ? 'true'
      : `o.passage IN (SELECT passage FROM ${postings} WHERE term = ANY(${values.add(finding)}))`;
  return query<ScoredSlot>(
    `SELECT p.id AS slot, sum(weight * count * ${repetition + 1} /
       (count + ${repetition} * (${1 - lengthShare} + ${lengthShare} * p.tokens / ${average}::float8)))::float8 AS score
     FROM unnest(${terms}::text[], ${weight}::float8[]) AS asked(term, weight)
       JOIN ${postings} o USING (term) JOIN ${passages} p ON p.id = o.passage
     WHERE ${isFound} AND ${allowedSql(row, asked, values)} GROUP BY p.id ORDER BY score DESC, p.id LIMIT ${limit}`,
    values.list,
  );
}

async function vectorsOf({ query, row }: Search, slots: readonly number[]): Promise<ReadonlyMap<number, Float32Array>> {
  if (slots.length === 0) return new Map();
  const found = await query<{ readonly slot: number; readonly vector: string }>(
    `SELECT id AS slot, vector::text AS vector FROM ${row.tables.passages} WHERE id = ANY($1)`,
    [slots],
  );
  return new Map(found.map(({ slot, vector }) => [slot, parseVector(vector)]));
}

/** Parses a vector in the server's format, such as `[1,0.5]`. */
export const parseVector = (text: string): Float32Array => Float32Array.from(text.slice(1, -1).split(','), Number);

/** Numbers the documents of hits; the fusion needs them for the share of a document's next best passage. */
async function documentsOf({ query, row }: Search, slots: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const found = await query<{ readonly slot: number; readonly first: number }>(
    `SELECT p.id AS slot, o.id AS first FROM ${row.tables.passages} p
       JOIN ${row.tables.passages} o ON o.document = p.document AND o.position = 0 WHERE p.id = ANY($1)`,
    [slots],
  );
  return new Map(found.map(({ slot, first }) => [slot, first]));
}
