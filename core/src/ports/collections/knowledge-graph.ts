import { z } from 'zod';
import type { Label } from '../../labels/label.js';
import type { JsonObject } from '../../values/json/json.js';
import type { Destination } from '../destination.js';

/** How the entities of a collection (people, organisations and other named things) and their relations are found. */
export const GraphOptions = z
  .strictObject({
    /**
     * Either a local model that marks names, which finds only entities, or a language model (local, or `connection/model`), which finds
     * entities and relations.
     */
    model: z.string().min(1).max(256),
    /** The types of entities that a language model looks for. Default: the usual ones, such as `person`, `organisation` and `event`. */
    types: z.array(z.string().trim().min(1).max(60)).min(1).max(20).optional(),
    /** Additional instructions for a language model, such as the field of the documents. */
    instructions: z.string().min(1).max(2_000).optional(),
  })
  .meta({ id: 'GraphOptions', title: 'Knowledge graph' });
export type GraphOptions = z.infer<typeof GraphOptions>;

/** A document whose entities could not be found. */
export const GraphFailure = z.object({ document: z.string(), code: z.string(), message: z.string() });
export type GraphFailure = z.infer<typeof GraphFailure>;

/** The knowledge graph of a collection. */
export const GraphState = z
  .object({
    /** Missing if the collection has no knowledge graph. */
    options: GraphOptions.optional(),
    documents: z.int().nonnegative(),
    /** Documents whose entities are not found yet, or were found in other passages or with other options. Includes failures. */
    missing: z.int().nonnegative(),
    /** At most 100. */
    failures: z.array(GraphFailure),
    entities: z.int().nonnegative(),
    relations: z.int().nonnegative(),
  })
  .meta({ id: 'GraphState' });
export type GraphState = z.infer<typeof GraphState>;

/** An estimate of the work to find the entities of a collection. */
export const GraphEstimate = z
  .object({
    documents: z.int().nonnegative(),
    /** Passages that the model reads, one call for each. */
    passages: z.int().nonnegative(),
    /** Tokens that the model reads, counted with the tokenizer of the embedding model. 0 for a model that marks names. */
    tokens: z.int().nonnegative(),
    isLocal: z.boolean(),
  })
  .meta({ id: 'GraphEstimate' });
export type GraphEstimate = z.infer<typeof GraphEstimate>;

/** An entity: something with a name that passages mention. */
export const GraphEntity = z
  .object({
    /** The name in lower case without an article. Entities with the same id are the same. */
    id: z.string(),
    /** The spelling that most passages use. */
    name: z.string(),
    /** The type that most passages give, such as `person`. */
    type: z.string(),
    /** Passages that mention it. */
    passages: z.int().nonnegative(),
    documents: z.int().nonnegative(),
  })
  .meta({ id: 'GraphEntity' });
export type GraphEntity = z.infer<typeof GraphEntity>;

/** What a passage says about two entities. */
export const GraphRelation = z
  .object({
    /** Ids of entities. */
    source: z.string(),
    target: z.string(),
    /** The relation in a few words: `works for`. */
    text: z.string(),
    document: z.string(),
    /** Id of the passage that states it. */
    passage: z.string(),
  })
  .meta({ id: 'GraphRelation' });
export type GraphRelation = z.infer<typeof GraphRelation>;

/** Entities by number of passages, most first. */
export const GraphEntitiesReply = z
  .object({
    entities: z.array(GraphEntity),
    /** The `after` of the next page; missing on the last page. */
    next: z.string().optional(),
  })
  .meta({ id: 'GraphEntitiesReply' });
export type GraphEntitiesReply = z.infer<typeof GraphEntitiesReply>;

/** An entity with what the documents say about it. */
export const GraphEntityReply = z
  .object({
    entity: GraphEntity,
    /** Entities that a person merged into it, at most 50. */
    merged: z.array(z.object({ id: z.string(), name: z.string() })),
    /** Passages that mention it, at most 50. */
    mentions: z.array(z.object({ document: z.string(), title: z.string(), passage: z.string(), text: z.string() })),
    /** Relations from it and to it, at most 200. */
    relations: z.array(GraphRelation),
    /** Entities that occur in the same passages or in a relation with it: at most 50, those with most passages first. */
    neighbours: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        type: z.string(),
        /** Passages that mention both. */
        shared: z.int().nonnegative(),
      }),
    ),
  })
  .meta({ id: 'GraphEntityReply' });
export type GraphEntityReply = z.infer<typeof GraphEntityReply>;

const EntityId = z.string().min(1).max(400);

/** Merges two entities: `entity` becomes part of `into`. */
export const MergeEntitiesRequest = z
  .strictObject({ entity: EntityId, into: EntityId })
  .meta({ id: 'MergeEntitiesRequest' });
export type MergeEntitiesRequest = z.infer<typeof MergeEntitiesRequest>;

/** Marks two entities as different. */
export const KeepApartRequest = z.strictObject({ one: EntityId, other: EntityId }).meta({ id: 'KeepApartRequest' });
export type KeepApartRequest = z.infer<typeof KeepApartRequest>;

/** Two entities that may be the same. */
export const EntitySuggestion = z
  .object({
    /** The entity that more passages mention. */
    one: GraphEntity,
    other: GraphEntity,
    /**
     * `letters`: equal except for case, accents and punctuation. `initials`: a passage explains the abbreviation. `spelling`: long names
     * that differ in one letter.
     */
    reason: z.enum(['letters', 'initials', 'spelling']),
  })
  .meta({ id: 'EntitySuggestion' });
export type EntitySuggestion = z.infer<typeof EntitySuggestion>;

/** Pairs of entities that may be the same. */
export const EntitySuggestionsReply = z
  .object({
    /** Pairs with most passages first, at most 50. */
    suggestions: z.array(EntitySuggestion),
  })
  .meta({ id: 'EntitySuggestionsReply' });
export type EntitySuggestionsReply = z.infer<typeof EntitySuggestionsReply>;

/** An entity that a model found in a passage. */
export interface FoundEntity {
  /** As the passage writes it. */
  readonly name: string;
  readonly type: string;
}

/** A relation that a model found in a passage, between names as the passage writes them. */
interface FoundRelation {
  readonly source: string;
  readonly target: string;
  readonly text: string;
}

/** What a model found in a passage. */
export interface PassageFindings {
  readonly entities: readonly FoundEntity[];
  readonly relations: readonly FoundRelation[];
}

/** Facts about a model that finds entities, known before it is called. */
export interface GraphModelInfo {
  /** `names` marks the names in a text; `language` answers a prompt. */
  readonly kind: 'names' | 'language';
  readonly destination: Destination;
  /** Maximum tokens of prompt and answer together. */
  readonly contextTokens: number;
}

/** A model that finds entities, with the rights, budgets and records of the project of a collection. */
export interface GraphModel extends GraphModelInfo {
  /** For `names`: finds the names in each text. Errors: `label_refused`, `kill_switch` and those of the model. */
  names?(
    texts: readonly string[],
    options: { readonly label: Label; readonly signal: AbortSignal },
  ): Promise<readonly (readonly FoundEntity[])[]>;
  /**
   * For `language`: returns the unchanged reply of the model. Errors: `label_refused`, `budget_exceeded`, `kill_switch` and those of the
   * model.
   */
  write?(
    prompt: { readonly system: string; readonly prompt: string; readonly schema: JsonObject },
    options: { readonly label: Label; readonly signal: AbortSignal },
  ): Promise<string>;
}

/** Opens models that find entities. */
export interface GraphModels {
  /** Describes a model. Errors: `model_unknown`, `model_wrong_kind`, `connection_not_found`. */
  describe(model: string): Promise<GraphModelInfo>;
  /** Opens a model for a collection. Errors: the same. */
  model(collection: string, id: string): Promise<GraphModel>;
}

/** Options of `CollectionGraph.fill`. */
export interface GraphFillOptions {
  readonly signal?: AbortSignal | undefined;
  /** Tries failed documents again. */
  readonly retryFailed?: boolean | undefined;
  readonly onProgress?: (progress: { readonly documents: number; readonly done: number }) => void;
}

/** The knowledge graph of a collection, as the reader of the collection may see it. */
export interface CollectionGraph {
  /** The options of the graph; undefined if the collection has none. */
  options(): Promise<GraphOptions | undefined>;
  state(): Promise<GraphState>;
  /**
   * Sets the options of the graph; undefined removes the graph. Errors: `bad_request`, `model_unknown`, `model_wrong_kind`,
   * `label_refused`.
   */
  set(options: GraphOptions | undefined): Promise<GraphState>;
  /** Estimates the work without calling a model. Errors: as `set`. */
  estimate(options: GraphOptions): Promise<GraphEstimate>;
  /** Finds the entities of all documents that lack them; documents that fail are skipped. Can be repeated after a crash. */
  fill(options?: GraphFillOptions): Promise<GraphState>;
  /** Entities whose name contains `query`. */
  entities(page: {
    readonly query?: string | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  }): Promise<GraphEntitiesReply>;
  /** An entity with its details; undefined if the reader may read no passage that mentions it. */
  entity(id: string): Promise<GraphEntityReply | undefined>;
  /**
   * Merges two entities, also for documents that are read later. Errors: `graph_missing` if the reader does not see one of them;
   * `conflict`.
   */
  merge(request: MergeEntitiesRequest): Promise<void>;
  /** Separates an entity from the one that it was merged into. Errors: as `merge`. */
  unmerge(entity: string): Promise<void>;
  /** Pairs of entities that may be the same. */
  suggestions(): Promise<readonly EntitySuggestion[]>;
  /** Marks two entities as different, so that they are no longer suggested. Errors: as `merge`. */
  keepApart(request: KeepApartRequest): Promise<void>;
  /** The same graph without hidden documents. `hidden` is called each time for the ids of these documents. */
  without(hidden: () => ReadonlySet<string>): CollectionGraph;
}
