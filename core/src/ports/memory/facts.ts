import { z } from 'zod';
import { Label, type LabelLevel } from '../../labels/label.js';
import { ConversationOwner, type ConversationQuery } from '../conversations.js';
import type { CommitOf } from '../database/guarded-write.js';
import type { SweptAmong } from './retention-rules.js';

/** Maximum number of facts of one subject in one workflow. Beyond it, a new fact replaces the one that was written longest ago. */
export const mostFacts = 1_000;
/** Maximum length of a fact's key in characters. */
export const longestFactKey = 200;
/** Maximum length of a fact's text in characters. */
export const longestFact = 2_000;

/** A long-term fact that a workflow remembers about a subject. It outlives the thread. */
export const StoredFact = z
  .object({
    id: z.string(),
    owner: ConversationOwner,
    /** What the fact is about. A workflow stores one fact for each subject and key. */
    key: z.string(),
    text: z.string(),
    label: Label,
    /** The run that wrote the fact, and the thread of that run. */
    run: z.string().optional(),
    thread: z.string().optional(),
    /** Epoch milliseconds. */
    createdAt: z.number(),
    updatedAt: z.number(),
    /** The fact is not read from this time on; missing for a fact that is kept until it is erased. */
    expiresAt: z.number().optional(),
  })
  .meta({ id: 'StoredFact' });
export type StoredFact = z.infer<typeof StoredFact>;

/** A fact to remember. */
export interface NewFact extends Pick<StoredFact, 'key' | 'text' | 'label'> {
  /** How long to keep the fact, in milliseconds from now; without it, until it is erased. */
  readonly keepMs?: number | undefined;
}

/** A fact that was found. `similarity` is its cosine similarity to the query, if both have a vector of the same model. */
export type FoundFact = Pick<StoredFact, 'id' | 'key' | 'text' | 'label' | 'updatedAt'> & {
  readonly similarity?: number;
};

/** A query for facts. */
export interface FactRequest {
  /** With a vector, the nearest facts come first; without it, the newest. */
  readonly like?: { readonly vector: Float32Array; readonly model: string } | undefined;
  /** The highest level that the reader may see. */
  readonly reader: LabelLevel;
  readonly limit: number;
}

/** The vector of one fact. */
export interface FactVector {
  readonly id: string;
  /** The text that the vector was computed from, as `withoutVector` returned it. */
  readonly text: string;
  readonly vector: Float32Array;
}

/** The facts of a run's workflow and subject. Nothing in the run can select another owner. Errors: `storage_*`. */
export interface Facts {
  /** Expired facts are never found. */
  find(request: FactRequest): Promise<readonly FoundFact[]>;
  /** Returns facts up to a level that have no vector of this model: they are new, were edited, or have a vector of another model. */
  withoutVector(model: string, reader: LabelLevel): Promise<readonly Pick<StoredFact, 'id' | 'text'>[]>;
  /** Stores vectors. Skips facts that were erased meanwhile or whose text has changed. */
  setVectors(model: string, vectors: readonly FactVector[]): Promise<void>;
  /**
   * Writes facts once: a repeated call with the same idempotency key changes nothing. A new fact replaces an existing one with the same
   * fact key.
   */
  remember(facts: readonly NewFact[], options: { readonly idempotencyKey: string }): Promise<void>;
}

/** The run that reads and writes facts. */
export interface FactReader {
  readonly run: string;
  readonly thread?: string | undefined;
}

/** The result of erasing facts. */
export interface ErasedFacts {
  readonly facts: number;
  /** SHA-256 of the JSON of each fact, as `sha256:<hex>`. */
  readonly hashes: readonly string[];
}

/** A person's change to a fact. `expiresAt: null` keeps it until it is erased. */
interface FactChange {
  readonly text?: string | undefined;
  readonly expiresAt?: number | null | undefined;
}

/**
 * All stored facts, for the host. A run only gets the facts of its own subject. An operation that must be audited takes a `commit`; without
 * one, the store commits by itself. Errors: `storage_*`, `database_*`.
 */
export interface FactStore {
  /** Returns the facts of an owner, for one run. */
  of(owner: ConversationOwner, reader: FactReader): Facts;
  /** Returns the newest facts first, including expired ones that are not removed yet. */
  list(query: ConversationQuery): Promise<readonly StoredFact[]>;
  count(query: ConversationQuery): Promise<number>;
  find(id: string): Promise<StoredFact | undefined>;
  /** Errors: `not_found`. */
  change(id: string, change: FactChange, commit?: CommitOf<StoredFact>): Promise<StoredFact>;
  /** Erases these facts as they are when the transaction commits. Call `forgetErased` afterwards. */
  erase(ids: readonly string[], commit?: CommitOf<ErasedFacts>): Promise<ErasedFacts>;
  /** Erases up to `limit` expired facts. Returns their number. */
  sweepExpired(limit: number): Promise<number>;
  /** Erases up to `limit` facts that were last written before a time; `among` limits which ones. Returns their number. */
  sweep(before: number, limit: number, among?: SweptAmong): Promise<number>;
  /** Removes the erased data from the database log too. */
  forgetErased(): Promise<void>;
}
