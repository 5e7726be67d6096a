import { createHash } from 'node:crypto';
import type { Schemas } from '@qdrant/js-client-rest';
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

/** Names of the two vectors of a passage on the server. */
export const vectorNames = { dense: 'dense', lexical: 'bm25' } as const;

/** The model by which the server itself converts text into BM25 terms. */
export const lexicalModel = 'qdrant/bm25';

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

/** A point without vectors stands for each document. It is written last: where it is new, its passages are all in. */
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

/** A point id from names: the same passage of the same document is the same point. */
function pointId(...names: readonly string[]): string {
  const hex = createHash('sha256').update(JSON.stringify(names)).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

/** What keyword search reads of a passage. */
const searchedText = ({ context = '', header, text }: StoredPassage): string =>
  header === undefined ? `${context}\n${text}` : `${context}\n${header}\n${text}`;

/** The point of a passage. */
export function passagePoint(
  { document }: StoredDocument,
  passage: StoredPassage,
  position: number,
  { revision, readers }: { readonly revision: string; readonly readers: readonly string[] | undefined },
): Schemas['PointStruct'] {
  const { id, source, title, label } = document;
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
    metadata: mergeMetadata(document, passage.metadata),
  };
  return {
    id: pointId('passage', id, passage.id),
    vector: {
      [vectorNames.dense]: [...passage.vector],
      [vectorNames.lexical]: { text: wellFormed(searchedText(passage)), model: lexicalModel },
    },
    payload,
  };
}

/** The point of a document. */
export function documentPoint({ document, passages }: StoredDocument, now: number): Schemas['PointStruct'] {
  const { id, title, source, mediaType, hash, size, label, metadata } = document;
  const payload: z.infer<typeof DocumentPayload> = {
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
  return { id: pointId('document', id), vector: {}, payload };
}

/** Stands in the list of a document that nobody may read: the server takes an empty list for none. A search never asks for it. */
export const nobody = 'nobody';

/** A list of readers as it stands in a passage. */
export const payloadReaders = (readers: readonly string[]): string[] =>
  readers.length === 0 ? [nobody] : [...readers];

/** A point without vectors for the list of a document. Writing the document leaves it alone, so a list that changes meanwhile is not lost. */
const ReadersPayload = z.object({ kind: z.literal('readers'), document: z.string(), readers: Readers });

/** The point of the list of a document. */
export function readersPoint(document: string, readers: readonly string[]): Schemas['PointStruct'] {
  const payload: z.infer<typeof ReadersPayload> = { kind: 'readers', document, readers: [...readers] };
  return { id: pointId('readers', document), vector: {}, payload };
}

/** The lists of documents in the payloads of their points. */
export const readersOf = (payloads: readonly unknown[]): ReadonlyMap<string, readonly string[]> =>
  new Map(payloads.map((payload) => ReadersPayload.parse(payload)).map(({ document, readers }) => [document, readers]));

/** A point without vectors for a text that is stored with the collection. */
export const NotePayload = z.object({ kind: z.literal('note'), id: z.string(), text: z.string() });

/** The point of a note. */
export function notePoint(key: string, text: string): Schemas['PointStruct'] {
  const payload: z.infer<typeof NotePayload> = { kind: 'note', id: key, text: wellFormed(text) };
  return { id: pointId('note', key), vector: {}, payload };
}

/** The passage in a point's payload. */
export function toPassage(payload: PassagePayload, collection: string): Passage {
  const { kind: _kind, position: _position, revision: _revision, readers: _readers, ...passage } = payload;
  return { ...passage, collection };
}

/** The document in a point's payload. */
export function toDocumentInfo(payload: unknown, lists: ReadonlyMap<string, readonly string[]>): DocumentInfo {
  const { kind: _kind, document, ...info } = DocumentPayload.parse(payload);
  const readers = lists.get(document);
  return readers === undefined ? { id: document, ...info } : { id: document, ...info, readers: [...readers] };
}
