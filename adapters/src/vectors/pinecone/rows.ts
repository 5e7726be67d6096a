import { randomUUID } from 'node:crypto';
import { HeddleError, type StoredDocument } from '@heddle/core';
import { z } from 'zod';
import { firstText, languageOf } from '../embedded/languages/language-of.js';
import type { Language } from '../embedded/languages/languages.js';
import { normalise } from '../embedded/quantise.js';
import { recordId, type CollectionRecord, type ReadersPayload } from '../shared/payloads.js';
import { noTerms, passageWeights } from '../shared/term-weights.js';
import { digest, fieldsOf, orderedBytes } from '../shared/prefix-terms.js';
import { everybody } from '../shared/reader-terms.js';
import type { Row } from './namespace.js';

/**
 * Pinecone stores 40 kB of metadata for a record. Names of readers need at most ten of them, terms of metadata have a fixed share, and a
 * text longer than its share is cut into pieces, which are records of their own.
 */
const mostBytes = { fields: 20_000, payload: 8_000, piece: 30_000 } as const;

/** Most terms of one passage that can be searched: Pinecone's limit. */
const mostTerms = 1_000;
/** Parts into which a collection is divided for sampling. */
export const buckets = 1_024;

/** The records of a write: those for the index of terms and those for the index of vectors. */
export interface Rows {
  readonly terms: readonly Row[];
  readonly vectors: readonly Row[];
}

/** Converts records into Pinecone's records. Errors: `document_too_large`. */
export function rowsOf(records: readonly CollectionRecord[]): Rows {
  const spoken = new Map<StoredDocument, Language>();
  const terms: Row[] = [];
  const vectors: Row[] = [];
  for (const record of records) {
    const id = rowId(record.payload);
    if ('passage' in record) {
      const { passage, document, payload } = record;
      const language = spoken.get(document) ?? languageOf(firstText(document.passages));
      spoken.set(document, language);
      const fields = fieldsOf(document.document, payload.metadata ?? {});
      const metadata = { ...headOf(record.payload), readers: readersValue(payload.document, payload.readers), fields };
      requireSize(fields, payload.document);
      terms.push(
        ...withPayload({ id, sparseValues: passageWeights(passage, language, mostTerms), metadata }, stored(payload)),
      );
      vectors.push({ id, values: nonZero(normalise(passage.vector)), metadata });
    } else terms.push(...withPayload({ id, sparseValues: noTerms, metadata: headOf(record.payload) }, record.payload));
    if (record.payload.kind === 'readers') terms.push(...longListRows(record.payload));
    if (record.payload.kind === 'document') terms.push(factRow('updated', record.payload.updatedAt));
  }
  for (const code of new Set([...spoken.values()].map(({ code: one }) => one)))
    terms.push(factRow('language', 0, code));
  return { terms: lastOfEach(terms), vectors: lastOfEach(vectors) };
}

/** The last record of each id: one request must not contain an id twice. */
const lastOfEach = (rows: readonly Row[]): readonly Row[] => [...new Map(rows.map((row) => [row.id, row])).values()];

/** The list of readers has a field of its own, the only copy that a change must write. */
const stored = (payload: object): object => ({ ...payload, readers: undefined });

/** A fact about a collection, in a record that each write replaces. */
function factRow(kind: 'updated' | 'language', value: number, code = ''): Row {
  const fixed = { part: 0, parts: 0, mark: '', document: '', revision: '', position: value };
  return {
    id: `f${kind}${code}`,
    sparseValues: noTerms,
    metadata: { kind, name: code, ...fixed, readers: [everybody] },
  };
}

const kindLetters = { passage: 'p', document: 'd', readers: 'r', note: 'n' } as const;

/** The id of a record. Ids of document records sort by the document's name; the id of a passage contains its document. */
function rowId(payload: CollectionRecord['payload']): string {
  const letter = kindLetters[payload.kind];
  if (payload.kind === 'document') return documentRowId(payload.document);
  const document = payload.kind === 'note' ? '' : digest(payload.document);
  // Passages with equal scores are sorted as in their document. The same passage in another position is another record.
  const position = payload.kind === 'passage' ? String(payload.position).padStart(9, '0') : '';
  return `${letter}${document}${position}${recordId(payload)}`;
}

/** Bytes of a document's name that determine its position in the order. */
const orderedName = 120;

export const documentRowId = (document: string): string =>
  `d${Buffer.from(document, 'utf8').subarray(0, orderedName).toString('hex')}.${digest(document)}`;

/** The digest of the document in the id of a passage's or document's record. */
export const documentIn = (id: string): string =>
  id.startsWith('d') ? id.slice(id.indexOf('.') + 1) : id.slice(1, 17);

/** Most names of readers that a passage stores itself. */
const mostNames = 500;

/** The value in a passage whose document has a longer list, which has its own records. */
export const longList = (documentDigest: string): string => `list:${documentDigest}`;

/** A document's readers as its passages store them. */
export const readersValue = (document: string, readers: readonly string[] | undefined): readonly string[] => {
  if (readers === undefined) return [everybody];
  return readers.length > mostNames ? [longList(digest(document))] : readers.map(digest);
};

/** The records of a long list; each holds some of the names. */
function longListRows({ document, readers }: ReadersPayload): readonly Row[] {
  if (readers.length <= mostNames) return [];
  const mark = randomUUID();
  return Array.from({ length: Math.ceil(readers.length / mostNames) }, (_, at): Row => {
    const names = readers.slice(at * mostNames, (at + 1) * mostNames).map(digest);
    const fixed = { part: 0, parts: 0, revision: '', position: 0, name: '', payload: '' };
    const metadata = { kind: 'list', document: digest(document), mark, ...fixed, readers: names };
    return { id: `l${digest(document)}~${mark}~${at}`, sparseValues: noTerms, metadata };
  });
}

/** Errors: `document_too_large`. */
function requireSize(values: readonly string[], document: string): void {
  const bytes = values.reduce((sum, value) => sum + value.length + 3, 0);
  if (bytes <= mostBytes.fields) return;
  const most = Math.floor(mostBytes.fields / (2 * orderedBytes * 14));
  throw new HeddleError(
    'document_too_large',
    `The metadata of '${document.slice(0, 200)}' have more values than Pinecone can store for a passage, about ${most} texts: leave some out, or keep the collection in another store.`,
    { details: { bytes, limit: mostBytes.fields } },
  );
}

function headOf(payload: CollectionRecord['payload']): Row['metadata'] {
  const isPassage = payload.kind === 'passage';
  return {
    kind: payload.kind,
    part: 0,
    parts: 0,
    mark: '',
    document: payload.kind === 'note' ? '' : digest(payload.document),
    name: isPassage || payload.kind === 'note' ? digest(payload.id) : '',
    revision: isPassage ? payload.revision : '',
    position: isPassage ? payload.position : 0,
    bucket: isPassage ? bucketOf(recordId(payload)) : 0,
    readers: [everybody],
    fields: ['-'],
  };
}

const bucketOf = (id: string): number => Number.parseInt(id.slice(0, 6), 16) % buckets;

/** A record with its content, or with the pieces of its content beside it. */
function withPayload(head: Row, payload: object): readonly Row[] {
  const text = Buffer.from(JSON.stringify(payload), 'utf8');
  // JSON escapes can double the length of a text.
  if (Buffer.byteLength(JSON.stringify(text.toString('utf8'))) <= mostBytes.payload)
    return [{ ...head, metadata: { ...head.metadata, payload: text.toString('utf8') } }];
  const mark = randomUUID();
  const encoded = text.toString('base64');
  const pieces: Row[] = [];
  for (let start = 0; start < encoded.length; start += mostBytes.piece) {
    const part = pieces.length + 1;
    const metadata = { ...head.metadata, part, mark, readers: [everybody], fields: ['-'] };
    const piece = encoded.slice(start, start + mostBytes.piece);
    pieces.push({ id: pieceId(head.id, mark, part), sparseValues: noTerms, metadata: { ...metadata, payload: piece } });
  }
  return [...pieces, { ...head, metadata: { ...head.metadata, parts: pieces.length, mark, payload: '' } }];
}

/** The id of a piece. Documents are listed by their prefix letter, so pieces have another one. */
export const pieceId = (head: string, mark: string, part: number): string => `x${head}~${mark}~${part}`;

const Held = z.object({
  part: z.number(),
  parts: z.number(),
  mark: z.string(),
  payload: z.string(),
  readers: z.array(z.string()),
});
/** The fields that are needed to read a record's content. */
export type Held = z.infer<typeof Held>;

/** Parses a record's metadata. Errors: `vector_store_failed`. */
export function heldIn(metadata: unknown): Held {
  const found = Held.safeParse(metadata);
  if (found.success) return found.data;
  throw new HeddleError('vector_store_failed', 'A record on Pinecone was not made by Heddle, or was changed there.', {
    cause: found.error,
  });
}

/** The content of a record; undefined if a piece is missing. */
export function payloadOf(id: string, held: Held, pieces: ReadonlyMap<string, Held>): unknown {
  if (held.parts === 0) return JSON.parse(held.payload) as unknown;
  let encoded = '';
  for (let part = 1; part <= held.parts; part += 1) {
    const piece = pieces.get(pieceId(id, held.mark, part));
    if (piece === undefined) return undefined;
    encoded += piece.payload;
  }
  return JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as unknown;
}

/** Pinecone refuses a vector of zeros, so its first value becomes a very small number. */
export function nonZero(vector: Float32Array): readonly number[] {
  return vector.every((value) => value === 0) ? [...vector].map((_, at) => (at === 0 ? 1e-30 : 0)) : [...vector];
}
