import type { Connection } from './connection.js';
import type { Indexes } from './indexes.js';
import type { Entry } from '../shared/names-chain.js';
import type { Names } from './names.js';
import { Namespace, type Log } from './namespace.js';

/** Where a collection is. */
export interface PineconeLocation {
  readonly connection: Connection;
  readonly indexes: Indexes;
  readonly names: Names;
  readonly log: Log;
  readonly facts: Map<string, Facts>;
  /** Where partly read lists of documents continue. */
  readonly walks: Map<string, Walk>;
  readonly name: string;
}

/** The rest of a list of documents: ids that are already read, and the token of the next page. */
export interface Walk {
  readonly ids: readonly string[];
  readonly next: string | undefined;
}

/** The facts of a collection that a keyword search needs; Pinecone has no word statistics. */
export interface Facts {
  readonly readAt: number;
  readonly passages: number;
  readonly languages: readonly string[];
  /** How many passages contain each term that was searched so far. */
  readonly counts: Map<string, number>;
}

/** The two namespaces of a collection. */
export interface Place {
  readonly entry: Entry;
  readonly terms: Namespace;
  readonly vectors: Namespace;
}

/** The namespaces of the collection that has the name now, because another program can rename it. Errors: `collection_not_found`. */
export async function placeOf(location: PineconeLocation, signal?: AbortSignal): Promise<Place> {
  return placeIn(location, await location.names.find(location.name), signal);
}

/** The namespaces of an entry. */
export async function placeIn(location: PineconeLocation, entry: Entry, signal?: AbortSignal): Promise<Place> {
  const { connection, indexes, log, name } = location;
  const context = { connection, log, collection: name, signal };
  const [terms, vectors] = await Promise.all([indexes.terms(signal), indexes.vectors(entry.dimensions, signal)]);
  return {
    entry,
    terms: new Namespace(context, terms, entry.tenant),
    vectors: new Namespace(context, vectors, entry.tenant, entry.dimensions),
  };
}
