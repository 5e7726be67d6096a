import type { GuardedWrite } from '../../ports/database/guarded-write.js';
import type { LabelLevel } from '../../labels/label.js';
import type { Annotation, AnnotationRequest, CreateQueueRequest } from './annotation.js';

/** An annotation queue with its id and project. */
export interface StoredQueue extends CreateQueueRequest {
  readonly id: string;
  readonly project: string;
  readonly createdAt: number;
}

/** An item to add, with facts about its runs. */
export interface NewItem {
  /** One run, or two runs to compare. */
  readonly runs: readonly string[];
  readonly needed: number;
  readonly label: LabelLevel;
  readonly workflow: string | undefined;
  /** The person whose data the run works with. */
  readonly subject: string;
  /** Keys of the conversation messages that the runs wrote. Erasing those messages removes the item. */
  readonly batches: readonly string[];
}

/** A stored item: one run, or two runs to compare. */
export interface StoredItem {
  readonly item: number;
  readonly runs: readonly string[];
  readonly label: LabelLevel;
}

/** The progress of a queue: all items, finished items, and items that wait for a person. */
export interface QueueProgress {
  readonly items: number;
  readonly done: number;
  readonly open: number;
}

/** A person's annotation of an item. */
export interface ItemAnnotation {
  readonly queue: string;
  readonly item: number;
  readonly who: string;
  readonly said: AnnotationRequest;
}

/** Writes that change queues, for the commit that also writes their audit event. */
export interface AnnotationWrites {
  create(
    queue: CreateQueueRequest,
    project: string,
  ): { readonly queue: StoredQueue; readonly writes: readonly GuardedWrite[] };
  /** Errors of the commit: `not_found`. */
  delete(id: string): readonly GuardedWrite[];
  /** Adds items that are not in the queue yet (see `missing`). Errors of the commit: `conflict` if one has been added meanwhile. */
  add(queue: StoredQueue, items: readonly NewItem[]): readonly GuardedWrite[];
  /**
   * Stores or replaces a person's annotation. Errors of the commit: `not_found`; `conflict` if the claim has expired and others took the
   * item.
   */
  annotate(said: ItemAnnotation): readonly GuardedWrite[];
  /** Removes a person's annotation and claims the item again. Errors of the commit: `conflict` if it was removed meanwhile. */
  undo(id: string, item: number, who: string, until: number): readonly GuardedWrite[];
}

/**
 * Queues of runs that people annotate. A person gets an item by claiming it. Until the claim expires, no one else gets the item, unless it
 * needs another person. Errors: `storage_*`, `database_*`.
 */
export interface AnnotationStore {
  readonly write: AnnotationWrites;
  /** Newest first. */
  list(): Promise<readonly StoredQueue[]>;
  /** Errors: `not_found`. */
  get(id: string): Promise<StoredQueue>;
  /** Prepares a change of a queue. Errors: `not_found`; of the commit: `conflict` if the queue was changed meanwhile. */
  changed(
    id: string,
    changes: { readonly name?: string | undefined; readonly assignees?: readonly string[] | undefined },
  ): Promise<{ readonly queue: StoredQueue; readonly writes: readonly GuardedWrite[] }>;
  /** Returns the given items that are not in the queue yet, without repeats. */
  missing(id: string, items: readonly NewItem[]): Promise<readonly NewItem[]>;
  /** Returns the item that a person has already claimed, or claims the next one until `until`. */
  next(id: string, who: string, until: number): Promise<StoredItem | undefined>;
  /** Errors: `not_found`. */
  item(id: string, item: number): Promise<StoredItem>;
  /** Returns the item that a person annotated last. */
  last(id: string, who: string): Promise<StoredItem | undefined>;
  /** Returns all annotations of a queue, oldest first. Errors: `not_found`. */
  annotations(id: string): Promise<readonly Annotation[]>;
  progress(id: string, who: string): Promise<QueueProgress>;
}
