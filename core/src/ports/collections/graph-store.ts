import type { GraphEntity, GraphFailure, GraphModels, GraphRelation } from './knowledge-graph.js';

/** A passage that mentions an entity. */
export interface GraphMention {
  readonly entity: string;
  /** The entity that was found, if it was merged into another one. Missing: the same entity. */
  readonly found?: string | undefined;
  readonly document: string;
  readonly passage: string;
  /** As the passage writes it. */
  readonly name: string;
  readonly type: string;
}

/** The entities and relations found in a document. */
export interface GraphDocument {
  readonly document: string;
  /** A hash of the document, of how it is split, and of the options. */
  readonly key: string;
  /** Each entity once for each passage. */
  readonly mentions: readonly Omit<GraphMention, 'document'>[];
  readonly relations: readonly Omit<GraphRelation, 'document'>[];
}

/** The state of a document that was read or has failed. */
export interface GraphDocumentState {
  readonly document: string;
  readonly key: string;
  readonly relations: number;
  /** Why it could not be read; missing if it was. */
  readonly failure?: Pick<GraphFailure, 'code' | 'message'> | undefined;
}

/** An entity that a person merged into another one. That one may be merged too: then all of them are one entity. */
export interface EntityMerge {
  readonly entity: string;
  readonly target: string;
}

/** Two entities, in any order. */
export interface EntityPair {
  readonly one: string;
  readonly other: string;
}

/** The entities and relations found in a passage of a document that is not completely read yet. */
export interface GraphPassage {
  /** The position of the passage in its document, from 0. */
  readonly number: number;
  readonly passage: string;
  readonly found: Pick<GraphDocument, 'mentions' | 'relations'>;
}

/** The exclusive right of a process to read a document. */
export interface GraphClaim {
  /** Aborts when another process takes over the claim, or the document is deleted. */
  readonly lost: AbortSignal;
  /** Releases the claim, so that another process can read the document if necessary. */
  release(): Promise<void>;
}

/** The position of a mention. */
type MentionPosition = Pick<GraphMention, 'document' | 'passage'>;

/**
 * Stores the entities and relations of collections; the names of collections are resolved above it. Errors of all methods: `storage_*`,
 * `database_*`.
 */
export interface GraphStore {
  /** Creates the graph of a collection. Changes nothing if it already has one. */
  begin(collection: string): Promise<void>;
  /** A process that does not renew its claims for this many milliseconds loses them. Missing: no other process uses the database. */
  readonly claimMs?: number | undefined;
  /** Claims a document; undefined while another process reads it. A process that already has the claim gets it again. */
  claim(collection: string, document: string): Promise<GraphClaim | undefined>;
  /** Stores what was found in passages until the whole document is read. Errors: as `write`. */
  keep(
    collection: string,
    of: Pick<GraphDocument, 'document' | 'key'>,
    passages: readonly GraphPassage[],
  ): Promise<void>;
  /** The stored passages of a document in this state, by number. */
  kept(collection: string, of: Pick<GraphDocument, 'document' | 'key'>): Promise<readonly GraphPassage[]>;
  /** The number of stored passages of each document. */
  keptCounts(
    collection: string,
  ): Promise<readonly (Pick<GraphDocument, 'document' | 'key'> & { readonly passages: number })[]>;
  /**
   * Replaces the entities and relations of a document in one commit, and ends its claim. Errors: `graph_missing` if the graph does not
   * exist or was removed; `conflict` if this process has no claim.
   */
  write(collection: string, found: GraphDocument): Promise<void>;
  /**
   * Records that a document could not be read, and ends its claim. Removes what was found in it before, but keeps stored passages. Errors:
   * as `write`.
   */
  fail(
    collection: string,
    failed: Pick<GraphDocument, 'document' | 'key'> & Pick<GraphFailure, 'code' | 'message'>,
  ): Promise<void>;
  /** The state of a document; undefined if it was not read. */
  state(collection: string, document: string): Promise<GraphDocumentState | undefined>;
  /**
   * Removes what was found in documents, including claims to read them. Without `documents`, removes the collection's graph in steps that
   * can be repeated.
   */
  forget(collection: string, documents?: readonly string[]): Promise<void>;
  /** Documents that were read, by id. */
  documents(
    collection: string,
    page: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<readonly GraphDocumentState[]>;
  counts(collection: string): Promise<{ readonly entities: number; readonly relations: number }>;
  /**
   * Entities by number of passages, most first, then by id. `query` is a part of the id. Name and type come from one of the entity's
   * passages.
   */
  entities(
    collection: string,
    page: {
      readonly query?: string | undefined;
      readonly after?: Pick<GraphEntity, 'id' | 'passages'> | undefined;
      readonly limit: number;
    },
  ): Promise<readonly GraphEntity[]>;
  /** Those of these entities that exist. */
  find(collection: string, ids: readonly string[]): Promise<readonly GraphEntity[]>;
  /** Mentions of an entity by document and passage. */
  mentionsOf(
    collection: string,
    entity: string,
    page: { readonly after?: MentionPosition | undefined; readonly limit: number },
  ): Promise<readonly GraphMention[]>;
  /** All mentions of some entities. */
  mentionsOfAll(collection: string, entities: readonly string[]): Promise<readonly GraphMention[]>;
  /** All mentions in some passages. */
  mentionsIn(collection: string, passages: readonly MentionPosition[]): Promise<readonly GraphMention[]>;
  /** Entities by id. */
  entitiesById(
    collection: string,
    page: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<readonly GraphEntity[]>;
  /** The number of passages and documents that mention at least one of these entities. */
  countOf(collection: string, entities: readonly string[]): Promise<Pick<GraphEntity, 'passages' | 'documents'>>;
  /** Mentions of at least one of these entities, by document and passage, so that mentions in the same passage are adjacent. */
  mentionsOfAny(
    collection: string,
    entities: readonly string[],
    page: { readonly after?: MentionPosition | undefined; readonly limit: number },
  ): Promise<readonly GraphMention[]>;
  /** The merges of a collection. All other methods ignore merges. */
  merges(collection: string): Promise<readonly EntityMerge[]>;
  /** Merges an entity into another one. Errors: `graph_missing`; `conflict` if one of the two is already merged. */
  merge(collection: string, merge: EntityMerge): Promise<void>;
  /** Separates an entity from the one that it was merged into. Errors: `graph_missing`; `conflict` if it is not merged. */
  unmerge(collection: string, entity: string): Promise<void>;
  /** Pairs of entities that a person marked as different. */
  apart(collection: string): Promise<readonly EntityPair[]>;
  /** Marks two entities as different. Errors: `graph_missing`. */
  keepApart(collection: string, pair: EntityPair): Promise<void>;
  /** Relations of at least one of these entities, by document and `number`. */
  relationsOfAny(
    collection: string,
    entities: readonly string[],
    page: {
      readonly after?: { readonly document: string; readonly number: number } | undefined;
      readonly limit: number;
    },
  ): Promise<readonly NumberedRelation[]>;
  /** Relations from or to an entity, by document and `number`. */
  relationsOf(
    collection: string,
    entity: string,
    page: {
      readonly after?: { readonly document: string; readonly number: number } | undefined;
      readonly limit: number;
    },
  ): Promise<readonly NumberedRelation[]>;
}

/** A relation with its number in its document. */
export interface NumberedRelation extends GraphRelation {
  readonly number: number;
}

/** The parts that build and store knowledge graphs of collections. */
export interface Graphs extends GraphModels {
  readonly store: GraphStore;
}
