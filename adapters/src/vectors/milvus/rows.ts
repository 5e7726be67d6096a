import { HeddleError, type StoredDocument } from '@heddle/core';
import { firstText, languageOf } from '../embedded/languages/language-of.js';
import type { Language } from '../embedded/languages/languages.js';
import { normalise } from '../embedded/quantise.js';
import { digest, fieldsOf, orderedBytes } from '../shared/prefix-terms.js';
import { recordId, type CollectionRecord, type PassagePayload } from '../shared/payloads.js';
import { passageWeights } from '../shared/term-weights.js';
import type { Row } from './columns.js';
import { everybody } from '../shared/reader-terms.js';
import { piecesOf } from './pieces.js';
import { mostItems, mostNames, nothing } from './schema.js';

/** The entities of a write: passages for the collection's own table, all others for the shared one. */
export interface Rows {
  readonly passages: readonly Row[];
  /** Long lists and languages. They are written first, because a search that finds a passage must know them. */
  readonly before: readonly Row[];
  readonly records: readonly Row[];
}

/** Converts records into entities. Errors: `document_too_large`. */
export function rowsOf(records: readonly CollectionRecord[], tenant: string, length: number): Rows {
  const spoken = new Map<StoredDocument, Language>();
  const before: Row[] = [];
  const passages: Row[] = [];
  const others: Row[] = [];
  for (const record of records) {
    if ('passage' in record) {
      const language = spoken.get(record.document) ?? languageOf(firstText(record.document.passages));
      spoken.set(record.document, language);
      passages.push(passageRow(record, language, length));
      before.push(...listRows(tenant, record.payload.readers));
    } else {
      others.push(otherRow(tenant, record.payload));
      if (record.payload.kind === 'document')
        others.push(recordRow(tenant, { kind: 'updated', key: 'updated', number: record.payload.updatedAt }));
    }
  }
  for (const { code } of spoken.values())
    before.push(recordRow(tenant, { kind: 'language', key: `language:${code}`, name: code }));
  return { passages, before: lastOfEach(before), records: lastOfEach(others) };
}

/** The last entity of each key: one request must not contain a key twice. */
const lastOfEach = (rows: readonly Row[]): readonly Row[] => [...new Map(rows.map((row) => [row['pk'], row])).values()];

interface RecordOf {
  readonly kind: string;
  readonly key: string;
  readonly name?: string;
  readonly number?: number;
  readonly readers?: readonly string[];
  readonly payload?: object;
}

/** Creates an entity of the shared table. */
export const recordRow = (
  tenant: string,
  { kind, key, name = '', number = 0, readers = [], payload }: RecordOf,
): Row => ({
  pk: `${tenant}:${key}`,
  tenant,
  kind,
  name,
  number,
  readers,
  nothing,
  payload: payload === undefined ? [] : piecesOf(JSON.stringify(payload)),
});

function otherRow(tenant: string, payload: Exclude<CollectionRecord['payload'], PassagePayload>): Row {
  const key = payload.kind === 'note' ? noteKey(payload.id) : keyOf(payload.kind, payload.document);
  return recordRow(tenant, { kind: payload.kind, key, payload });
}

/** Bytes of a document's name that determine its position in the order. */
const orderedName = 200;

/** The key of a record that belongs to a document. Keys of `document` records sort by the document's name. */
export const keyOf = (kind: 'document' | 'readers' | 'revision', document: string): string => {
  if (kind !== 'document') return `${kind}:${digest(document)}`;
  return `document:${Buffer.from(document, 'utf8').subarray(0, orderedName).toString('hex')}.${digest(document)}`;
};

export const noteKey = (id: string): string => `note:${digest(id)}`;

/** Names of a list in each entity. */
const namesAtOnce = 1_000;

/** A long list is named by a digest of its names, so other names make another list. */
const listName = (names: readonly string[]): string => `list:${digest(JSON.stringify(names))}`;

/** A document's readers as its passages store them. */
export function readersValue(readers: readonly string[] | undefined): readonly string[] {
  if (readers === undefined) return [everybody];
  const names = readers.map(digest);
  return names.length > mostNames ? [listName(names)] : names;
}

/** The entities of a list that is too long for a passage. */
export function listRows(tenant: string, readers: readonly string[] | undefined): readonly Row[] {
  if (readers === undefined || readers.length <= mostNames) return [];
  const names = readers.map(digest);
  const name = listName(names);
  return Array.from({ length: Math.ceil(names.length / namesAtOnce) }, (_, at) => {
    const some = names.slice(at * namesAtOnce, (at + 1) * namesAtOnce);
    return recordRow(tenant, { kind: 'list', key: `${name}:${at}`, name, readers: some });
  });
}

/** Pads a vector to the length of the table: Milvus accepts no vectors with one dimension. */
export function vectorOf(vector: Float32Array, length: number): Float32Array {
  const own = normalise(vector);
  if (own.length === length) return own;
  const longer = new Float32Array(length);
  longer.set(own);
  return longer;
}

function passageRow(
  { payload, passage, document }: Extract<CollectionRecord, { readonly passage: unknown }>,
  language: Language,
  length: number,
): Row {
  const fields = fieldsOf(document.document, payload.metadata ?? {});
  requireFew(fields, payload.document);
  const terms = passageWeights(passage, language, mostItems);
  return {
    pk: passageKey(payload),
    document: digest(payload.document),
    passage: digest(payload.id),
    revision: payload.revision,
    position: payload.position,
    readers: readersValue(payload.readers),
    fields,
    words: terms.indices,
    terms,
    // The list of readers has a field of its own, the only copy that a change must write.
    payload: piecesOf(JSON.stringify({ ...payload, readers: undefined })),
    vector: vectorOf(passage.vector, length),
  };
}

/**
 * The key of a passage begins with its document and position, which order passages of equal scores. Each put writes entities with new keys,
 * so those of the put before can be found until they are removed.
 */
const passageKey = (payload: PassagePayload): string =>
  `${digest(payload.document)}${String(payload.position).padStart(9, '0')}${digest(`${recordId(payload)} ${payload.revision}`)}`;

/** The digest of the document in the key of a passage. */
export const documentIn = (key: string): string => key.slice(0, 16);

/** Errors: `document_too_large`. */
function requireFew(fields: readonly string[], document: string): void {
  if (fields.length <= mostItems) return;
  const most = Math.floor(mostItems / (2 * orderedBytes + 3));
  throw new HeddleError(
    'document_too_large',
    `The metadata of '${document.slice(0, 200)}' have more values than Milvus can store for a passage, about ${most} texts: leave some out, or keep the collection in another store.`,
    { details: { values: fields.length, limit: mostItems } },
  );
}
