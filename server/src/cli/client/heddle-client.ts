import type {
  AnswerRequest,
  CollectionInfo,
  CompileReply,
  CreateCollectionRequest,
  DocumentInput,
  FileRef,
  HealthReply,
  IngestProgress,
  IngestReport,
  ModelCard,
  ModelState,
  Passage,
  PullProgress,
  RunReply,
  RunSummary,
  SearchRequest,
  ShownRequest,
  StartRunRequest,
  StreamEvent,
  WorkflowReply,
  WorkflowSummary,
} from '@heddle/core';
import type { z } from 'zod';

/** What to run: a stored workflow, or a document. */
export type RunTarget = { readonly workflow: string } | { readonly document: unknown };

/** How to follow and stop work. */
export interface FollowOptions<Progress> {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * The interface of commands: the server of the data folder where one runs, otherwise the folder itself. Both do the same and fail with
 * the same codes.
 */
export interface HeddleClient {
  /** The address of the server; undefined for this process. */
  readonly address: string | undefined;
  compile(document: unknown): Promise<CompileReply>;
  workflows(): Promise<readonly WorkflowSummary[]>;
  workflow(idOrSlug: string): Promise<WorkflowReply>;
  /** Creates a workflow under a slug, or saves over the one that has it. */
  putWorkflow(document: unknown, slug: string | undefined): Promise<WorkflowReply>;
  startRun(target: RunTarget, request: z.input<typeof StartRunRequest>): Promise<string>;
  /** Follows the events of a run after a seq, until it has ended or waits for a person. */
  watchRun(runId: string, after: number, onEvents: (events: readonly StreamEvent[]) => void): Promise<void>;
  run(runId: string): Promise<RunReply>;
  runs(query: { readonly limit: number }): Promise<readonly RunSummary[]>;
  cancelRun(runId: string): Promise<RunSummary>;
  resumeRun(runId: string): Promise<string>;
  /** Questions to people, of one run or of all. */
  requests(query: { readonly runId?: string; readonly assignee?: string }): Promise<readonly ShownRequest[]>;
  answer(runId: string, requestId: string, answer: z.input<typeof AnswerRequest>): Promise<void>;
  uploadFile(name: string, content: Uint8Array): Promise<FileRef>;
  collections(): Promise<readonly CollectionInfo[]>;
  createCollection(request: CreateCollectionRequest): Promise<CollectionInfo>;
  ingest(
    collection: string,
    documents: AsyncIterable<DocumentInput>,
    options: FollowOptions<IngestProgress> & { readonly sync: boolean },
  ): Promise<IngestReport>;
  search(collection: string, request: z.input<typeof SearchRequest>): Promise<readonly Passage[]>;
  models(): Promise<readonly ModelState[]>;
  pullModel(id: string, options: FollowOptions<PullProgress>): Promise<void>;
  addModel(card: unknown): Promise<ModelCard>;
  health(): Promise<HealthReply>;
  close(): Promise<void>;
}
