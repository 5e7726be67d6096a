import { z } from 'zod';
import { WorkflowDocument } from '../document/workflow-document.js';
import { RunStatus } from '../events/events.js';
import { LabelLevel } from '../labels/label.js';
import { Issue } from '../plan/issue.js';
import { DataFlow, LivePointer, PinnedReference, WorkflowVersion } from '../ports/versions.js';
import { Citation } from '../values/values.js';
import { GivenCount, GivenLength } from './bounds.js';

/** One check of a `tests.jsonl` case, and what it saw. */
export const TestFailure = z.object({ assertion: z.string(), message: z.string() });

/** What became of one test of a workflow. */
export const TestResult = z
  .object({
    name: z.string(),
    status: z.enum(['passed', 'failed']),
    runId: z.string().optional(),
    ms: z.number().nonnegative(),
    failures: z.array(TestFailure),
  })
  .meta({ id: 'TestResult' });
export type TestResult = z.infer<typeof TestResult>;

/** The report of a workflow's tests. */
export const TestReport = z
  .object({ passed: z.int().nonnegative(), failed: z.int().nonnegative(), results: z.array(TestResult) })
  .meta({ id: 'TestReport' });
export type TestReport = z.infer<typeof TestReport>;

/** `POST /api/workflows/:id/publish/check`. */
export const PublishCheckRequest = z
  .strictObject({
    /** Whether the workflow's tests are run; publishing runs them in any case. */
    tests: z.boolean().default(true),
  })
  .prefault({})
  .meta({ id: 'PublishCheckRequest' });

/** `POST /api/workflows/:id/tests/run`. */
export const RunTestsRequest = z
  .strictObject({
    /** The tests to run, by name; all of them where left out. */
    names: z.array(z.string()).max(1000).optional(),
  })
  .prefault({})
  .meta({ id: 'RunTestsRequest' });
export type RunTestsRequest = z.infer<typeof RunTestsRequest>;

/** What stands between a draft and its next version: `POST /api/workflows/:id/publish/check`. */
export const PublishCheck = z
  .object({
    /** Nothing but the acceptance of the data map is missing, and the tests where they were not run. */
    isReady: z.boolean(),
    /** The number that publishing would give. */
    nextVersion: z.int().positive(),
    issues: z.array(Issue),
    /** Left out where the workflow has no tests, or they were not to be run. */
    tests: TestReport.optional(),
    testCount: z.int().nonnegative(),
    dataMap: z.array(DataFlow),
    /** Names the data map: publishing sends it back to say that this one was read. */
    dataMapHash: z.string(),
    /** The live version has the same data map, which was accepted then. */
    isDataMapAccepted: z.boolean(),
    references: z.array(PinnedReference),
    /** The names of secrets that the version may use: those that it refers to now. Servers before it leave them out. */
    secrets: z.array(z.string()).optional(),
    /** Against the live version, in words; left out where nothing is live. */
    diff: z.string().optional(),
    isChanged: z.boolean(),
  })
  .meta({ id: 'PublishCheck' });
export type PublishCheck = z.infer<typeof PublishCheck>;

/** A canary as somebody writes it. */
const GivenCanary = LivePointer.shape.canary
  .unwrap()
  .extend({ maxMeanMs: GivenLength.optional(), minRuns: GivenCount.optional() });

/** `POST /api/workflows/:id/publish`. */
export const PublishRequest = z
  .strictObject({
    note: z.string().max(10_000).default(''),
    /** What callers name it by from now on. Only with the first version: afterwards they rely on it. */
    slug: z.string().max(64).optional(),
    /** The `dataMapHash` of the check, or true for whatever it is now. */
    acceptDataMap: z.union([z.literal(true), z.string()]).optional(),
    replyCeiling: LabelLevel.default('internal'),
    /** Callers get it at once; otherwise the live pointer stays. */
    goLive: z.boolean().default(true),
    /** The share of callers that gets it first, beside the version that is live. */
    canary: GivenCanary.omit({ version: true }).optional(),
  })
  .prefault({})
  .meta({ id: 'PublishRequest' });
export type PublishRequest = z.input<typeof PublishRequest>;

/** `POST /api/workflows/:id/live`: moves the live pointer; null takes the workflow off the air. */
export const SetLiveRequest = z
  .strictObject({ live: LivePointer.omit({ takenBack: true }).extend({ canary: GivenCanary.optional() }).nullable() })
  .meta({ id: 'SetLiveRequest' });

/** What a canary is judged by. */
export const CanaryFigures = z
  .object({ runs: z.int().nonnegative(), failed: z.int().nonnegative(), meanMs: z.number().nonnegative() })
  .meta({ id: 'CanaryFigures' });
export type CanaryFigures = z.infer<typeof CanaryFigures>;

/** One version with everything it is made of: `GET /api/workflows/:id/versions/:n`. */
export const VersionReply = WorkflowVersion.extend({
  bundle: z.object({ document: WorkflowDocument, workflows: z.record(z.string(), WorkflowDocument).optional() }),
}).meta({ id: 'VersionReply' });
export type VersionReply = z.infer<typeof VersionReply>;

/** `GET /api/workflows/:id/versions`, newest first. */
export const VersionsReply = z
  .object({
    versions: z.array(WorkflowVersion),
    live: LivePointer.optional(),
    /** How the runs of the canary went since it is one, restarts or not; left out where there is none. */
    canary: CanaryFigures.optional(),
  })
  .meta({ id: 'VersionsReply' });
export type VersionsReply = z.infer<typeof VersionsReply>;

/** A published run as its caller sees it: no nodes, no inner values. */
export const PublishedReply = z
  .object({
    runId: z.string(),
    workflow: z.string(),
    version: z.int().positive(),
    status: RunStatus,
    outputs: z.record(z.string(), z.unknown()),
    citations: z.array(Citation).optional(),
    usage: z.object({
      inputTokens: z.int().nonnegative(),
      outputTokens: z.int().nonnegative(),
      cost: z.number().nonnegative(),
    }),
    error: z.object({ code: z.string(), message: z.string() }).optional(),
  })
  .meta({ id: 'PublishedReply' });
export type PublishedReply = z.infer<typeof PublishedReply>;

const seq = { seq: z.int().nonnegative().optional() };

/** What a stream of a published run carries. Text at an offset replaces what stood there: a node that is tried again writes anew. */
export const PublishedEvent = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('delta'), output: z.string(), offset: z.int().nonnegative(), text: z.string() }),
    z.object({
      type: z.literal('node'),
      ...seq,
      node: z.string(),
      status: z.enum(['running', 'done', 'skipped', 'failed', 'retrying', 'parked']),
    }),
    z.object({ type: z.literal('citation'), output: z.string(), citation: Citation }),
    z.object({ type: z.literal('result'), ...seq, reply: PublishedReply }),
    z.object({ type: z.literal('error'), ...seq, code: z.string(), message: z.string(), runId: z.string() }),
  ])
  .meta({ id: 'PublishedEvent' });
export type PublishedEvent = z.infer<typeof PublishedEvent>;

/** RFC 9457, with the code of the one table. */
export const ProblemDetails = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    runId: z.string().optional(),
    details: z.unknown().optional(),
  })
  .meta({ id: 'ProblemDetails' });
export type ProblemDetails = z.infer<typeof ProblemDetails>;
