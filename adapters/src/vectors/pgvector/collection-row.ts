import { CollectionInfo, collectionNotFound } from '@heddle/core';
import type { Query } from '../../postgres/query.js';
import { tablesOf, type ServerFacts, type Tables } from './schema.js';

/** A row of the table of collections. */
export interface CollectionRow {
  readonly id: number;
  readonly name: string;
  readonly embedding: string;
  readonly dimensions: number;
  readonly splitter: unknown;
  readonly label: unknown;
  readonly languages: readonly string[];
  readonly documents: number;
  readonly passages: number;
  readonly tokens: number;
  /** Documents with a list of readers. */
  readonly restricted: number;
  readonly created_at: number;
  readonly updated_at: number;
}

const columns =
  'id, name, embedding, dimensions, splitter, label, languages, documents, passages, tokens::double precision AS tokens, restricted, created_at, updated_at';

export const allRows = (query: Query, { schema }: ServerFacts): Promise<readonly CollectionRow[]> =>
  query(`SELECT ${columns} FROM ${schema}.collections ORDER BY name COLLATE "C"`);

/**
 * Finds the collection of a name. `isWritten` locks it against other writers and a drop until the transaction ends. Errors:
 * `collection_not_found`.
 */
export async function readRow(
  query: Query,
  { schema }: ServerFacts,
  name: string,
  isWritten = false,
): Promise<CollectionRow & { readonly tables: Tables }> {
  const [row] = await query<CollectionRow>(
    `SELECT ${columns} FROM ${schema}.collections WHERE name = $1 ${isWritten ? 'FOR UPDATE' : ''}`,
    [name],
  );
  if (row === undefined) throw collectionNotFound(name);
  return { ...row, tables: tablesOf(schema, row.id) };
}

export const infoOf = (row: CollectionRow): CollectionInfo =>
  CollectionInfo.parse({
    ...row,
    restricted: row.restricted === 0 ? undefined : row.restricted,
    store: 'pgvector',
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  });
