import { withoutUndefined, type DocumentInfo, type Passage } from '@heddle/core';
import type { OpenCollection } from './open-collection.js';
import type { DocumentRow, PassageRow } from './tables.js';

/** Parses JSON that this store wrote, so it has the type that the caller expects. */
const stored = (json: string | null): { readonly value?: never } =>
  json === null ? {} : { value: JSON.parse(json) as never };

export function toPassage(row: PassageRow, collection: string): Passage {
  return withoutUndefined({
    id: row.id,
    document: row.document,
    text: row.text,
    title: row.title,
    source: row.source ?? undefined,
    collection,
    place: stored(row.place).value,
    metadata: stored(row.metadata).value,
    label: stored(row.label).value,
  });
}

export function toDocumentInfo(row: DocumentRow): DocumentInfo {
  return withoutUndefined({
    id: row.id,
    title: row.title,
    source: row.source ?? undefined,
    mediaType: row.media_type,
    hash: row.hash,
    size: row.size,
    passages: row.passages,
    label: stored(row.label).value,
    metadata: stored(row.metadata).value,
    readers: stored(row.readers).value,
    updatedAt: row.updated_at,
  });
}

/** All passages of a document, in order; empty if there is no such document. */
export function readPassages(collection: OpenCollection, document: string): readonly Passage[] {
  const found = collection.statements.findDocument.get(document);
  if (found === undefined) return [];
  return collection.statements.passagesBetween
    .all(found.number, 0, found.passages)
    .map((row) => toPassage(row, collection.name));
}

/** The exact vectors of a document's passages by their ids. */
export function readVectors(collection: OpenCollection, document: string): ReadonlyMap<string, Float32Array> {
  const { statements } = collection;
  const found = statements.findDocument.get(document);
  if (found === undefined) return new Map();
  const rows = statements.passagesBetween.all(found.number, 0, found.passages);
  return new Map(
    rows.flatMap(({ id, slot }) => {
      const bytes = statements.readExact.get(slot);
      if (bytes === undefined) return [];
      // Copied, because the bytes of a row may not be aligned for floats.
      return [[id, new Float32Array(Uint8Array.from(bytes).buffer)] as const];
    }),
  );
}

/** The passages around one, including itself, in order; empty if there is no such passage. */
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
