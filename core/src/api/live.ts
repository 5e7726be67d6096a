import { z } from 'zod';
import { RunSummary } from '../ports/journal.js';
import { lazyObject } from '../values/lazy-object.js';

/** Topics of the `/live` socket: `run:ID`, `runs`, `jobs`, `models`, `kill-switches`, `workflow:ID`, `triggers:ID` (of a workflow). */
const topicPattern = /^(?:(?:run|workflow|triggers):[A-Za-z0-9_-]{1,64}|runs|jobs|models|kill-switches)$/;
const Topic = z.string().regex(topicPattern);

/** Client to server: `watch`. */
export const WatchRequest = lazyObject(() => ({ topic: Topic, after: z.int().nonnegative().optional() }));
export type WatchRequest = z.infer<typeof WatchRequest>;

/** Acknowledgement of `watch`. */
export type WatchReply =
  | { readonly ok: true; readonly topic: string }
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } };

/** Server to client: `events`, the events of a topic in order (StreamEvent for runs, a state object for other topics). */
export interface EventsMessage {
  readonly topic: string;
  readonly events: readonly unknown[];
}

/** Server to client: `resync`. The client was too slow and must watch again after this sequence number (rule "Watch and catch up"). */
export interface ResyncMessage {
  readonly topic: string;
  readonly after: number;
}

/** A run that was deleted, by a person or after its retention period. */
export const DeletedRun = lazyObject(() => ({ runId: z.string(), isDeleted: z.literal(true) }));
export type DeletedRun = z.infer<typeof DeletedRun>;

/** A state in the topic `runs`. */
export const ListedRun = z.union([DeletedRun, RunSummary]);
export type ListedRun = z.infer<typeof ListedRun>;
