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

/**
 * Queues of runs that people annotate. A person gets an item by a claim: until it ends, nobody else gets the item, unless it still needs
 * another person. Errors: `storage_*`.
 */
export interface AnnotationStore {
  create(queue: CreateQueueRequest, project: string): StoredQueue;
  /** Newest first. */
  list(): readonly StoredQueue[];
  /** Errors: `not_found`. */
  get(id: string): StoredQueue;
  /** Errors: `not_found`. */
  change(
    id: string,
    changes: { readonly name?: string | undefined; readonly assignees?: readonly string[] | undefined },
  ): StoredQueue;
  /** Errors: `not_found`. */
  delete(id: string): void;
  /** Adds items that are not in the queue yet; returns how many. */
  add(id: string, items: readonly NewItem[]): number;
  /** The item that a person has claimed, else the next one, claimed until then. */
  next(id: string, who: string, until: number): StoredItem | undefined;
  /** Errors: `not_found`. */
  item(id: string, item: number): StoredItem;
  /** Stores what a person says, or replaces it. Errors: `not_found`; `conflict` where the claim has ended and others took the item. */
  annotate(id: string, item: number, who: string, said: AnnotationRequest): void;
  /** Takes back the last annotation of a person and claims its item again; undefined where there is none. */
  undo(id: string, who: string, until: number): StoredItem | undefined;
  /** All annotations of a queue, oldest first. */
  annotations(id: string): readonly Annotation[];
  progress(id: string, who: string): QueueProgress;
}
