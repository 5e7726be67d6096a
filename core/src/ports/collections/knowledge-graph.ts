import { z } from 'zod';
import type { Label } from '../../labels/label.js';
import type { JsonObject } from '../../values/json/json.js';
import type { Destination } from '../destination.js';

/** How the entities of a collection are found: people, organisations and other things with names, and what a passage says about two of them. */
export const GraphOptions = z
  .strictObject({
    /** A model of this machine that marks names: it finds entities. Or a language model, here or as `connection/model`: it finds entities and relations. */
    model: z.string().min(1).max(256),
    /** The types of entities that a language model looks for. Without it: the usual ones, such as `person`, `organisation` and `event`. */
    types: z.array(z.string().trim().min(1).max(60)).min(1).max(20).optional(),
    /** What a language model is asked for beyond the usual, such as the field of the documents. */
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
    /** Missing: the collection has none. */
    options: GraphOptions.optional(),
    /** Documents of the collection. */
    documents: z.int().nonnegative(),
    /** Documents whose entities are not found yet, or were found in other passages or by other options. Includes failures. */
    missing: z.int().nonnegative(),
    /** At most 100. */
    failures: z.array(GraphFailure),
    entities: z.int().nonnegative(),
    relations: z.int().nonnegative(),
  })
  .meta({ id: 'GraphState' });
export type GraphState = z.infer<typeof GraphState>;

/** What finding the entities of a collection would take. */
export const GraphEstimate = z
  .object({
    documents: z.int().nonnegative(),
    /** Passages that the model reads, a call each. */
    passages: z.int().nonnegative(),
    /** Tokens that the model reads, as the embedding model counts the passages. 0 for a model that marks names. */
    tokens: z.int().nonnegative(),
    isLocal: z.boolean(),
  })
  .meta({ id: 'GraphEstimate' });
export type GraphEstimate = z.infer<typeof GraphEstimate>;

/** Something with a name that passages mention. */
export const GraphEntity = z
  .object({
    /** Its name in lower case without an article: what tells entities apart. */
    id: z.string(),
    /** As most passages write it. */
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
    /** What connects them, in a few words: `works for`. */
    text: z.string(),
    document: z.string(),
    /** Id of the passage that says it. */
    passage: z.string(),
  })
  .meta({ id: 'GraphRelation' });
export type GraphRelation = z.infer<typeof GraphRelation>;

/** Entities by number of passages, most first. */
export const GraphEntitiesReply = z
  .object({
    entities: z.array(GraphEntity),
    /** Pass it as `after` for the next ones; missing at the end. */
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
    /** Entities that the same passages mention, or that a relation names: at most 50, those of most passages first. */
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

/** Makes two entities one: `entity` becomes a part of `into`. */
export const MergeEntitiesRequest = z
  .strictObject({ entity: EntityId, into: EntityId })
  .meta({ id: 'MergeEntitiesRequest' });
export type MergeEntitiesRequest = z.infer<typeof MergeEntitiesRequest>;

/** Says that two entities are not the same. */
export const KeepApartRequest = z.strictObject({ one: EntityId, other: EntityId }).meta({ id: 'KeepApartRequest' });
export type KeepApartRequest = z.infer<typeof KeepApartRequest>;

/** Two entities that may be one. */
export const EntitySuggestion = z
  .object({
    /** The one that more passages mention. */
    one: GraphEntity,
    other: GraphEntity,
    /** `letters`: the same but for case, accents and punctuation. `initials`: a passage explains them. `spelling`: long names that differ in one letter. */
    reason: z.enum(['letters', 'initials', 'spelling']),
  })
  .meta({ id: 'EntitySuggestion' });
export type EntitySuggestion = z.infer<typeof EntitySuggestion>;

/** Pairs of entities that may be one. */
export const EntitySuggestionsReply = z
  .object({
    /** Those of most passages first, at most 50. */
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
export interface FoundInPassage {
  readonly entities: readonly FoundEntity[];
  readonly relations: readonly FoundRelation[];
}

/** What is known of a model that finds entities before it is called. */
export interface GraphModelInfo {
  /** `names` marks the names in a text; `language` answers a prompt. */
  readonly kind: 'names' | 'language';
  readonly destination: Destination;
  /** Maximum tokens of prompt and answer together. */
  readonly contextTokens: number;
}

/** A model that finds entities, with the rights, budgets and records of the project of a collection. */
export interface GraphModel extends GraphModelInfo {
  /** For `names`: the names in each text. Errors: `label_refused`, `kill_switch` and those of the model. */
  names?(
    texts: readonly string[],
    options: { readonly label: Label; readonly signal: AbortSignal },
  ): Promise<readonly (readonly FoundEntity[])[]>;
  /** For `language`: gives the unchanged reply of the model. Errors: `label_refused`, `budget_exceeded`, `kill_switch` and those of the model. */
  write?(
    prompt: { readonly system: string; readonly prompt: string; readonly schema: JsonObject },
    options: { readonly label: Label; readonly signal: AbortSignal },
  ): Promise<string>;
}

/** Opens models that find entities. */
export interface GraphModels {
  /** Errors: `model_unknown`, `model_wrong_kind`, `connection_not_found`. */
  describe(model: string): Promise<GraphModelInfo>;
  /** Opens it for a collection. Errors: the same. */
  model(collection: string, id: string): Promise<GraphModel>;
}

/** Options of a step that finds entities. */
export interface GraphFillOptions {
  readonly signal?: AbortSignal | undefined;
  /** Tries documents again that failed. */
  readonly retryFailed?: boolean | undefined;
  readonly onProgress?: (progress: { readonly documents: number; readonly done: number }) => void;
}

/** The knowledge graph of a collection, as the reader of the collection may see it. */
export interface CollectionGraph {
  /** How entities are found; undefined where the collection has no graph. */
  options(): Promise<GraphOptions | undefined>;
  state(): Promise<GraphState>;
  /** Sets how entities are found; undefined removes the graph. Errors: `bad_request`, `model_unknown`, `model_wrong_kind`, `label_refused`. */
  set(options: GraphOptions | undefined): Promise<GraphState>;
  /** Calls no model. Errors: as `set`. */
  estimate(options: GraphOptions): Promise<GraphEstimate>;
  /** Finds the entities of documents that lack them, until none is missing or each missing one has failed. It can be repeated after a crash. */
  fill(options?: GraphFillOptions): Promise<GraphState>;
  /** Entities whose name contains `query`. */
  entities(page: {
    readonly query?: string | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  }): Promise<GraphEntitiesReply>;
  /** Undefined where the reader may read no passage that mentions it. */
  entity(id: string): Promise<GraphEntityReply | undefined>;
  /** Makes two entities one, also in documents that are read later. Errors: `graph_missing` where the reader sees one of them not; `conflict`. */
  merge(request: MergeEntitiesRequest): Promise<void>;
  /** Separates an entity from the one that it was merged into. Errors: as `merge`. */
  unmerge(entity: string): Promise<void>;
  /** Entities that may be one. */
  suggestions(): Promise<readonly EntitySuggestion[]>;
  /** Says that two entities are not the same: they are suggested no more. Errors: as `merge`. */
  keepApart(request: KeepApartRequest): Promise<void>;
  /** The same graph without hidden documents. Each call of the graph asks the function which documents are hidden. */
  without(hidden: () => ReadonlySet<string>): CollectionGraph;
}
