import { z } from 'zod';
import type { Label } from '../../labels/label.js';
import type { Destination } from '../destination.js';

/** Lets a model write one or two sentences that say what each passage is about in its document. They are embedded and searched with it, never shown or cited. */
export const HeaderOptions = z
  .strictObject({
    /** A language model of this machine, or `connection/model`. */
    model: z.string().min(1).max(256),
    /** What the model is asked for beyond the usual, such as the field of the documents. */
    instructions: z.string().min(1).max(2_000).optional(),
  })
  .meta({ id: 'HeaderOptions', title: 'Passage headers' });
export type HeaderOptions = z.infer<typeof HeaderOptions>;

/** What a model is asked for one header. */
export interface HeaderPrompt {
  readonly system: string;
  readonly prompt: string;
}

/** What is known of a model that writes headers before it is called. */
export interface HeaderModelInfo {
  readonly destination: Destination;
  /** Maximum tokens of prompt and answer together. */
  readonly contextTokens: number;
}

/** A model that writes headers, with the rights, budgets and records of the project of a collection. */
export interface HeaderModel extends HeaderModelInfo {
  /** The reply of the model, as it is. Errors: `label_refused`, `budget_exceeded`, `kill_switch` and those of the model. */
  write(prompt: HeaderPrompt, options: { readonly label: Label; readonly signal: AbortSignal }): Promise<string>;
}

/** Headers that were written before, by the hash of model and prompt: the prompt holds the document and the passage. */
export interface HeaderCache {
  /** The headers of a document that are known, by hash. Errors: `storage_*`. */
  known(collection: string, document: string, keys: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Keeps headers. Those of another content of the document are removed. Errors: `storage_*`. */
  keep(
    collection: string,
    document: { readonly id: string; readonly hash: string },
    headers: ReadonlyMap<string, string>,
  ): Promise<void>;
  /** Removes those of deleted documents; without documents, of the collection. Errors: `storage_*`. */
  forget(collection: string, documents?: readonly string[]): Promise<void>;
}

/** Writes headers for the passages of collections. */
export interface Headers {
  readonly cache: HeaderCache;
  /** Errors: `model_unknown`, `model_wrong_kind`, `connection_not_found`. */
  describe(model: string): Promise<HeaderModelInfo>;
  /** Opens it for a collection. Errors: the same. */
  model(collection: string, id: string): Promise<HeaderModel>;
}
