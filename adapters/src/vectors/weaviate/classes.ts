import { HeddleError } from '@heddle/core';
import { z } from 'zod';
import { lengthShare, repetition } from '../embedded/search/search-lexical.js';
import type { Connection } from './connection.js';

/**
 * Two classes hold the records of all collections; each collection is a tenant of both. One class holds the passages, so that word
 * statistics count only passages; the other holds all other records.
 */
export interface Classes {
  readonly passages: string;
  readonly records: string;
  /** The prefix of the classes that store the names of collections. */
  readonly names: string;
}

/** The names of the classes on the server. Errors: `setting_invalid`. */
export function classesOf(prefix: string): Classes {
  if (!/^[A-Z][A-Za-z0-9]{0,40}$/.test(prefix))
    throw new HeddleError(
      'setting_invalid',
      `The prefix '${prefix}' cannot begin names of classes in Weaviate: use a capital letter, then letters and digits.`,
    );
  return { passages: `${prefix}_passages`, records: `${prefix}_records`, names: `${prefix}_names_` };
}

const madeBy = 'Made by Heddle';

/** A text that is compared as a whole. */
const compared = (name: string, dataType: 'text' | 'text[]' = 'text'): unknown => ({
  name,
  dataType: [dataType],
  tokenization: 'field',
  indexFilterable: true,
  indexSearchable: false,
});

/** A number that conditions compare. */
const counted = (name: string, dataType: 'int' | 'number'): unknown => ({
  name,
  dataType: [dataType],
  indexFilterable: true,
  indexRangeFilters: true,
});

/** A text that is returned and never searched. */
const kept = (name: string): unknown => ({ name, dataType: ['text'], indexFilterable: false, indexSearchable: false });

/** A vector that is in no index. When its value changes, the server puts the whole object into its indexes again. */
const mark = { vectorizer: { none: {} }, vectorIndexType: 'hnsw', vectorIndexConfig: { skip: true } } as const;

/** Settings of every class: collections are tenants, and a write never creates one by accident. */
const multiTenancyConfig = { enabled: true, autoTenantCreation: false, autoTenantActivation: true } as const;

/** A class without objects that stores a text in its description. */
export const textClass = (name: string, description: string): unknown => ({
  class: name,
  description,
  vectorizer: 'none',
  multiTenancyConfig,
  properties: [],
});

const passagesClass = (name: string, indexFrom: number): unknown => ({
  class: name,
  description: `${madeBy}: passages of collections.`,
  multiTenancyConfig,
  vectorConfig: {
    dense: {
      vectorizer: { none: {} },
      vectorIndexType: 'hnsw',
      vectorIndexConfig: {
        // A search first selects the allowed passages; if they are fewer than this, it compares them exactly.
        distance: 'dot',
        flatSearchCutoff: indexFrom,
        ef: 512,
        efConstruction: 256,
        maxConnections: 32,
        skipDefaultQuantization: true,
      },
    },
    mark,
  },
  // The words are already cut when they are written, so one BM25 fits every language.
  invertedIndexConfig: { bm25: { k1: repetition, b: lengthShare }, stopwords: { preset: 'none' } },
  properties: [
    ...[kept('document'), compared('passage'), compared('revision'), counted('position', 'int')],
    ...[compared('readers', 'text[]'), compared('fields', 'text[]'), compared('ordered', 'text[]')],
    { name: 'terms', dataType: ['text'], tokenization: 'whitespace', indexFilterable: false, indexSearchable: true },
    kept('payload'),
  ],
});

const recordsClass = (name: string): unknown => ({
  class: name,
  description: `${madeBy}: documents, readers and notes of collections.`,
  multiTenancyConfig,
  vectorConfig: { mark },
  invertedIndexConfig: { stopwords: { preset: 'none' } },
  properties: [
    ...[compared('kind'), compared('document'), compared('note'), compared('language')],
    ...[counted('updatedAt', 'number'), counted('passages', 'int'), kept('payload')],
  ],
});

const Known = z.object({
  description: z.string().default(''),
  multiTenancyConfig: z.object({ enabled: z.boolean().default(false) }).default({ enabled: false }),
});

/** Creates both classes if they are missing. Errors: `vector_store_failed`. */
export async function makeClasses(connection: Connection, classes: Classes, indexFrom: number): Promise<void> {
  const wanted = [
    [classes.passages, passagesClass(classes.passages, indexFrom)],
    [classes.records, recordsClass(classes.records)],
  ] as const;
  for (const [name, body] of wanted) {
    if (await isOurs(connection, name)) continue;
    // Another program may create it first.
    await makeClass(connection, body);
  }
}

async function isOurs(connection: Connection, name: string): Promise<boolean> {
  const found = await connection.send({ method: 'GET', path: `/v1/schema/${name}` }, true);
  if (found === undefined) return false;
  const known = Known.parse(found);
  if (known.description.startsWith(madeBy) && known.multiTenancyConfig.enabled) return true;
  throw new HeddleError(
    'vector_store_failed',
    `The class '${name}' on Weaviate at ${connection.host} was not made by Heddle: remove it or give it another name.`,
  );
}

/** Creates a class; false if the name exists. The server creates it only once, whichever program is first. */
export async function makeClass(connection: Connection, body: unknown): Promise<boolean> {
  try {
    await connection.send({ method: 'POST', path: '/v1/schema', body });
    return true;
  } catch (error) {
    if (error instanceof HeddleError && /already exists/i.test(String(error.details?.['reason']))) return false;
    throw error;
  }
}

/** Removes a class if it exists. */
export async function dropClass(connection: Connection, name: string): Promise<void> {
  await connection.send({ method: 'DELETE', path: `/v1/schema/${name}` });
}
