import { HeddleError, normalReaders, readersAfter, usualTitleWeight, type SetReaders } from '@heddle/core';
import { failpoint } from '../../database/failpoint.js';
import { checkRoom, type OpenCollection } from './open-collection.js';
import type { PackedDocument } from './worker/protocol.js';
import { mergeMetadata, metadataFields } from './metadata-fields.js';
import { firstText, languageOf } from './languages/language-of.js';
import { english, type Language } from './languages/languages.js';
import { replaceWords, withPairs } from './languages/words-of.js';
import { normalise, quantiseRow } from './quantise.js';
import { bagTokens } from './search/term-bag.js';
import type { DocumentRow } from './tables.js';

/** The changes of a transaction, which the index applies once it is committed. */
interface Changes {
  readonly added: { readonly slot: number; readonly document: number; readonly row: Buffer }[];
  readonly removed: number[];
  /** Whether lists of readers changed. */
  readers: boolean;
  /** Change of the number of documents. */
  documents: number;
  /** Change of the number of documents with a list. */
  restricted: number;
  /** Change of the collection's tokens. */
  tokens: number;
}

/**
 * How often a word of the title and headings counts in the stored terms; see decision 0028. In passages stored by older versions it counts
 * once.
 */
const contextWeight = usualTitleWeight;

const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));

/** Replaces whole documents, all in one transaction. `vectors` holds the vectors of their passages in order. Errors: `collection_full`. */
export function putDocuments(
  collection: OpenCollection,
  documents: readonly PackedDocument[],
  vectors: Float32Array,
  now: number,
): void {
  const passages = documents.reduce((sum, document) => sum + document.passages.length, 0);
  if (vectors.length !== passages * collection.dimensions) throw remade(collection);
  commit(collection, now, (changes) => {
    let slot = collection.statements.lastSlot.get() ?? 0;
    let at = 0;
    for (const packed of documents) {
      const before = collection.statements.findDocument.get(packed.document.id);
      const readers = readersAfter(before === undefined ? undefined : { readers: listOf(before) }, packed.readers);
      removeDocument(collection, packed.document.id, changes);
      const number = insertDocument(collection, packed, now);
      changes.documents += 1;
      if (readers !== undefined) writeReaders(collection, { number, readers: null }, readers, changes);
      const language = addLanguage(collection, packed);
      packed.passages.forEach((passage, position) => {
        const vector = normalise(vectors.subarray(at, (at += collection.dimensions)));
        insertPassage(collection, packed, { number, position, slot: ++slot, language }, vector, changes);
      });
      failpoint('ingest-mid-batch');
    }
  });
}

/** The error for a caller that still uses the dimensions of a collection that was dropped and created anew. */
export const remade = ({ name, dimensions }: OpenCollection): HeddleError =>
  new HeddleError(
    'collection_dimensions',
    `Collection '${name}' was created anew and now has ${dimensions} dimensions: open it again, and use the model that fills it.`,
  );

/** Deletes documents with their passages, in one transaction. Returns how many existed. */
export function deleteDocuments(collection: OpenCollection, ids: readonly string[], now: number): number {
  return commit(collection, now, (changes) => ids.filter((id) => removeDocument(collection, id, changes)).length);
}

/** Changes who may read documents, in one transaction. Returns how many of the documents exist. */
export function setReaders(collection: OpenCollection, wanted: readonly SetReaders[], now: number): number {
  return commit(collection, now, (changes) => {
    let found = 0;
    for (const { document, readers } of wanted) {
      const row = collection.statements.findDocument.get(document);
      if (row === undefined) continue;
      found += 1;
      writeReaders(collection, row, readers === null ? null : normalReaders(readers), changes);
    }
    return found;
  });
}

/** The list of readers in a document's row. */
const listOf = ({ readers }: Pick<DocumentRow, 'readers'>): readonly string[] | null =>
  readers === null ? null : (JSON.parse(readers) as string[]); // written below

/** Replaces a document's list of readers: in its row, where it is read, and in the index, where searches use it. */
function writeReaders(
  { statements }: OpenCollection,
  document: Pick<DocumentRow, 'number' | 'readers'>,
  readers: readonly string[] | null,
  changes: Changes,
): void {
  const { number } = document;
  const before = listOf(document);
  if (before === null && readers === null) return;
  const old = new Set(before);
  const wanted = new Set(readers);
  for (const reader of old) if (!wanted.has(reader)) statements.deleteReader.run(reader, number);
  for (const reader of wanted) if (!old.has(reader)) statements.insertReader.run(reader, number);
  statements.setReaders.run(readers === null ? null : JSON.stringify(readers), number);
  changes.readers = true;
  changes.restricted += Number(readers !== null) - Number(before !== null);
}

function commit<Result>(collection: OpenCollection, now: number, work: (changes: Changes) => Result): Result {
  const { database, id } = collection;
  const changes: Changes = { added: [], removed: [], readers: false, documents: 0, restricted: 0, tokens: 0 };
  const result = database
    .transaction(() => {
      const done = work(changes);
      const more = changes.added.length - changes.removed.length;
      if (more > 0) checkRoom(collection, more + (collection.statements.countPassages.get()?.passages ?? 0));
      database
        .prepare(
          `UPDATE collections SET updated_at = ?, documents = documents + ?, passages = passages + ?, tokens = tokens + ?, restricted = restricted + ? WHERE id = ?`,
        )
        .run(now, changes.documents, more, changes.tokens, changes.restricted, id);
      return done;
    })
    .immediate();
  const index = collection.loaded;
  if (index !== undefined) {
    for (const slot of changes.removed) index.remove(slot);
    for (const { slot, row } of changes.added) index.add(slot, row);
  }
  collection.readerRows.follow(changes);
  return result;
}

function removeDocument(collection: OpenCollection, id: string, changes: Changes): boolean {
  const { statements } = collection;
  const found = statements.findDocument.get(id);
  if (found === undefined) return false;
  for (const { slot, metadata } of statements.slotsOf.all(found.number)) {
    const fields = metadata === null ? [] : metadataFields(JSON.parse(metadata) as Record<string, unknown>); // written by insertPassage
    for (const [field, value] of fields) statements.deleteField.run(field, value, slot);
    statements.deleteRow.run(slot);
    statements.deleteExact.run(slot);
    statements.deleteWords.run(slot);
    const bag = statements.readBag.get(slot);
    if (bag !== undefined) changes.tokens -= bagTokens(bag);
    statements.deleteBag.run(slot);
    changes.removed.push(slot);
  }
  writeReaders(collection, found, null, changes);
  statements.deletePassages.run(found.number);
  statements.deleteDocument.run(found.number);
  changes.documents -= 1;
  return true;
}

function insertDocument({ statements }: OpenCollection, { document, passages }: PackedDocument, now: number): number {
  const { id, title, source, mediaType, hash, size, label, metadata } = document;
  return Number(
    statements.insertDocument.run(
      id,
      title,
      source ?? null,
      mediaType,
      hash,
      size,
      json(label),
      json(metadata),
      passages.length,
      now,
    ).lastInsertRowid,
  );
}

/** Records the language of a document for its collection. Texts that older versions stored count as English. */
function addLanguage({ statements }: OpenCollection, { passages }: PackedDocument): Language {
  const language = languageOf(firstText(passages));
  const known = statements.languages.all();
  const isOlder = known.length === 0 && (statements.countPassages.get()?.passages ?? 0) > 0;
  for (const { code } of isOlder ? [english, language] : [language])
    if (!known.includes(code)) statements.addLanguage.run(code);
  return language;
}

/** The text in the form that the full-text index stores. The tokenizer stems English itself. */
export const stemmed = (text: string, language: Language): string =>
  language === english ? withPairs(text) : replaceWords(text, language.stem);

interface PassageLocation {
  readonly number: number;
  readonly position: number;
  readonly slot: number;
  readonly language: Language;
}

function insertPassage(
  { statements, cutter }: OpenCollection,
  { document, passages }: PackedDocument,
  { number, position, slot, language }: PassageLocation,
  vector: Float32Array<ArrayBuffer>,
  changes: Changes,
): void {
  const passage = passages[position];
  if (passage === undefined) return;
  const owner = statements.passageOwner.get(passage.id);
  if (owner !== undefined) {
    throw new HeddleError(
      'bad_request',
      `Passage '${passage.id}' of document '${document.id}' is in document '${owner}' already: ids are unique in a collection.`,
    );
  }
  const metadata = mergeMetadata(document, passage.metadata);
  statements.insertPassage.run(slot, passage.id, number, position, passage.text, json(passage.place), json(metadata));
  for (const [field, value] of metadataFields(metadata ?? {})) statements.insertField.run(field, value, slot);
  const row = quantiseRow(vector);
  statements.insertRow.run(slot, row);
  statements.insertExact.run(slot, Buffer.from(vector.buffer));
  const text = stemmed(passage.text, language);
  const context = stemmed(passage.context ?? '', language);
  const header = stemmed(passage.header ?? '', language);
  statements.insertWords.run(slot, text, header === '' ? context : `${context}\n${header}`);
  // A term of a header counts once, because a model wrote it.
  const { bag, tokens } = cutter.bagOf(`${context}\n`.repeat(contextWeight) + `${header}\n${text}`);
  statements.insertBag.run(slot, bag);
  if (context !== '') statements.insertTitle.run(slot, cutter.bagOf(context).bag);
  changes.tokens += tokens;
  changes.added.push({ slot, document: number, row });
}
