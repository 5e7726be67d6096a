import type { Schema } from 'apache-arrow';
import { createHash } from 'node:crypto';
import type { StoredDocument } from '@heddle/core';
import { firstText, languageOf } from '../embedded/languages/language-of.js';
import type { Language } from '../embedded/languages/languages.js';
import { normalise } from '../embedded/quantise.js';
import { fieldTerms } from '../shared/field-terms.js';
import { recordId, type CollectionRecord } from '../shared/payloads.js';
import { countTerms } from '../shared/terms.js';
import type { Library } from './library.js';

/**
 * A record as a row. Every text that a condition compares is hexadecimal, so that no text of a document, filter or reader becomes part of a
 * condition. Hexadecimal texts sort like their bytes.
 */
interface Row extends Readonly<Record<string, unknown>> {
  readonly key: string;
  readonly kind: string;
  readonly document: string | null;
  readonly id: string | null;
  readonly revision: string | null;
  readonly position: number | null;
  readonly readers: readonly string[] | null;
  readonly fields: readonly string[] | null;
  readonly terms: string | null;
  readonly vector: Float32Array | null;
  readonly payload: string;
}

/** A text in the form that conditions use. */
export const hex = (text: string): string => Buffer.from(text, 'utf8').toString('hex');

/** The digest of a text that is only compared for equality. */
export const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The schema of a collection's table. */
export function schemaOf({ arrow }: Library, dimensions: number): Schema {
  const { Field, FixedSizeList, Float32, Int32, List, Utf8 } = arrow;
  const text = (name: string): InstanceType<typeof Field> => new Field(name, new Utf8(), true);
  const texts = (name: string): InstanceType<typeof Field> =>
    new Field(name, new List(new Field('item', new Utf8(), true)), true);
  return new arrow.Schema([
    ...[new Field('key', new Utf8(), false), new Field('kind', new Utf8(), false)],
    ...[text('document'), text('id'), text('revision'), new Field('position', new Int32(), true)],
    ...[texts('readers'), texts('fields'), text('terms')],
    new Field('vector', new FixedSizeList(dimensions, new Field('item', new Float32(), true)), true),
    text('payload'),
  ]);
}

/** Converts records into rows, and returns the languages of their passages. */
export function rowsOf(records: readonly CollectionRecord[]): {
  readonly rows: readonly Row[];
  readonly languages: readonly string[];
} {
  const languages = new Map<StoredDocument, Language>();
  const rows = records.map((record) =>
    'passage' in record ? passageRow(record, languages) : otherRow(record.payload),
  );
  return { rows, languages: [...new Set([...languages.values()].map(({ code }) => code))] };
}

const nothing = {
  document: null,
  id: null,
  revision: null,
  position: null,
  readers: null,
  fields: null,
  terms: null,
  vector: null,
};

function otherRow(payload: CollectionRecord['payload']): Row {
  const names = payload.kind === 'note' ? { id: digest(payload.id) } : { document: hex(payload.document) };
  return { ...nothing, ...names, key: recordId(payload), kind: payload.kind, payload: JSON.stringify(payload) };
}

function passageRow(
  { payload, passage, document }: Extract<CollectionRecord, { readonly passage: unknown }>,
  languages: Map<StoredDocument, Language>,
): Row {
  const language = languages.get(document) ?? languageOf(firstText(document.passages));
  languages.set(document, language);
  const { counts } = countTerms(passage, language);
  const { kind, id, revision, position, readers } = payload;
  return {
    key: recordId(payload),
    kind,
    document: hex(payload.document),
    id: digest(id),
    revision,
    position,
    readers: readers?.map(digest) ?? null,
    fields: fieldTerms(document.document, payload.metadata ?? {}).map(hex),
    terms: [...counts].map(([term, count]) => `${term} `.repeat(count)).join(''),
    vector: normalise(passage.vector),
    // The list of readers has a column of its own, the only copy that a change must write.
    payload: JSON.stringify({ ...payload, readers: undefined }),
  };
}
