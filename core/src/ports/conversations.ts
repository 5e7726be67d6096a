import { z } from 'zod';
import { Label, LabelLevel } from '../labels/label.js';
import { Message } from '../values/values.js';
import type { Memory } from './effects.js';

/** The owner of the conversations that a run reads and writes. The inputs of a run cannot select another owner. */
export const ConversationOwner = z
  .object({
    project: z.string(),
    /** Id of the workflow; for a document that is not stored, `document:` and its name. */
    workflow: z.string(),
    /** The subject of the conversation; see `subjectOf`. */
    subject: z.string(),
  })
  .meta({ id: 'ConversationOwner' });
export type ConversationOwner = z.infer<typeof ConversationOwner>;

/** A conversation in a list. */
export const StoredConversation = z
  .object({
    id: z.string(),
    /** Missing for an old conversation whose owner is not known; no run can read it. */
    owner: ConversationOwner.optional(),
    session: z.string(),
    turns: z.int().nonnegative(),
    /** The highest level of its turns and its summary. */
    level: LabelLevel,
    /** Epoch milliseconds. */
    createdAt: z.number(),
    updatedAt: z.number(),
  })
  .meta({ id: 'StoredConversation' });
export type StoredConversation = z.infer<typeof StoredConversation>;

/** A conversation with all its messages. */
export const WholeConversation = StoredConversation.extend({
  /** Replaces the oldest turns when a model reads the conversation. The turns themselves are kept. */
  summary: z.object({ text: z.string(), label: Label, turns: z.int().nonnegative() }).optional(),
  /** Oldest first. */
  said: z.array(z.object({ message: Message, label: Label, time: z.number() })),
}).meta({ id: 'WholeConversation' });
export type WholeConversation = z.infer<typeof WholeConversation>;

/** Conversations of a project, of one subject in it, or those without an owner. */
export type ConversationScope =
  { readonly project: string; readonly subject?: string } | { readonly isUnassigned: true };

/** A query for conversations; all given fields must match. */
export interface ConversationQuery {
  /** A conversation must be in one of these scopes; an empty list matches nothing. */
  readonly within: readonly ConversationScope[];
  readonly workflow?: string | undefined;
  readonly subject?: string | undefined;
  readonly session?: string | undefined;
  /** Last written before this time (milliseconds since the epoch). */
  readonly writtenBefore?: number | undefined;
  readonly limit: number;
  /** The last conversation of the previous page. */
  readonly after?: Pick<StoredConversation, 'id' | 'updatedAt'> | undefined;
}

/** The result of an erasure. */
export interface ErasedConversations {
  readonly conversations: number;
  readonly turns: number;
  /** SHA-256 of the export of each conversation, `sha256:<hex>`. */
  readonly hashes: readonly string[];
  /** Rows of datasets that were made from their runs; missing where there were none. */
  readonly rows?: number;
}

/** Every stored conversation, for the host. A run gets only the memory of its owner. Errors: `storage_*`. */
export interface Conversations {
  /** The memory of one owner. */
  of(owner: ConversationOwner): Memory;
  /** Newest first. */
  list(query: ConversationQuery): readonly StoredConversation[];
  count(query: ConversationQuery): number;
  find(id: string): StoredConversation | undefined;
  /** The newest `limit` turns before the position `before` (the first turn is 1); undefined if the conversation does not exist. */
  read(id: string, options?: { readonly limit?: number; readonly before?: number }): WholeConversation | undefined;
  /** Erases these conversations; call `forgetErased` after the commit. */
  erase(ids: readonly string[]): ErasedConversations;
  /** Erases up to `limit` conversations that were last written before a time. Returns the number of erased conversations. */
  sweep(before: number, limit: number): number;
  /** Removes erased data from the database log as well. */
  forgetErased(): void;
  /** Assigns an owner to a conversation without one. Errors: `conflict` if it has an owner, or if the owner already has a conversation for its session. */
  assign(id: string, owner: ConversationOwner): void;
}
