import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  Label,
  Place,
  Readers,
  type DocumentInfo,
  type Passage,
  type StoredDocument,
  type StoredPassage,
} from '@heddle/core';
import { mergeMetadata } from '../embedded/metadata-fields.js';
import { wellFormed } from '../well-formed.js';

const Metadata = z.record(z.string(), z.unknown());

/** What the server stores with a passage's vectors. */
export const PassagePayload = z.object({
  kind: z.literal('passage'),
  id: z.string(),
  document: z.string(),
  title: z.string(),
  source: z.string().optional(),
  position: z.int(),
  text: z.string(),
  place: Place.optional(),
  label: Label.optional(),
  metadata: Metadata.optional(),
  /** The readers, as `payloadReaders` writes them; undefined: everybody. */
  readers: z.array(z.string()).optional(),
  /** Identifies the put that wrote the passage; passages of the same document from an earlier put are deleted. */
  revision: z.string(),
});
export type PassagePayload = z.infer<typeof PassagePayload>;

/** The record of a document. It is written last: once it is new, all its passages are stored. */
export const DocumentPayload = z.object({
  kind: z.literal('document'),
  document: z.string(),
  title: z.string(),
  source: z.string().optional(),
  mediaType: z.string(),
  hash: z.string(),
  size: z.int(),
  passages: z.int(),
  label: Label.optional(),
  metadata: Metadata.optional(),
  updatedAt: z.number(),
});

export type DocumentPayload = z.infer<typeof DocumentPayload>;

/** The list of readers of a document. Writing the document does not touch it, so a change of the list in the meantime is not lost. */
export const ReadersPayload = z.object({ kind: z.literal('readers'), document: z.string(), readers: Readers });
export type ReadersPayload = z.infer<typeof ReadersPayload>;

/** A text that is stored with the collection. */
export const NotePayload = z.object({ kind: z.literal('note'), id: z.string(), text: z.string() });
export type NotePayload = z.infer<typeof NotePayload>;

export type CollectionRecord =
  | { readonly payload: DocumentPayload | ReadersPayload | NotePayload }
  | {
      readonly payload: PassagePayload;
      readonly passage: StoredPassage;
      readonly document: StoredDocument;
    };

/** The id of a record as a UUID. The same passage of the same document always has the same id. */
export function recordId(payload: CollectionRecord['payload']): string {
  const names =
    payload.kind === 'passage'
      ? [payload.document, payload.id]
      : [payload.kind === 'note' ? payload.id : payload.document];
  const hex = createHash('sha256')
    .update(JSON.stringify([payload.kind, ...names]))
    .digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

export function passageRecord(
  document: StoredDocument,
  passage: StoredPassage,
  position: number,
  { revision, readers }: { readonly revision: string; readonly readers: readonly string[] | undefined },
): CollectionRecord {
  const { id, source, title, label } = document.document;
  const payload: PassagePayload = {
    kind: 'passage',
    id: passage.id,
    document: id,
    title,
    position,
    text: wellFormed(passage.text),
    revision,
    source,
    label,
    place: passage.place,
    readers: readers === undefined ? undefined : payloadReaders(readers),
    metadata: mergeMetadata(document.document, passage.metadata),
  };
  return { payload, passage, document };
}

/** The text of a passage for the full-text search. */
export const searchedText = ({ context = '', header, text }: StoredPassage): string =>
  wellFormed(header === undefined ? `${context}\n${text}` : `${context}\n${header}\n${text}`);

export function documentRecord({ document, passages }: StoredDocument, now: number): CollectionRecord {
  const { id, title, source, mediaType, hash, size, label, metadata } = document;
  const payload: DocumentPayload = {
    kind: 'document',
    document: id,
    title,
    mediaType,
    hash,
    size,
    passages: passages.length,
    updatedAt: now,
    source,
    label,
    metadata: metadata === undefined ? undefined : { ...metadata },
  };
  return { payload };
}

export const readersRecord = (document: string, readers: readonly string[]): CollectionRecord => ({
  payload: { kind: 'readers', document, readers: [...readers] },
});

export const noteRecord = (id: string, text: string): CollectionRecord => ({
  payload: { kind: 'note', id, text: wellFormed(text) },
});

/** The entry for a document that nobody may read, because servers treat an empty list as a missing one. A search never asks for it. */
export const nobody = 'nobody';

/** A list of readers as a passage stores it. */
export const payloadReaders = (readers: readonly string[]): string[] =>
  readers.length === 0 ? [nobody] : [...readers];

/** The readers of documents, from the payloads of their list records. */
export const readersOf = (payloads: readonly unknown[]): ReadonlyMap<string, readonly string[]> =>
  new Map(payloads.map((payload) => ReadersPayload.parse(payload)).map(({ document, readers }) => [document, readers]));

export function toPassage(payload: PassagePayload, collection: string): Passage {
  const { kind: _kind, position: _position, revision: _revision, readers: _readers, ...passage } = payload;
  return { ...passage, collection };
}

export function toDocumentInfo(payload: unknown, lists: ReadonlyMap<string, readonly string[]>): DocumentInfo {
  const { kind: _kind, document, ...info } = DocumentPayload.parse(payload);
  const readers = lists.get(document);
  return readers === undefined ? { id: document, ...info } : { id: document, ...info, readers: [...readers] };
}
