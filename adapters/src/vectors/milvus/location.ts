import type { Entry } from '../shared/names-chain.js';
import type { Connection } from './connection.js';
import type { Names } from './names.js';
import { passageColumns } from './schema.js';
import { Table } from './table.js';

/** Where a collection is on the server. */
export interface MilvusLocation {
  readonly connection: Connection;
  readonly names: Names;
  /** The table with the records of all collections, except passages. */
  readonly records: Table;
  /** Word statistics by tenant. */
  readonly facts: Map<string, Statistics>;
  readonly name: string;
}

/** How many passages there are, and how many contain each term. Used only to weigh the words of a question. */
export interface Statistics {
  readonly readAt: number;
  readonly passages: number;
  readonly counts: Map<string, number>;
}

/** One collection during one call. */
export interface Place extends Entry {
  readonly location: MilvusLocation;
  /** The table of its passages; its name is the tenant. */
  readonly passages: Table;
}

/** Adds the tables to an entry. */
export const placeIn = (location: MilvusLocation, entry: Entry): Place => ({
  ...entry,
  location,
  passages: passagesOf(location.connection, entry.tenant, entry.dimensions),
});

/** Looks up which collection has the name now, because other programs can rename collections. Errors: `collection_not_found`. */
export const placeOf = async (location: MilvusLocation): Promise<Place> =>
  placeIn(location, await location.names.find(location.name));

/** The length of the vectors in a table: at least 2. */
export const lengthOf = (dimensions: number): number => Math.max(2, dimensions);

/** The table of passages of a collection. */
export const passagesOf = (connection: Connection, tenant: string, dimensions: number): Table =>
  new Table(connection, tenant, passageColumns(lengthOf(dimensions)));
