import type { JobReply, Passage, PublishedEvent, RunEvent, RunStatus, StreamEvent } from '@heddle/core';
import type { ClusterFaultKind } from './cluster/cluster-faults.js';
import type { EmbeddedText } from './embedder.js';
import type { LedgerEntry, WebhookMessage } from './ledger.js';

/** The eight promises, in the words of the README. */
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

/** One way in which a promise was broken. */
export interface Violation {
  readonly promise: Promised;
  readonly runId: string;
  readonly message: string;
}

/** A run as the journal has it in the end. */
export interface JournalRun {
  readonly runId: string;
  readonly rootId: string;
  /** The tag under which its effects stand in the ledger. */
  readonly tag: string;
  readonly status: RunStatus;
  readonly acceptedAt: number;
  readonly events: readonly RunEvent[];
}

/** A server process, from its start until it was killed; some die before they listen, the last one saw the end. */
export interface ServerLife {
  readonly startedAt: number;
  listeningAt: number | undefined;
  diedAt: number | undefined;
}

/** A while in which a server could not do its work, through no fault of its own. */
export interface Disturbance {
  /** It was held, its disk refused something, its disk was full, or a cluster was struck. */
  readonly kind: 'io' | 'full' | ClusterFaultKind;
  /** What was refused or struck, for people. */
  readonly detail?: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** By how many milliseconds a clock was ahead of the others. */
  readonly shiftMs?: number;
}

/** What is special about a cluster. */
export interface ClusterFacts {
  /** Milliseconds without a sign of a process after which others take its runs over. */
  readonly leaseMs: number;
  /** Whether the workflows stored values as files of their own. */
  readonly hasFiles?: boolean;
}

/** One connection that watched a run, and everything that came over it. */
export interface Watch {
  readonly runId: string;
  readonly via: 'sse' | 'socket';
  readonly after: number;
  readonly events: readonly StreamEvent[];
}

/** One connection to the stream of a published run, and what came over it; `id` is that of the event where it has one. */
export interface PublishedWatch {
  readonly runId: string;
  readonly after: number;
  readonly events: readonly { readonly id: number | undefined; readonly event: PublishedEvent }[];
}

/** Documents that a client sent; each passage of a document has a word that stands nowhere else. Without a job nobody was promised anything. */
interface SentIngest {
  readonly jobId: string | undefined;
  readonly acceptedAt: number;
  readonly documents: readonly SentDocument[];
}

/** A document with the words of its passages. */
export interface SentDocument {
  readonly id: string;
  readonly words: readonly string[];
}

/** The ingests as a client was told them, and when it asked. */
interface JobsSeen {
  readonly askedAt: number;
  readonly statuses: ReadonlyMap<string, JobReply['status']>;
}

/** The jobs, the collection and its searches when all had ended. */
export interface Library {
  readonly jobs: readonly JobReply[];
  readonly documents: readonly { readonly id: string; readonly passages: readonly Passage[] }[];
  /** What was found for words and, by meaning, for the text of a passage. */
  readonly searches: readonly Search[];
}

/** A search and the passages that it must find. */
export interface Search {
  readonly mode: 'lexical' | 'dense';
  readonly expected: readonly string[];
  readonly found: readonly string[];
}

/** What the clients did and saw, each with its time. */
export interface ClientHistory {
  /** Runs that were answered with 202. */
  readonly accepted: { readonly runId: string; readonly tag: string }[];
  readonly seen: { readonly runId: string; readonly status: RunStatus }[];
  /** Answers to questions that were acknowledged. */
  readonly answers: { readonly runId: string; readonly requestId: string; readonly value: unknown }[];
  /** Cancels that were acknowledged, with the status in the reply. */
  readonly cancels: { readonly runId: string; readonly status: RunStatus }[];
  readonly watches: Watch[];
  /** Streams of published runs. */
  readonly streams: PublishedWatch[];
  readonly ingests: SentIngest[];
  readonly jobs: JobsSeen[];
  /** Documents that a client found in the collection, and when it knew. */
  readonly stored: { readonly document: string; readonly seenAt: number }[];
}

/** The history of clients that have not done anything yet. */
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

/** Everything that the checker looks at. */
export interface Evidence {
  readonly runs: readonly JournalRun[];
  readonly ledger: readonly LedgerEntry[];
  /** What the webhook of the published workflow was told. */
  readonly notifications: readonly WebhookMessage[];
  readonly lives: readonly ServerLife[];
  readonly disturbances: readonly Disturbance[];
  /** By how much the machine stretches the times that are promised: 1 where it is quiet. */
  readonly slowness: number;
  readonly clients: ClientHistory;
  readonly library: Library;
  /** Texts of which the outside server was asked for vectors, but for those of the last searches. */
  readonly embedded: readonly EmbeddedText[];
  /** Where several processes worked on one database. */
  readonly cluster?: ClusterFacts;
}
