import type { GraphEntity, GraphFailure, GraphModels, GraphRelation } from './knowledge-graph.js';

/** A passage that mentions an entity. */
export interface GraphMention {
  readonly entity: string;
  /** The entity before it was merged into another one. Missing: the same. */
  readonly found?: string | undefined;
  readonly document: string;
  readonly passage: string;
  /** As the passage writes it. */
  readonly name: string;
  readonly type: string;
}

/** What was found in a document. */
export interface GraphDocument {
  readonly document: string;
  /** The hash of what was read and how: the document, how it is cut, and the options. */
  readonly key: string;
  /** Each entity once a passage. */
  readonly mentions: readonly Omit<GraphMention, 'document'>[];
  readonly relations: readonly Omit<GraphRelation, 'document'>[];
}

/** A document that was read, or could not be. */
export interface GraphDocumentState {
  readonly document: string;
  readonly key: string;
  readonly relations: number;
  /** Why it could not be read. */
  readonly failure?: Pick<GraphFailure, 'code' | 'message'> | undefined;
}

/** An entity that a person merged into another one. The other one may be merged too: all of them are one. */
export interface EntityMerge {
  readonly entity: string;
  readonly target: string;
}

/** Two entities, in any order. */
export interface EntityPair {
  readonly one: string;
  readonly other: string;
}

/** What was found in a passage of a document that is not read to its end. */
export interface GraphPassage {
  /** The position of the passage in its document, from 0. */
  readonly number: number;
  /** Id of the passage. */
  readonly passage: string;
  readonly found: Pick<GraphDocument, 'mentions' | 'relations'>;
}

/** The right of one process to read a document. */
export interface GraphClaim {
  /** Aborts when another process has the right, or the document was deleted. */
  readonly lost: AbortSignal;
  /** Lets another process read the document, if that is still needed. */
  release(): Promise<void>;
}

/** Where a mention stands. */
type MentionPosition = Pick<GraphMention, 'document' | 'passage'>;

/** The entities and relations of collections, below the names of the collections. Errors of all: `storage_*`, `database_*`. */
export interface GraphStore {
  /** Begins the graph of a collection. It changes nothing if the collection has a graph. */
  begin(collection: string): Promise<void>;
  /** Milliseconds after which a process that does not renew its claims loses them. Missing: no other process works on the database. */
  readonly claimMs?: number | undefined;
  /** Claims a document. Undefined while another process reads it. A process that needs a claim of its own again has it. */
  claim(collection: string, document: string): Promise<GraphClaim | undefined>;
  /** Keeps what was found in passages, until the document is read to its end. Errors: as `write`. */
  keep(
    collection: string,
    of: Pick<GraphDocument, 'document' | 'key'>,
    passages: readonly GraphPassage[],
  ): Promise<void>;
  /** The kept passages of a document in this state, by number. */
  kept(collection: string, of: Pick<GraphDocument, 'document' | 'key'>): Promise<readonly GraphPassage[]>;
  /** How many passages of each document are kept. */
  keptCounts(
    collection: string,
  ): Promise<readonly (Pick<GraphDocument, 'document' | 'key'> & { readonly passages: number })[]>;
  /**
   * Replaces what was found in a document, in one commit, and ends its claim. Errors: `graph_missing` where the graph did not begin, or was removed;
   * `conflict` without a claim of this process.
   */
  write(collection: string, found: GraphDocument): Promise<void>;
  /** Says that a document could not be read, and ends its claim. What was found in it before is removed; kept passages stay. Errors: as `write`. */
  fail(
    collection: string,
    failed: Pick<GraphDocument, 'document' | 'key'> & Pick<GraphFailure, 'code' | 'message'>,
  ): Promise<void>;
  /** What is known of a document. */
  state(collection: string, document: string): Promise<GraphDocumentState | undefined>;
  /** Removes what was found in documents, also claims to read them; without documents, the graph of the collection, in steps that can be repeated. */
  forget(collection: string, documents?: readonly string[]): Promise<void>;
  /** Documents that were read, by id. */
  documents(
    collection: string,
    page: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<readonly GraphDocumentState[]>;
  counts(collection: string): Promise<{ readonly entities: number; readonly relations: number }>;
  /** Entities by number of passages, most first, then by id. `query` is a part of the id. Name and type are those of one of its passages. */
  entities(
    collection: string,
    page: {
      readonly query?: string | undefined;
      readonly after?: Pick<GraphEntity, 'id' | 'passages'> | undefined;
      readonly limit: number;
    },
  ): Promise<readonly GraphEntity[]>;
  /** Those of these entities that there are. */
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
  /** In how many passages and documents at least one of some entities is mentioned. */
  countOf(collection: string, entities: readonly string[]): Promise<Pick<GraphEntity, 'passages' | 'documents'>>;
  /** Mentions of at least one of some entities, by document and passage; several of a passage stand together. */
  mentionsOfAny(
    collection: string,
    entities: readonly string[],
    page: { readonly after?: MentionPosition | undefined; readonly limit: number },
  ): Promise<readonly GraphMention[]>;
  /** The merges of a collection. All other questions are answered without them. */
  merges(collection: string): Promise<readonly EntityMerge[]>;
  /** Merges an entity into another one. Errors: `graph_missing`; `conflict` where one of the two was merged before. */
  merge(collection: string, merge: EntityMerge): Promise<void>;
  /** Separates an entity from the one that it was merged into. Errors: `graph_missing`; `conflict` where it is not merged. */
  unmerge(collection: string, entity: string): Promise<void>;
  /** Pairs that a person said are not the same. */
  apart(collection: string): Promise<readonly EntityPair[]>;
  /** Says that two entities are not the same. Errors: `graph_missing`. */
  keepApart(collection: string, pair: EntityPair): Promise<void>;
  /** Relations of at least one of some entities, by document and `number`. */
  relationsOfAny(
    collection: string,
    entities: readonly string[],
    page: {
      readonly after?: { readonly document: string; readonly number: number } | undefined;
      readonly limit: number;
    },
  ): Promise<readonly NumberedRelation[]>;
  /** Relations from an entity and to it, by document and `number`. */
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

/** What knowledge graphs of collections are made and kept with. */
export interface Graphs extends GraphModels {
  readonly store: GraphStore;
}
