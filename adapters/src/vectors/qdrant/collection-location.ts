import type { Connection } from './connection.js';

/** Where a collection is on a Qdrant server. */
export interface CollectionLocation {
  readonly connection: Connection;
  readonly name: string;
  /** The name of the collection, or of its alias, on the server. */
  readonly remote: string;
  readonly dimensions: number;
}
