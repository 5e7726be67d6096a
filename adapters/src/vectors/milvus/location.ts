import type { Entry } from '../shared/names-chain.js';
import type { Connection } from './connection.js';
import type { Names } from './names.js';
import { passageColumns } from './schema.js';
import { Table } from './table.js';

/** Where a collection is on the server. */
export interface MilvusLocation {
  readonly connection: Connection;
  readonly names: Names;
  /** The records of all collections that are no passages. */
  readonly records: Table;
  /** Statistics of words by tenant. */
  readonly facts: Map<string, Statistics>;
  readonly name: string;
}

/** How many passages there are, and how many of them have a term. They weigh the words of a question and decide nothing else. */
export interface Statistics {
  readonly readAt: number;
  readonly passages: number;
  readonly counts: Map<string, number>;
}

/** One collection during one call. */
export interface Place extends Entry {
  readonly location: MilvusLocation;
  /** The table of its passages, which is named like the tenant. */
  readonly passages: Table;
}

/** The tables of an entry. */
export const placeIn = (location: MilvusLocation, entry: Entry): Place => ({
  ...entry,
  location,
  passages: passagesOf(location.connection, entry.tenant, entry.dimensions),
});

/** The table that has this name now: other programs give it other names. Errors: `collection_not_found`. */
export const placeOf = async (location: MilvusLocation): Promise<Place> =>
  placeIn(location, await location.names.find(location.name));

/** The length of vectors in a table. */
export const lengthOf = (dimensions: number): number => Math.max(2, dimensions);

/** The table of passages of a collection. */
export const passagesOf = (connection: Connection, tenant: string, dimensions: number): Table =>
  new Table(connection, tenant, passageColumns(lengthOf(dimensions)));
