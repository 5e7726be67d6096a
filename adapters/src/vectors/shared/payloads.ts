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

/** What the server stores beside a passage's vectors. */
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
  /** Who may read it, as `payloadReaders` writes it; missing: everybody. */
  readers: z.array(z.string()).optional(),
  /** Names the put that wrote it: what an earlier one left of the same document is deleted. */
  revision: z.string(),
});
export type PassagePayload = z.infer<typeof PassagePayload>;

/** A record stands for each document. It is written last: where it is new, its passages are all in. */
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

/** The list of a document. Writing the document leaves it alone, so a list that changes meanwhile is not lost. */
export const ReadersPayload = z.object({ kind: z.literal('readers'), document: z.string(), readers: Readers });
export type ReadersPayload = z.infer<typeof ReadersPayload>;

/** A text that is stored with the collection. */
export const NotePayload = z.object({ kind: z.literal('note'), id: z.string(), text: z.string() });
export type NotePayload = z.infer<typeof NotePayload>;

/** A record of a collection on a server. */
export type CollectionRecord =
  | { readonly payload: DocumentPayload | ReadersPayload | NotePayload }
  | {
      readonly payload: PassagePayload;
      readonly passage: StoredPassage;
      readonly document: StoredDocument;
    };

/** The id of a record, as a UUID: the same passage of the same document is the same record. */
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

/** The record of a passage. */
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

/** What full-text search reads of a passage. */
export const searchedText = ({ context = '', header, text }: StoredPassage): string =>
  wellFormed(header === undefined ? `${context}\n${text}` : `${context}\n${header}\n${text}`);

/** The record of a document. */
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

/** The record of the list of a document. */
export const readersRecord = (document: string, readers: readonly string[]): CollectionRecord => ({
  payload: { kind: 'readers', document, readers: [...readers] },
});

/** The record of a note. */
export const noteRecord = (id: string, text: string): CollectionRecord => ({
  payload: { kind: 'note', id, text: wellFormed(text) },
});

/** Stands in the list of a document that nobody may read: servers take an empty list for none. A search never asks for it. */
export const nobody = 'nobody';

/** A list of readers as it stands in a passage. */
export const payloadReaders = (readers: readonly string[]): string[] =>
  readers.length === 0 ? [nobody] : [...readers];

/** The lists of documents in the payloads of their records. */
export const readersOf = (payloads: readonly unknown[]): ReadonlyMap<string, readonly string[]> =>
  new Map(payloads.map((payload) => ReadersPayload.parse(payload)).map(({ document, readers }) => [document, readers]));

/** The passage in a payload. */
export function toPassage(payload: PassagePayload, collection: string): Passage {
  const { kind: _kind, position: _position, revision: _revision, readers: _readers, ...passage } = payload;
  return { ...passage, collection };
}

/** The document in a payload. */
export function toDocumentInfo(payload: unknown, lists: ReadonlyMap<string, readonly string[]>): DocumentInfo {
  const { kind: _kind, document, ...info } = DocumentPayload.parse(payload);
  const readers = lists.get(document);
  return readers === undefined ? { id: document, ...info } : { id: document, ...info, readers: [...readers] };
}
