import { z } from 'zod';
import { DecisionKind, LabelledValue, RunStatus, NodeStatus } from '../events/events.js';
import { ErrorValue } from '../errors/heddle-error.js';
import { WorkflowDocument } from '../document/workflow-document.js';
import { WorkflowSketch } from '../document/sketch-document.js';
import { Readers } from '../access/readers.js';
import { Label, LabelLevel } from '../labels/label.js';
import { PortDescription } from '../node/describe-node.js';
import { Issue } from '../plan/issue.js';
import { RunOptions, RunSummary } from '../ports/journal.js';
import { ModelMachine, ModelState } from '../ports/models/models.js';
import { DataFlow } from '../ports/stores/versions.js';
import { GraphOptions, GraphState } from '../ports/collections/knowledge-graph.js';
import { ReindexQuestion } from '../ports/collections/reindexing.js';
import { GateOverride } from '../quality/gates/gate.js';
import { ReaderRules } from '../ports/collections/reader-rules.js';
import { SearchSettings } from '../ports/collections/search-settings.js';
import { CollectionRelevance, RelevanceSetting } from '../ports/collections/relevance.js';
import { ShownCollectionInfo, NewSplitter, StoreKind } from '../ports/vector-store.js';
import { FeedbackTotals } from '../quality/feedback/feedback.js';
import { withReadOnly } from './read-only.js';
import { Passage } from '../values/values.js';
import { lazyObject, lazyStrictObject } from '../values/lazy-object.js';

/** The body of every error reply under /api. */
export const ErrorReply = z
  .object({ error: lazyObject(() => ({ code: z.string(), message: z.string(), details: z.unknown().optional() })) })
  .meta({ id: 'ErrorReply' });

/** Body of `POST /api/compile`. */
export const CompileRequest = lazyObject(() => ({
  document: z.unknown(),
  /** The id or slug of the stored workflow of this draft: its webhooks then count as destinations. */
  workflow: z.string().max(200).optional(),
})).meta({ id: 'CompileRequest' });
/** Reply of `POST /api/compile`. */
export const CompileReply = lazyObject(() => ({
  issues: z.array(Issue),
  ports: z.record(z.string(), z.object({ inputs: z.array(PortDescription), outputs: z.array(PortDescription) })),
  labels: z.record(z.string(), Label),
  edgeLabels: z.record(z.string(), Label),
  dataMap: z.array(DataFlow),
  interface: z.object({ inputs: z.array(PortDescription), outputs: z.array(PortDescription) }),
})).meta({ id: 'CompileReply' });
export type CompileReply = z.infer<typeof CompileReply>;

/** A workflow in a list. */
export const WorkflowSummary = lazyObject(() => ({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  description: z.string().optional(),
  nodes: z.int().nonnegative(),
  /** Number of errors of the draft. */
  issues: z.int().nonnegative(),
  updatedAt: z.number(),
  lastRun: RunSummary.optional(),
  /** Missing if the graph is empty or too large for a picture. */
  sketch: WorkflowSketch.optional(),
})).meta({ id: 'WorkflowSummary' });
export type WorkflowSummary = z.infer<typeof WorkflowSummary>;
/** Reply of `GET /api/workflows`. */
export const WorkflowsReply = z.object({ workflows: z.array(WorkflowSummary) }).meta({ id: 'WorkflowsReply' });
export type WorkflowsReply = z.infer<typeof WorkflowsReply>;

/** Reply of `GET /api/workflows/:id`. The ETag header has the `revision`. */
export const WorkflowReply = lazyObject(() => ({
  id: z.string(),
  slug: z.string(),
  /** Id of its project, if the server knows it. */
  project: z.string().optional(),
  revision: z.int().positive(),
  updatedAt: z.number(),
  document: WorkflowDocument,
})).meta({ id: 'WorkflowReply' });
export type WorkflowReply = z.infer<typeof WorkflowReply>;

/** Body of `POST /api/workflows/:id/merge`: the common base, and the caller's version. */
export const MergeRequest = lazyStrictObject(() => ({ base: z.unknown(), mine: z.unknown() })).meta({
  id: 'MergeRequest',
});
export type MergeRequest = z.infer<typeof MergeRequest>;

/** The merged draft. If both changed a value differently, it has the caller's value, and the value is a conflict. */
export const MergeReply = lazyObject(() => ({
  document: WorkflowDocument,
  conflicts: z.array(z.object({ path: z.string(), base: z.unknown(), mine: z.unknown(), theirs: z.unknown() })),
  /** Revision of the stored draft: the `If-Match` header for saving the result. */
  revision: z.int().positive(),
})).meta({ id: 'MergeReply' });
export type MergeReply = z.infer<typeof MergeReply>;

/** Body of `POST /api/workflows/:id/runs`. */
export const StartRunRequest = RunOptions.extend({
  inputs: z.record(z.string(), z.unknown()).default({}),
  /** A run whose results are reused (`from`, `only`). */
  reuseFrom: z.string().optional(),
  /** The thread that the run continues: one of the caller on this workflow, or `new`. A workflow with a memory begins one otherwise. */
  thread: z.string().max(64).optional(),
}).meta({ id: 'StartRunRequest' });
export type StartRunRequest = z.infer<typeof StartRunRequest>;

/** The state of one node of a run. */
export const NodeReport = lazyObject(() => ({
  path: z.string(),
  status: NodeStatus,
  attempt: z.int().nonnegative(),
  startedAt: z.number().optional(),
  ms: z.number().nonnegative().optional(),
  outputs: z.record(z.string(), LabelledValue).optional(),
  error: ErrorValue.optional(),
  /** The last decision of the node, in one sentence. */
  decision: z.object({ kind: DecisionKind, summary: z.string() }).optional(),
})).meta({ id: 'NodeReport' });
export type NodeReport = z.infer<typeof NodeReport>;

/** A run and its nodes: `GET /api/runs/:id`, `heddle run --json`. The keys of `nodes` are execution paths; for a simple node the path is its id. */
export const RunReply = lazyObject(() => ({
  runId: z.string(),
  status: RunStatus,
  outputs: z.record(z.string(), z.unknown()),
  error: ErrorValue.optional(),
  nodes: z.record(z.string(), NodeReport),
  summary: RunSummary,
  /** Why no process can continue the run: `no_worker`, or `capability_missing` with what a process must have. Missing if one can. */
  waiting: ErrorValue.optional(),
})).meta({ id: 'RunReply' });
export type RunReply = z.infer<typeof RunReply>;

/** Reply to the start of a run. */
export const AcceptedReply = z.object({ runId: z.string() }).meta({ id: 'AcceptedReply' });
export type AcceptedReply = z.infer<typeof AcceptedReply>;

/** Reply of `GET /api/runs`: the newest first. */
export const RunsReply = lazyObject(() => ({
  runs: z.array(RunSummary),
  /** By run id, only for runs that have feedback. */
  feedback: z.record(z.string(), FeedbackTotals).optional(),
  /** By run id: why no process can continue the run (see `RunReply.waiting`). Missing if Heddle has only one process. */
  waiting: z.record(z.string(), ErrorValue).optional(),
  /** The `before` of the next page; missing on the last page. */
  next: z.string().optional(),
})).meta({ id: 'RunsReply' });
export type RunsReply = z.infer<typeof RunsReply>;

/** Long work that is not a run: an import or a download. */
export const JobReply = lazyObject(() => ({
  jobId: z.string(),
  kind: z.enum([
    'ingest',
    'pull',
    'runtime',
    'batch',
    'experiment',
    'replay',
    'questions',
    'negatives',
    'lab',
    'reindex',
    'graph',
    'sync',
  ]),
  status: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  subject: z.string(),
  progress: z.record(z.string(), z.unknown()),
  result: z.unknown().optional(),
  error: ErrorValue.optional(),
  createdAt: z.number(),
  endedAt: z.number().optional(),
})).meta({ id: 'JobReply' });
export type JobReply = z.infer<typeof JobReply>;
/** Reply to the start of a job. */
export const JobAccepted = z.object({ jobId: z.string() }).meta({ id: 'JobAccepted' });
export type JobAccepted = z.infer<typeof JobAccepted>;

/** Reply of `GET /api/models`. */
export const ModelsReply = lazyObject(() => ({ models: z.array(ModelState), machine: ModelMachine.optional() })).meta({
  id: 'ModelsReply',
});
export type ModelsReply = z.infer<typeof ModelsReply>;

/** The title of a collection, for people: one line, without characters that are invisible or change the direction of text. */
export const CollectionTitle = z
  .string()
  .trim()
  .min(1, { error: 'Write a title' })
  .max(100, { error: 'At most 100 characters' })
  .regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]*$/u, {
    error: 'One line, without control characters or characters that change the direction of text',
  })
  .meta({ id: 'CollectionTitle' });
export type CollectionTitle = z.infer<typeof CollectionTitle>;

/** A collection with its title. The title defaults to the name. */
export const CollectionReply = ShownCollectionInfo.extend({ title: z.string() }).meta({ id: 'CollectionReply' });
export type CollectionReply = z.infer<typeof CollectionReply>;

/** Body of `PATCH /api/collections/:name`. */
export const ChangeCollectionRequest = withReadOnly(z.strictObject({ title: CollectionTitle }), CollectionReply).meta({
  id: 'ChangeCollectionRequest',
});
export type ChangeCollectionRequest = z.infer<typeof ChangeCollectionRequest>;

/** Body of `PUT /api/collections/:name/relevance`. */
export const SetRelevanceRequest = withReadOnly(
  z.strictObject({ setting: RelevanceSetting }),
  CollectionRelevance,
).meta({ id: 'SetRelevanceRequest' });
export type SetRelevanceRequest = z.infer<typeof SetRelevanceRequest>;

/** Reply of `GET /api/collections/:name/search-settings`. */
export const SearchSettingsReply = z.object({ settings: SearchSettings }).meta({ id: 'SearchSettingsReply' });
export type SearchSettingsReply = z.infer<typeof SearchSettingsReply>;

/** Body of `PUT /api/collections/:name/search-settings`. */
export const SetSearchSettingsRequest = z
  .strictObject({
    settings: SearchSettings,
    /**
     * The settings that the caller changed: the request is refused if other settings are stored by now. Without it, the settings are
     * replaced.
     */
    base: SearchSettings.optional(),
  })
  .meta({ id: 'SetSearchSettingsRequest' });
export type SetSearchSettingsRequest = z.infer<typeof SetSearchSettingsRequest>;

/** Body of `PUT /api/collections/:name/reader-rules`. */
export const SetReaderRulesRequest = ReaderRules.extend({
  /** The rules that the caller changed: the request is refused if other rules are stored by now. Without it, the rules are replaced. */
  base: ReaderRules.optional(),
}).meta({ id: 'SetReaderRulesRequest' });
export type SetReaderRulesRequest = z.infer<typeof SetReaderRulesRequest>;

/** Body of `PUT /api/collections/:name/graph` and of its estimate. */
export const SetGraphRequest = withReadOnly(z.strictObject({ options: GraphOptions }), GraphState).meta({
  id: 'SetGraphRequest',
});
export type SetGraphRequest = z.infer<typeof SetGraphRequest>;

/** Body of `POST /api/collections/:name/reindex/compare`. */
export const CompareIndexesRequest = lazyStrictObject(() => ({
  questions: z.array(ReindexQuestion).max(1_000).default([]),
  k: z.int().min(1).max(50).default(5),
})).meta({ id: 'CompareIndexesRequest' });
export type CompareIndexesRequest = z.infer<typeof CompareIndexesRequest>;

/** Body of `POST /api/collections/:name/reindex/switch`. */
export const SwitchIndexRequest = lazyStrictObject(() => ({
  /** Days for which the previous index is kept. */
  keepDays: z.number().min(0).max(365).default(7),
  /** Switches even if the new index lacks documents. */
  force: z.boolean().default(false),
  /** Switches although the gate of the collection refuses; only for those who may manage gates. */
  overrideGate: GateOverride.optional(),
})).meta({ id: 'SwitchIndexRequest' });
export type SwitchIndexRequest = z.infer<typeof SwitchIndexRequest>;

/** Reply of `GET /api/collections`. */
export const CollectionsReply = lazyObject(() => ({
  collections: z.array(CollectionReply),
  /** The configured stores. A new collection is created in the first one, unless its request names another. */
  stores: z.array(StoreKind),
  /** Stores that did not answer: their collections are missing. */
  unreachable: z.array(z.object({ store: StoreKind, code: z.string(), message: z.string() })),
})).meta({ id: 'CollectionsReply' });
export type CollectionsReply = z.infer<typeof CollectionsReply>;

/** Body of `POST /api/collections`. */
export const CreateCollectionRequest = lazyObject(() => ({
  name: z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/, {
    error: 'Lower-case letters, digits, - and _, at most 64, starting with a letter',
  }),
  title: CollectionTitle.optional(),
  embedding: z.string(),
  splitter: NewSplitter.optional(),
  label: LabelLevel.optional(),
  store: StoreKind.optional(),
})).meta({ id: 'CreateCollectionRequest' });
export type CreateCollectionRequest = z.infer<typeof CreateCollectionRequest>;

/** JSON body of `POST /api/collections/:name/documents`. */
export const PutTextRequest = lazyObject(() => ({
  documents: z
    .array(
      z.object({
        id: z.string().min(1).max(1000),
        title: z.string().optional(),
        text: z.string(),
        metadata: z.record(z.string(), z.unknown()).optional(),
        /**
         * Who may read the document; null: everybody. Missing: a stored document keeps its list, and a new one follows the rules of the
         * collection.
         */
        readers: Readers.nullable().optional(),
      }),
    )
    .min(1),
  sync: z.boolean().optional(),
})).meta({ id: 'PutTextRequest' });

/** Reply of `GET /api/collections/:name/documents/:id`. Offsets count UTF-16 units of `text`. */
export const DocumentText = lazyObject(() => ({
  document: z.string(),
  text: z.string(),
  passages: z.array(Passage.extend({ start: z.int().nonnegative(), end: z.int().nonnegative() })),
})).meta({ id: 'DocumentText' });
export type DocumentText = z.infer<typeof DocumentText>;

/** Body of `POST /api/collections/:name/reingest`: all documents, or the named ones. */
export const IngestAgainRequest = z
  .object({ documents: z.array(z.string().min(1)).min(1).optional() })
  .prefault({})
  .meta({ id: 'IngestAgainRequest' });
export type IngestAgainRequest = z.infer<typeof IngestAgainRequest>;

/** Body of `POST /api/models/:id/try`. The reply is an event stream of the generation. */
export const TryModelRequest = lazyObject(() => ({
  prompt: z.string().min(1).max(100_000),
  system: z.string().max(100_000).optional(),
  maxTokens: z.int().min(1).max(4096).default(256),
  temperature: z.number().min(0).max(2).optional(),
})).meta({ id: 'TryModelRequest' });
export type TryModelRequest = z.infer<typeof TryModelRequest>;

/** Body of `POST /api/models/:id/score`: texts for an embedder, a reranker or a classifier. */
export const ScoreTextsRequest = lazyObject(() => ({
  query: z.string().max(20_000).optional(),
  texts: z.array(z.string().min(1).max(20_000)).min(1).max(32),
})).meta({ id: 'ScoreTextsRequest' });
export type ScoreTextsRequest = z.infer<typeof ScoreTextsRequest>;
/** Reply of `POST /api/models/:id/score`. */
export const ScoreTextsReply = lazyObject(() => ({
  scores: z.array(z.record(z.string(), z.number())),
  ms: z.number().nonnegative(),
  dimensions: z.int().optional(),
})).meta({ id: 'ScoreTextsReply' });
export type ScoreTextsReply = z.infer<typeof ScoreTextsReply>;

/** Reply of `POST /api/collections/:name/search`. */
export const SearchReply = lazyObject(() => ({
  results: z.array(Passage),
  /** Why the results are not reranked: the reranker of the collection could not be reached. */
  unranked: z.object({ code: z.string(), message: z.string() }).optional(),
})).meta({ id: 'SearchReply' });
