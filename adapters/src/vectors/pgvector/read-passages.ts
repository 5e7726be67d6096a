import { Label, Place, Readers, withoutUndefined, type DocumentInfo, type Passage } from '@heddle/core';
import { z } from 'zod';

/** The columns of a passage `p` with its document `d`. */
export const passageColumns =
  'p.passage, p.document, p.position, p.text, p.place, p.metadata, d.title, d.source, d.label';

/** The row of a passage, joined with its document. */
export interface StoredRow {
  readonly passage: string;
  readonly document: string;
  readonly position: number;
  readonly text: string;
  readonly place: unknown;
  readonly metadata: unknown;
  readonly title: string;
  readonly source: string | null;
  readonly label: unknown;
}

export interface DocumentRow {
  readonly id: string;
  readonly title: string;
  readonly source: string | null;
  readonly media_type: string;
  readonly hash: string;
  readonly size: number;
  readonly passages: number;
  readonly label: unknown;
  readonly metadata: unknown;
  readonly readers: unknown;
  readonly updated_at: number;
}

const Metadata = z.record(z.string(), z.unknown());

export function toPassage(
  { passage, document, text, place, metadata, title, source, label }: StoredRow,
  collection: string,
): Passage {
  return withoutUndefined({
    id: passage,
    document,
    text,
    title,
    collection,
    source: source ?? undefined,
    place: Place.nullable().parse(place) ?? undefined,
    metadata: Metadata.nullable().parse(metadata) ?? undefined,
    label: Label.nullable().parse(label) ?? undefined,
  });
}

export function toDocumentInfo({
  media_type,
  updated_at,
  source,
  label,
  metadata,
  readers,
  ...same
}: DocumentRow): DocumentInfo {
  return withoutUndefined({
    ...same,
    mediaType: media_type,
    updatedAt: updated_at,
    source: source ?? undefined,
    label: Label.nullable().parse(label) ?? undefined,
    metadata: Metadata.nullable().parse(metadata) ?? undefined,
    readers: Readers.nullable().parse(readers) ?? undefined,
  });
}
