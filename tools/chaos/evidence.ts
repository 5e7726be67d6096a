import type { JobReply, Passage, PublishedEvent, RunEvent, RunStatus, StreamEvent } from '@heddle/core';
import type { ClusterFaultKind } from './cluster/cluster-faults.js';
import type { EmbeddedText } from './embedder.js';
import type { LedgerEntry, WebhookMessage } from './ledger.js';

/** The eight promises as the README states them. */
export const promises = {
  G1: 'A run that was accepted is never lost.',
  G2: 'The result of a node that ended is never computed again.',
  G3: 'A node that was running when the process died may run again, under the same idempotency key.',
  G4: 'A node marked `atMostOnce` never runs twice: it asks a person.',
  G5: 'Unfinished work is claimed and queued within 2 s of listening, by itself.',
  G6: 'A terminal status never changes.',
  G7: 'Cancel: the signal is delivered and our connection or child is closed within 1 s.',
  G8: 'The live view equals the journal: no gap, no duplicate.',
} as const;

export type Promised = keyof typeof promises;

export interface Violation {
  readonly promise: Promised;
  readonly runId: string;
  readonly message: string;
}

/** A run in the final state of the journal. */
export interface JournalRun {
  readonly runId: string;
  readonly rootId: string;
  /** The tag that marks its effects in the ledger. */
  readonly tag: string;
  readonly status: RunStatus;
  readonly acceptedAt: number;
  readonly events: readonly RunEvent[];
}

/** The times of a server process. Some processes die before they listen; the last one is not killed. */
export interface ServerLife {
  readonly startedAt: number;
  listeningAt: number | undefined;
  diedAt: number | undefined;
}

/** A period in which a server could not do its work, through no fault of its own. */
export interface Disturbance {
  /** The kind of disturbance. `io` and `full` are faults of the disk; the others may also concern a cluster. */
  readonly kind: 'io' | 'full' | ClusterFaultKind;
  /** What exactly was refused or disturbed, as text for people. */
  readonly detail?: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Milliseconds by which a clock was ahead of the others. */
  readonly shiftMs?: number;
}

export interface ClusterFacts {
  /** Milliseconds without a heartbeat after which other processes take over the runs of a process. */
  readonly leaseMs: number;
  /** Whether the workflows stored values as files. */
  readonly hasFiles?: boolean;
}

/** One connection that watched a run, with all events that it received. */
export interface Watch {
  readonly runId: string;
  readonly via: 'sse' | 'socket';
  readonly after: number;
  readonly events: readonly StreamEvent[];
}

/** One connection to the stream of a published run, with the events that it received; `id` is set for events that have one. */
export interface PublishedWatch {
  readonly runId: string;
  readonly after: number;
  readonly events: readonly { readonly id: number | undefined; readonly event: PublishedEvent }[];
}

/** Documents that a client sent. Each passage contains a word that occurs nowhere else. Without `jobId`, the ingest was not accepted. */
interface SentIngest {
  readonly jobId: string | undefined;
  readonly acceptedAt: number;
  readonly documents: readonly SentDocument[];
}

/** A document, with the unique words of its passages. */
export interface SentDocument {
  readonly id: string;
  readonly words: readonly string[];
}

/** The states of ingests that a client read, and the time of its request. */
interface JobsSeen {
  readonly askedAt: number;
  readonly statuses: ReadonlyMap<string, JobReply['status']>;
}

/** The jobs, the collection and the results of searches after all had ended. */
export interface Library {
  readonly jobs: readonly JobReply[];
  readonly documents: readonly { readonly id: string; readonly passages: readonly Passage[] }[];
  /** Searches for words, and searches by meaning for the text of a passage. */
  readonly searches: readonly Search[];
}

/** A search and the passages that it must find. */
export interface Search {
  readonly mode: 'lexical' | 'dense';
  readonly expected: readonly string[];
  readonly found: readonly string[];
}

/** What the clients did and saw. */
export interface ClientHistory {
  /** Runs that were answered with status 202. */
  readonly accepted: { readonly runId: string; readonly tag: string }[];
  readonly seen: { readonly runId: string; readonly status: RunStatus }[];
  /** Acknowledged answers to human input requests. */
  readonly answers: { readonly runId: string; readonly requestId: string; readonly value: unknown }[];
  /** Acknowledged cancel requests, with the status in the reply. */
  readonly cancels: { readonly runId: string; readonly status: RunStatus }[];
  readonly watches: Watch[];
  readonly streams: PublishedWatch[];
  readonly ingests: SentIngest[];
  readonly jobs: JobsSeen[];
  /** Documents that a client found in the collection, and when. */
  readonly stored: { readonly document: string; readonly seenAt: number }[];
}

/** An empty history. */
export const noHistory = (): ClientHistory => ({
  accepted: [],
  seen: [],
  answers: [],
  cancels: [],
  watches: [],
  streams: [],
  ingests: [],
  jobs: [],
  stored: [],
});

/** Everything that the checks use. */
export interface Evidence {
  readonly runs: readonly JournalRun[];
  readonly ledger: readonly LedgerEntry[];
  /** The messages that the webhook of the published workflow received. */
  readonly notifications: readonly WebhookMessage[];
  readonly lives: readonly ServerLife[];
  readonly disturbances: readonly Disturbance[];
  /** The factor by which promised times are extended on this machine; 1 if it is quiet. */
  readonly slowness: number;
  readonly clients: ClientHistory;
  readonly library: Library;
  /** Texts that the outside server was asked to embed, except for the last searches. */
  readonly embedded: readonly EmbeddedText[];
  /** Set if several processes worked on one database. */
  readonly cluster?: ClusterFacts;
}
