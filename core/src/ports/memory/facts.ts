import { z } from 'zod';
import { Label, type LabelLevel } from '../../labels/label.js';
import { ConversationOwner, type ConversationQuery } from '../conversations.js';
import type { CommitOf } from '../database/guarded-write.js';
import type { SweptAmong } from './retention-rules.js';

/** The most facts of a subject on a workflow. A new one then replaces the one that was written longest ago. */
export const mostFacts = 1_000;
/** The longest key of a fact, in characters. */
export const longestFactKey = 200;
/** The longest text of a fact, in characters. */
export const longestFact = 2_000;

/** A long-term fact of a subject on a workflow: it stays when a thread ends. */
export const StoredFact = z
  .object({
    id: z.string(),
    owner: ConversationOwner,
    /** What the fact is about. A subject has one fact of a key on a workflow. */
    key: z.string(),
    text: z.string(),
    label: Label,
    /** The run that wrote it, and the thread of that run. */
    run: z.string().optional(),
    thread: z.string().optional(),
    /** Epoch milliseconds. */
    createdAt: z.number(),
    updatedAt: z.number(),
    /** From this time on it is never read; missing for a fact that is kept until it is erased. */
    expiresAt: z.number().optional(),
  })
  .meta({ id: 'StoredFact' });
export type StoredFact = z.infer<typeof StoredFact>;

/** A fact to remember. */
export interface NewFact extends Pick<StoredFact, 'key' | 'text' | 'label'> {
  /** How long it is kept, from now on; for ever without it. */
  readonly keepMs?: number | undefined;
}

/** A fact that was found. `similarity` is the cosine to the question, where both have a vector of the same model. */
export type FoundFact = Pick<StoredFact, 'id' | 'key' | 'text' | 'label' | 'updatedAt'> & {
  readonly similarity?: number;
};

/** Which facts to find. */
export interface FactRequest {
  /** The nearest first; without it the newest first. */
  readonly like?: { readonly vector: Float32Array; readonly model: string } | undefined;
  /** The highest level that the reader may see. */
  readonly reader: LabelLevel;
  readonly limit: number;
}

/** The vector of a fact. */
export interface FactVector {
  readonly id: string;
  /** The text that it was made of, as `withoutVector` gives it. */
  readonly text: string;
  readonly vector: Float32Array;
}

/** The facts of the subject of a run, on its workflow. Nothing in the run can name another owner. Errors: `storage_*`. */
export interface Facts {
  /** A fact past its time is never found. */
  find(request: FactRequest): Promise<readonly FoundFact[]>;
  /** Facts up to a level that have no vector of this model yet: they are new, were edited, or have one of another model. */
  withoutVector(model: string, reader: LabelLevel): Promise<readonly Pick<StoredFact, 'id' | 'text'>[]>;
  /** Stores vectors. A fact that was erased meanwhile, or that has another text by now, is passed over. */
  setVectors(model: string, vectors: readonly FactVector[]): Promise<void>;
  /** Writes facts once: a repeated call with the same key changes nothing. A fact of the same key is replaced. */
  remember(facts: readonly NewFact[], options: { readonly idempotencyKey: string }): Promise<void>;
}

/** The run that reads and writes facts. */
export interface FactReader {
  readonly run: string;
  readonly thread?: string | undefined;
}

/** The result of an erasure of facts. */
export interface ErasedFacts {
  readonly facts: number;
  /** SHA-256 of each fact as JSON, `sha256:<hex>`. */
  readonly hashes: readonly string[];
}

/** What a person changes in a fact. `expiresAt: null` keeps it until it is erased. */
interface FactChange {
  readonly text?: string | undefined;
  readonly expiresAt?: number | null | undefined;
}

/**
 * Every stored fact, for the host. A run gets only those of its own subject. A change that is recorded gets a `commit` of its own; others are
 * committed without one. Errors: `storage_*`, `database_*`.
 */
export interface FactStore {
  /** The facts of an owner, for one run. */
  of(owner: ConversationOwner, reader: FactReader): Facts;
  /** Newest first, also those past their time that are not removed yet. */
  list(query: ConversationQuery): Promise<readonly StoredFact[]>;
  count(query: ConversationQuery): Promise<number>;
  find(id: string): Promise<StoredFact | undefined>;
  /** Errors: `not_found`. */
  change(id: string, change: FactChange, commit?: CommitOf<StoredFact>): Promise<StoredFact>;
  /** Erases these facts as they are at the commit; call `forgetErased` after it. */
  erase(ids: readonly string[], commit?: CommitOf<ErasedFacts>): Promise<ErasedFacts>;
  /** Erases up to `limit` facts that are past their time now. Returns the number of erased facts. */
  sweepExpired(limit: number): Promise<number>;
  /** Erases up to `limit` facts that were last written before a time, all or some. Returns the number of erased facts. */
  sweep(before: number, limit: number, among?: SweptAmong): Promise<number>;
  /** Removes erased data from the database log as well. */
  forgetErased(): Promise<void>;
}
