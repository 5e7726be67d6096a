import { z } from 'zod';
import { Label, LabelLevel } from '../labels/label.js';
import { Message } from '../values/values.js';
import type { Memory } from './effects.js';

/** Whose conversations a run reads and writes: nothing in its inputs selects another owner. */
export const ConversationOwner = z
  .object({
    project: z.string(),
    /** Id of the workflow; for a document that is not stored, `document:` and its name. */
    workflow: z.string(),
    /** Whom the conversation is with; see `subjectOf`. */
    subject: z.string(),
  })
  .meta({ id: 'ConversationOwner' });
export type ConversationOwner = z.infer<typeof ConversationOwner>;

/** A conversation in a list. */
export const StoredConversation = z
  .object({
    id: z.string(),
    /** Left out for a conversation of before whose owner nothing proves: no run reaches it. */
    owner: ConversationOwner.optional(),
    session: z.string(),
    turns: z.int().nonnegative(),
    /** The strictest level of its turns and its summary. */
    level: LabelLevel,
    /** Epoch milliseconds. */
    createdAt: z.number(),
    updatedAt: z.number(),
  })
  .meta({ id: 'StoredConversation' });
export type StoredConversation = z.infer<typeof StoredConversation>;

/** A conversation with everything that was said. */
export const WholeConversation = StoredConversation.extend({
  /** What stands for the oldest turns where a model reads them; the turns themselves are kept. */
  summary: z.object({ text: z.string(), label: Label, turns: z.int().nonnegative() }).optional(),
  /** Oldest first. */
  said: z.array(z.object({ message: Message, label: Label, time: z.number() })),
}).meta({ id: 'WholeConversation' });
export type WholeConversation = z.infer<typeof WholeConversation>;

/** Conversations of a project, of one subject in it, or those without an owner. */
export type ConversationScope =
  { readonly project: string; readonly subject?: string } | { readonly isUnassigned: true };

/** Which conversations are meant; all that is given must hold. */
export interface ConversationQuery {
  /** They lie in one of these; none means none. */
  readonly within: readonly ConversationScope[];
  readonly workflow?: string | undefined;
  readonly subject?: string | undefined;
  readonly session?: string | undefined;
  /** Last written before this time (epoch milliseconds). */
  readonly writtenBefore?: number | undefined;
  readonly limit: number;
  /** The last conversation of the page before. */
  readonly after?: Pick<StoredConversation, 'id' | 'updatedAt'> | undefined;
}

/** What was erased. */
export interface ErasedConversations {
  readonly conversations: number;
  readonly turns: number;
  /** SHA-256 of each conversation as it was exported, `sha256:<hex>`. */
  readonly hashes: readonly string[];
}

/** Every stored conversation, for the host. Runs get the memory of their owner, and nothing else. Errors: `storage_*`. */
export interface Conversations {
  /** The memory of one owner. */
  of(owner: ConversationOwner): Memory;
  /** Newest first. */
  list(query: ConversationQuery): readonly StoredConversation[];
  count(query: ConversationQuery): number;
  find(id: string): StoredConversation | undefined;
  /** The newest `limit` turns before `before` (a position, counted from 1); undefined where there is no such conversation. */
  read(id: string, options?: { readonly limit?: number; readonly before?: number }): WholeConversation | undefined;
  /** Erases these conversations for good; call `forgetErased` once that is committed. */
  erase(ids: readonly string[]): ErasedConversations;
  /** Erases up to `limit` conversations that were last written before a time; gives how many went. */
  sweep(before: number, limit: number): number;
  /** Takes what was erased out of the log of the database too. */
  forgetErased(): void;
  /** Gives a conversation without an owner to one. Errors: `conflict` where it has one, or the owner has a conversation of that session. */
  assign(id: string, owner: ConversationOwner): void;
}
