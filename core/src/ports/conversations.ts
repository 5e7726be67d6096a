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
    /** Id of the workflow; for a document that is not stored, `document:` and its name. */
    workflow: z.string(),
    /** The subject of the conversation; see `subjectOf`. */
    subject: z.string(),
  })
  .meta({ id: 'ConversationOwner' });
export type ConversationOwner = z.infer<typeof ConversationOwner>;

/** A conversation in a list. Its id is made by the server; callers of published workflows call it a thread. */
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
    /** The newest run on it. */
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
    /** The run that added it; missing for messages of older versions. */
    run: z.string().optional(),
    citations: z.array(Citation).optional(),
  })
  .meta({ id: 'StoredTurn' });
export type StoredTurn = z.infer<typeof StoredTurn>;

/** A conversation with all its messages. */
export const WholeConversation = StoredConversation.extend({
  /** Replaces the oldest turns when a model reads the conversation. The turns themselves are kept. */
  summary: z.object({ text: z.string(), label: Label, turns: z.int().nonnegative() }).optional(),
  /** Oldest first. */
  said: z.array(StoredTurn),
}).meta({ id: 'WholeConversation' });
export type WholeConversation = z.infer<typeof WholeConversation>;

/** Names a thread that begins with the run. */
export const newThread = 'new';

/** Conversations of a project, of one subject in it, or those without an owner. */
export type ConversationScope =
  { readonly project: string; readonly subject?: string } | { readonly isUnassigned: true };

/** A query for conversations; all given fields must match. */
export interface ConversationQuery {
  /** A conversation must be in one of these scopes; an empty list matches nothing. */
  readonly within: readonly ConversationScope[];
  readonly workflow?: string | undefined;
  readonly subject?: string | undefined;
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

/** What a run that was done said, for the conversation that it continued. */
export interface SaidByRun {
  readonly run: string;
  /** The question and the answer. */
  readonly turns: readonly NewTurn[];
  readonly citations: readonly Citation[];
}

/**
 * Every stored conversation, for the host. A run gets only the memory of its own. A change that is recorded gets a `commit` of its own; others are
 * committed without one. Errors: `storage_*`, `database_*`.
 */
export interface Conversations {
  /**
   * Begins a conversation of an owner. No caller chooses the id; the host may give a random one that it made before. `name` is what a program of the owner calls it: the same owner and name give
   * the same conversation, which is made if it does not exist.
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
  /** The memory of one conversation, for one run. Its calls throw `thread_not_found` where the conversation does not exist. */
  memory(id: string, run: string): Memory;
  /** Newest first. */
  list(query: ConversationQuery): Promise<readonly StoredConversation[]>;
  count(query: ConversationQuery): Promise<number>;
  find(id: string): Promise<StoredConversation | undefined>;
  /** The newest `limit` turns before the position `before` (the first turn is 1); undefined if the conversation does not exist. */
  read(
    id: string,
    options?: { readonly limit?: number; readonly before?: number },
  ): Promise<WholeConversation | undefined>;
  /** Errors: `thread_not_found`. */
  rename(id: string, title: string, commit?: CommitOf<void>): Promise<void>;
  /**
   * Makes a run the newest one of a conversation, if the newest one is `before` (undefined: none yet). Returns false if another run was
   * faster, or the conversation does not exist.
   */
  claim(id: string, run: string, before: string | undefined): Promise<boolean>;
  /** The newest run, if what it said is not recorded yet. */
  unrecorded(id: string): Promise<string | undefined>;
  /** Adds what a run said, once, where the run itself added no message; otherwise adds its citations to its last answer. */
  record(id: string, record: SaidByRun): Promise<void>;
  /** Erases these conversations as they are at the commit; call `forgetErased` after it. */
  erase(ids: readonly string[], commit?: CommitOf<ErasedConversations>): Promise<ErasedConversations>;
  /** Erases up to `limit` conversations that were last written before a time, all or some. Returns the number of erased conversations. */
  sweep(before: number, limit: number, among?: SweptAmong): Promise<number>;
  /** Removes erased data from the database log as well. */
  forgetErased(): Promise<void>;
  /** Assigns an owner to a conversation without one. Errors: `conflict` if it has an owner. */
  assign(id: string, owner: ConversationOwner, commit?: CommitOf<void>): Promise<void>;
}
