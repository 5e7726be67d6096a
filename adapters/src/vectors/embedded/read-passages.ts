import type { DocumentInfo, Passage } from '@heddle/core';
import type { OpenCollection } from './open-collection.js';
import type { DocumentRow, PassageRow } from './tables.js';

/** Reads JSON that this store wrote itself, from a value of the type that its reader asks for. */
const stored = <Key extends string>(key: Key, json: string | null): { readonly [Name in Key]?: never } =>
  (json === null ? {} : { [key]: JSON.parse(json) as unknown }) as { readonly [Name in Key]?: never };

/** The public form of a passage's row. */
export function toPassage(row: PassageRow, collection: string): Passage {
  return {
    id: row.id,
    document: row.document,
    text: row.text,
    title: row.title,
    ...(row.source === null ? {} : { source: row.source }),
    collection,
    ...stored('place', row.place),
    ...stored('metadata', row.metadata),
    ...stored('label', row.label),
  };
}

/** The public form of a document's row. */
export function toDocumentInfo(row: DocumentRow): DocumentInfo {
  return {
    id: row.id,
    title: row.title,
    ...(row.source === null ? {} : { source: row.source }),
    mediaType: row.media_type,
    hash: row.hash,
    size: row.size,
    passages: row.passages,
    ...stored('label', row.label),
    ...stored('metadata', row.metadata),
    updatedAt: row.updated_at,
  };
}

/** All passages of a document, in order; none where there is no such document. */
export function readPassages(collection: OpenCollection, document: string): readonly Passage[] {
  const found = collection.statements.findDocument.get(document);
  if (found === undefined) return [];
  return collection.statements.passagesBetween
    .all(found.number, 0, found.passages)
    .map((row) => toPassage(row, collection.name));
}

/** The passages around one, itself included, in order; none where there is no such passage. */
export function readNeighbours(
  collection: OpenCollection,
  passage: string,
  before: number,
  after: number,
): readonly Passage[] {
  const centre = collection.statements.passageById.get(passage);
  if (centre === undefined) return [];
  const { number, position } = centre;
  return collection.statements.passagesBetween
    .all(number, position - before, position + after)
    .map((row) => toPassage(row, collection.name));
}
