import { createHash } from 'node:crypto';
import type { StoredDocument } from '@heddle/core';
import { firstText, languageOf } from '../embedded/languages/language-of.js';
import type { Language } from '../embedded/languages/languages.js';
import { normalise } from '../embedded/quantise.js';
import { fieldTerms } from '../shared/field-terms.js';
import { recordId, type CollectionRecord } from '../shared/payloads.js';
import { countTerms } from '../shared/terms.js';
import type { Classes } from './classes.js';
import { digest, fieldsValue, hex, isOrdered, orderedTerm, readersValue } from './conditions.js';

/**
 * A record as the server stores it. Values that conditions compare are digests or hexadecimal, because the server trims spaces from texts.
 */
export interface StoredObject {
  readonly class: string;
  readonly tenant: string;
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly vectors: Readonly<Record<string, readonly number[]>>;
}

/**
 * The mark vector of all objects. If an object is written again with the same vectors, the server updates only the indexes of changed
 * parts, and the object can be found all the time.
 */
const sameMark: readonly number[] = [0];

/**
 * A mark vector that no object had before. After the server was killed, an object may be in only some of its indexes. Writing it again with
 * this vector puts it into all of them; for a moment no search finds it.
 */
export const newMark = (): readonly number[] => [1 + Math.random()];

/** Derives a UUID from a text. */
export function uuidOf(text: string): string {
  const digits = createHash('sha256').update(text).digest('hex');
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `8${digits.slice(13, 16)}`, `a${digits.slice(17, 20)}`];
  return [...parts, digits.slice(20, 32)].join('-');
}

/** The object of a record other than a passage. */
export const recordObject = (
  place: Pick<StoredObject, 'class' | 'tenant'>,
  id: string,
  properties: StoredObject['properties'],
): StoredObject => ({ ...place, id, properties, vectors: { mark: sameMark } });

/** Converts records into objects, and returns the languages of their passages. */
export function objectsOf(
  records: readonly CollectionRecord[],
  classes: Classes,
  tenant: string,
): { readonly objects: readonly StoredObject[]; readonly languages: readonly string[] } {
  const languages = new Map<StoredDocument, Language>();
  const objects = records.map((record) =>
    'passage' in record
      ? { class: classes.passages, tenant, ...passageObject(record, languages) }
      : recordObject({ class: classes.records, tenant }, recordId(record.payload), otherProperties(record.payload)),
  );
  return { objects, languages: [...new Set([...languages.values()].map(({ code }) => code))] };
}

function otherProperties(
  payload: Exclude<CollectionRecord['payload'], { kind: 'passage' }>,
): StoredObject['properties'] {
  const text = JSON.stringify(payload);
  if (payload.kind === 'note') return { kind: payload.kind, note: digest(payload.id), payload: text };
  // Counts use a number property of the objects: after the server was killed, its indexes may still name objects that are gone.
  const numbers =
    payload.kind === 'document'
      ? { updatedAt: payload.updatedAt, passages: payload.passages }
      : { updatedAt: Date.now(), passages: 0 };
  return { kind: payload.kind, document: hex(payload.document), payload: text, ...numbers };
}

function passageObject(
  { payload, passage, document }: Extract<CollectionRecord, { readonly passage: unknown }>,
  languages: Map<StoredDocument, Language>,
): Pick<StoredObject, 'id' | 'properties' | 'vectors'> {
  const language = languages.get(document) ?? languageOf(firstText(document.passages));
  languages.set(document, language);
  const { counts } = countTerms(passage, language);
  const terms = fieldTerms(document.document, payload.metadata ?? {});
  const { document: id, id: own, revision, position, readers } = payload;
  return {
    // Each put writes objects with new ids, so those of the put before can be found until they are removed.
    id: uuidOf(`${recordId(payload)} ${revision}`),
    properties: {
      document: digest(id),
      passage: digest(own),
      revision,
      position,
      readers: readersValue(readers),
      fields: fieldsValue(id, terms),
      ordered: [...new Set(terms.filter(isOrdered).map(orderedTerm))],
      terms: [...counts].map(([term, count]) => `${term} `.repeat(count)).join(''),
      // The list of readers has a property of its own, the only copy that a change must write.
      payload: JSON.stringify({ ...payload, readers: undefined }),
    },
    vectors: { dense: [...normalise(passage.vector)], mark: sameMark },
  };
}
