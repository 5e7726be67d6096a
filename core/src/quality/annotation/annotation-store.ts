import type { GuardedWrite } from '../../ports/database/guarded-write.js';
import type { LabelLevel } from '../../labels/label.js';
import type { Annotation, AnnotationRequest, CreateQueueRequest } from './annotation.js';

/** A queue as it is stored. */
export interface StoredQueue extends CreateQueueRequest {
  readonly id: string;
  readonly project: string;
  readonly createdAt: number;
}

/** An item to add, with what is known of its runs. */
export interface NewItem {
  /** One run, or two to compare. */
  readonly runs: readonly string[];
  /** How many people annotate it. */
  readonly needed: number;
  readonly label: LabelLevel;
  readonly workflow: string | undefined;
  /** The person whose data the run works with. */
  readonly subject: string;
  /** Keys of what the runs wrote into conversations: the item goes with them. */
  readonly batches: readonly string[];
}

/** An item as it is stored. */
export interface StoredItem {
  readonly item: number;
  readonly runs: readonly string[];
  readonly label: LabelLevel;
}

/** How far a queue is: items in all, done, and waiting for a person. */
export interface QueueProgress {
  readonly items: number;
  readonly done: number;
  readonly open: number;
}

/** What a person says about an item. */
export interface SaidOfItem {
  readonly queue: string;
  readonly item: number;
  readonly who: string;
  readonly said: AnnotationRequest;
}

/** Changes of queues, for the commit with their audit event. */
export interface AnnotationWrites {
  create(
    queue: CreateQueueRequest,
    project: string,
  ): { readonly queue: StoredQueue; readonly writes: readonly GuardedWrite[] };
  /** Errors of the commit: `not_found`. */
  delete(id: string): readonly GuardedWrite[];
  /** Adds items that are not in the queue yet (see `missing`). Errors of the commit: `conflict` where one is by now. */
  add(queue: StoredQueue, items: readonly NewItem[]): readonly GuardedWrite[];
  /** Stores what a person says, or replaces it. Errors of the commit: `not_found`; `conflict` where the claim has ended and others took the item. */
  annotate(said: SaidOfItem): readonly GuardedWrite[];
  /** Takes back an annotation of a person and claims its item again. Errors of the commit: `conflict` where it was taken back meanwhile. */
  undo(id: string, item: number, who: string, until: number): readonly GuardedWrite[];
}

/**
 * Queues of runs that people annotate. A person gets an item by a claim: until it ends, nobody else gets the item, unless it still needs
 * another person. Errors: `storage_*`, `database_*`.
 */
export interface AnnotationStore {
  readonly write: AnnotationWrites;
  /** Newest first. */
  list(): Promise<readonly StoredQueue[]>;
  /** Errors: `not_found`. */
  get(id: string): Promise<StoredQueue>;
  /** Prepares a change. Errors: `not_found`; of the commit: `conflict` where the queue was changed meanwhile. */
  changed(
    id: string,
    changes: { readonly name?: string | undefined; readonly assignees?: readonly string[] | undefined },
  ): Promise<{ readonly queue: StoredQueue; readonly writes: readonly GuardedWrite[] }>;
  /** Those of the items that are not in the queue yet, each once. */
  missing(id: string, items: readonly NewItem[]): Promise<readonly NewItem[]>;
  /** The item that a person has claimed, else the next one, claimed until then. */
  next(id: string, who: string, until: number): Promise<StoredItem | undefined>;
  /** Errors: `not_found`. */
  item(id: string, item: number): Promise<StoredItem>;
  /** The item that a person annotated last. */
  last(id: string, who: string): Promise<StoredItem | undefined>;
  /** All annotations of a queue, oldest first. Errors: `not_found`. */
  annotations(id: string): Promise<readonly Annotation[]>;
  progress(id: string, who: string): Promise<QueueProgress>;
}
