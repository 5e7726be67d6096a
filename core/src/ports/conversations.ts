import { z } from 'zod';
import { Label, LabelLevel } from '../labels/label.js';
import { Citation, Message } from '../values/values.js';
import type { CommitOf } from './database/guarded-write.js';
import type { Memory, NewTurn } from './effects.js';
import type { SweptAmong } from './memory/retention-rules.js';

/** The owner of the conversations that a run reads and writes. The inputs of a run cannot select another owner. */
export const ConversationOwner = z
  .object({
    project: z.string(),
    /** Id of the workflow; for a document that is not stored, `document:` followed by its name. */
    workflow: z.string(),
    /** The subject of the conversation; see `subjectOf`. */
    subject: z.string(),
  })
  .meta({ id: 'ConversationOwner' });
export type ConversationOwner = z.infer<typeof ConversationOwner>;

/** A conversation in a list. The server creates its id. Callers of published workflows call it a thread. */
export const StoredConversation = z
  .object({
    id: z.string(),
    /** Missing for an old conversation whose owner is not known; no run can read it. */
    owner: ConversationOwner.optional(),
    /** A name that a person gave, or the first question; missing for an empty conversation without a name. */
    title: z.string().optional(),
    turns: z.int().nonnegative(),
    /** The highest level of its turns and its summary. */
    level: LabelLevel,
    /** Epoch milliseconds. */
    createdAt: z.number(),
    updatedAt: z.number(),
    run: z.string().optional(),
  })
  .meta({ id: 'StoredConversation' });
export type StoredConversation = z.infer<typeof StoredConversation>;

/** A stored message of a conversation. */
export const StoredTurn = z
  .object({
    message: Message,
    label: Label,
    time: z.number(),
    /** The run that added the message; missing for messages that older versions stored. */
    run: z.string().optional(),
    citations: z.array(Citation).optional(),
  })
  .meta({ id: 'StoredTurn' });
export type StoredTurn = z.infer<typeof StoredTurn>;

/** A conversation with all its messages. */
export const WholeConversation = StoredConversation.extend({
  /** The summary that replaces the oldest turns when a model reads the conversation. The turns themselves are kept. */
  summary: z.object({ text: z.string(), label: Label, turns: z.int().nonnegative() }).optional(),
  /** Oldest first. */
  said: z.array(StoredTurn),
}).meta({ id: 'WholeConversation' });
export type WholeConversation = z.infer<typeof WholeConversation>;

/** In a request: start a new thread with this run. */
export const newThread = 'new';

/** Selects conversations: those of a project, of one subject in a project, or those without an owner. */
export type ConversationScope =
  { readonly project: string; readonly subject?: string } | { readonly isUnassigned: true };

/** A query for conversations; all given fields must match. */
export interface ConversationQuery {
  /** A conversation must be in one of these scopes; an empty list matches nothing. */
  readonly within: readonly ConversationScope[];
  readonly workflow?: string | undefined;
  readonly subject?: string | undefined;
  /** Only conversations that were last written before this time (epoch milliseconds). */
  readonly writtenBefore?: number | undefined;
  readonly limit: number;
  readonly after?: Pick<StoredConversation, 'id' | 'updatedAt'> | undefined;
}

/** The result of erasing conversations. */
export interface ErasedConversations {
  readonly conversations: number;
  readonly turns: number;
  /** SHA-256 of the exported JSON of each conversation, as `sha256:<hex>`. */
  readonly hashes: readonly string[];
  /** Number of dataset rows that were made from their runs and erased too; missing if there were none. */
  readonly rows?: number;
}

/** What a finished run adds to the conversation that it continued. */
export interface RunTurns {
  readonly run: string;
  readonly turns: readonly NewTurn[];
  readonly citations: readonly Citation[];
}

/**
 * All stored conversations, for the host. A run only gets the memory of its own conversation. An operation that must be audited takes a
 * `commit`; without one, the store commits by itself. Errors: `storage_*`, `database_*`.
 */
export interface Conversations {
  /**
   * Starts a conversation of an owner. Callers cannot choose its id; the host may pass a random id that it created. `name` is the owner's
   * own name for the conversation: the same owner and name always return the same conversation, which is created on first use.
   */
  begin(
    owner: ConversationOwner,
    options?: {
      readonly title?: string | undefined;
      readonly name?: string | undefined;
      readonly id?: string | undefined;
    },
    commit?: CommitOf<StoredConversation>,
  ): Promise<StoredConversation>;
  /** Returns the memory of one conversation for one run. Its methods throw `thread_not_found` if the conversation does not exist. */
  memory(id: string, run: string): Memory;
  /** Newest first. */
  list(query: ConversationQuery): Promise<readonly StoredConversation[]>;
  count(query: ConversationQuery): Promise<number>;
  find(id: string): Promise<StoredConversation | undefined>;
  /**
   * Returns the newest `limit` turns before the position `before` (the first turn is 1), or undefined if the conversation does not exist.
   */
  read(
    id: string,
    options?: { readonly limit?: number; readonly before?: number },
  ): Promise<WholeConversation | undefined>;
  /** Errors: `thread_not_found`. */
  rename(id: string, title: string, commit?: CommitOf<void>): Promise<void>;
  /**
   * Makes a run the newest one of a conversation if the newest one is still `before` (undefined: none yet). Returns false if another run
   * was faster or the conversation does not exist.
   */
  claim(id: string, run: string, before: string | undefined): Promise<boolean>;
  /** The newest run of a conversation if its turns are not recorded yet. */
  unrecorded(id: string): Promise<string | undefined>;
  /**
   * Adds the turns of a run once, unless the run itself added messages; in that case it only adds the citations to the run's last answer.
   */
  record(id: string, record: RunTurns): Promise<void>;
  /** Erases these conversations with everything they contain when the transaction commits. Call `forgetErased` afterwards. */
  erase(ids: readonly string[], commit?: CommitOf<ErasedConversations>): Promise<ErasedConversations>;
  /** Erases up to `limit` conversations that were last written before a time; `among` limits which ones. Returns their number. */
  sweep(before: number, limit: number, among?: SweptAmong): Promise<number>;
  /** Removes the erased data from the database log too. */
  forgetErased(): Promise<void>;
  /** Assigns an owner to a conversation without one. Errors: `conflict` if it has an owner. */
  assign(id: string, owner: ConversationOwner, commit?: CommitOf<void>): Promise<void>;
}
