import { z } from 'zod';
import type { Label } from '../../labels/label.js';
import type { Destination } from '../destination.js';

/**
 * Lets a model write one or two sentences that say what each passage is about in its document. They are embedded and searched with the
 * passage, but never shown or cited.
 */
export const HeaderOptions = z
  .strictObject({
    /** A language model of this machine, or `connection/model`. */
    model: z.string().min(1).max(256),
    /** Additional instructions for the model, such as the field of the documents. */
    instructions: z.string().min(1).max(2_000).optional(),
  })
  .meta({ id: 'HeaderOptions', title: 'Passage headers' });
export type HeaderOptions = z.infer<typeof HeaderOptions>;

/** The prompt for one header. */
export interface HeaderPrompt {
  readonly system: string;
  readonly prompt: string;
}

/** Facts about a model that writes headers, known before it is called. */
export interface HeaderModelInfo {
  readonly destination: Destination;
  /** Maximum tokens of prompt and answer together. */
  readonly contextTokens: number;
}

/** A model that writes headers, with the rights, budgets and records of the project of a collection. */
export interface HeaderModel extends HeaderModelInfo {
  /** Returns the unchanged reply of the model. Errors: `label_refused`, `budget_exceeded`, `kill_switch` and those of the model. */
  write(prompt: HeaderPrompt, options: { readonly label: Label; readonly signal: AbortSignal }): Promise<string>;
}

/** Caches headers by the hash of model and prompt; the prompt contains the document and the passage. */
export interface HeaderCache {
  /** The cached headers of a document, by hash. Errors: `storage_*`. */
  known(collection: string, document: string, keys: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Stores headers, and removes those of earlier contents of the document. Errors: `storage_*`. */
  keep(
    collection: string,
    document: { readonly id: string; readonly hash: string },
    headers: ReadonlyMap<string, string>,
  ): Promise<void>;
  /** Removes the headers of deleted documents; without `documents`, those of the whole collection. Errors: `storage_*`. */
  forget(collection: string, documents?: readonly string[]): Promise<void>;
}

/** Writes headers for the passages of collections. */
export interface Headers {
  readonly cache: HeaderCache;
  /** Describes a model. Errors: `model_unknown`, `model_wrong_kind`, `connection_not_found`. */
  describe(model: string): Promise<HeaderModelInfo>;
  /** Opens a model for a collection. Errors: the same. */
  model(collection: string, id: string): Promise<HeaderModel>;
}
