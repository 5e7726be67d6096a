import { z } from 'zod';
import { WorkflowDocument } from '../document/workflow-document.js';
import { RunStatus } from '../events/events.js';
import { LabelLevel } from '../labels/label.js';
import { Issue } from '../plan/issue.js';
import { DataFlow, LivePointer, PinnedReference, WorkflowVersion } from '../ports/stores/versions.js';
import { AbReport, CanaryRequest } from '../quality/ab/ab-test.js';
import { GateOverride, GateReport } from '../quality/gates/gate.js';
import { Citation } from '../values/values.js';
import { lazyObject, lazyStrictObject } from '../values/lazy-object.js';

/** A failed assertion of a test, and the actual result. */
const TestFailure = lazyObject(() => ({
  assertion: z.string(),
  message: z.string(),
  /** The node that would have had an effect, but has no recorded result in the test. */
  wouldCall: z.string().optional(),
}));

/** The result of one test of a workflow. */
export const TestResult = lazyObject(() => ({
  name: z.string(),
  status: z.enum(['passed', 'failed']),
  runId: z.string().optional(),
  ms: z.number().nonnegative(),
  failures: z.array(TestFailure),
})).meta({ id: 'TestResult' });
export type TestResult = z.infer<typeof TestResult>;

/** The results of the tests of a workflow. */
export const TestReport = lazyObject(() => ({
  passed: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  results: z.array(TestResult),
})).meta({ id: 'TestReport' });
export type TestReport = z.infer<typeof TestReport>;

/** Body of `POST /api/workflows/:id/publish/check`. */
export const PublishCheckRequest = z
  .strictObject({
    /** Whether to run the tests of the workflow; publishing always runs them. */
    tests: z.boolean().default(true),
  })
  .prefault({})
  .meta({ id: 'PublishCheckRequest' });

/** Body of `POST /api/workflows/:id/tests/run`. */
export const RunTestsRequest = z
  .strictObject({
    /** The names of the tests to run; without it, all tests. */
    names: z.array(z.string()).max(1000).optional(),
  })
  .prefault({})
  .meta({ id: 'RunTestsRequest' });
export type RunTestsRequest = z.infer<typeof RunTestsRequest>;

/** Reply of `POST /api/workflows/:id/publish/check`: what prevents a draft from becoming the next version. */
export const PublishCheck = lazyObject(() => ({
  /** Whether only the acceptance of the data map is missing, and the tests if they were not run. */
  isReady: z.boolean(),
  /** The number of the next version. */
  nextVersion: z.int().positive(),
  issues: z.array(Issue),
  /** Missing if the workflow has no tests, or if they were not run. */
  tests: TestReport.optional(),
  testCount: z.int().nonnegative(),
  dataMap: z.array(DataFlow),
  /** Hash of the data map. Publishing sends it back to confirm that this data map was read. */
  dataMapHash: z.string(),
  /** Whether publishing needs no acceptance: the last or the live version has the same data map, or a first version sends nothing off this machine. */
  isDataMapAccepted: z.boolean(),
  /** The earlier version with the same data map. Older servers omit it. */
  dataMapVersion: z.int().positive().optional(),
  references: z.array(PinnedReference),
  /** The names of the secrets that the version refers to and may use. Older servers omit them. */
  secrets: z.array(z.string()).optional(),
  /** Text of the changes since the live version; missing if nothing is live. */
  diff: z.string().optional(),
  isChanged: z.boolean(),
  /** The gate's report on the draft; missing if no rule of the project applies, or if the draft does not compile. */
  gate: GateReport.optional(),
})).meta({ id: 'PublishCheck' });
export type PublishCheck = z.infer<typeof PublishCheck>;

/** Body of `POST /api/workflows/:id/publish`. */
export const PublishRequest = lazyStrictObject(() => ({
  note: z.string().max(10_000).default(''),
  /** The name for callers. Only for the first version, because callers depend on it afterwards. */
  slug: z.string().max(64).optional(),
  /** The `dataMapHash` of the check, or true for the current data map. */
  acceptDataMap: z.union([z.literal(true), z.string()]).optional(),
  replyClearance: LabelLevel.default('internal'),
  /** Whether the version becomes live; otherwise the live pointer does not change. */
  goLive: z.boolean().default(true),
  /** Publishes the version as a canary beside the live version. */
  canary: CanaryRequest.omit({ version: true }).optional(),
  /** Publishes although the gate does not pass; requires the right to manage the gate. */
  overrideGate: GateOverride.optional(),
}))
  .prefault({})
  .meta({ id: 'PublishRequest' });
export type PublishRequest = z.input<typeof PublishRequest>;

/** Body of `POST /api/workflows/:id/live`: sets the live pointer; null unpublishes the workflow. */
export const SetLiveRequest = lazyStrictObject(() => ({
  live: z
    .strictObject({
      version: z.int().positive(),
      /** Starts a canary: a test with two arms and guards. */
      canary: CanaryRequest.optional(),
    })
    .nullable(),
  /** For a version that never passed the gate; requires the right to manage the gate. */
  overrideGate: GateOverride.optional(),
})).meta({ id: 'SetLiveRequest' });

/** Reply of `GET /api/workflows/:id/versions/:n`: a version with everything in it. */
export const VersionReply = WorkflowVersion.extend({
  bundle: lazyObject(() => ({
    document: WorkflowDocument,
    workflows: z.record(z.string(), WorkflowDocument).optional(),
  })),
}).meta({ id: 'VersionReply' });
export type VersionReply = z.infer<typeof VersionReply>;

/** Reply of `GET /api/workflows/:id/versions`, newest first. */
export const VersionsReply = lazyObject(() => ({
  versions: z.array(WorkflowVersion),
  live: LivePointer.optional(),
  /** The newest canary or A/B test with its figures, even if it has ended; missing if there never was one. */
  test: AbReport.optional(),
})).meta({ id: 'VersionsReply' });
export type VersionsReply = z.infer<typeof VersionsReply>;

/** A published run for its caller: without nodes and inner values. */
export const PublishedReply = lazyObject(() => ({
  runId: z.string(),
  /** The thread that the run continues. */
  thread: z.string().optional(),
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
})).meta({ id: 'PublishedReply' });
export type PublishedReply = z.infer<typeof PublishedReply>;

const seq = { seq: z.int().nonnegative().optional() };

/** An event of a published run. A text replaces everything from its offset on, because a retried node writes its text again. */
export const PublishedEvent = z
  .discriminatedUnion('type', [
    lazyObject(() => ({
      type: z.literal('delta'),
      output: z.string(),
      offset: z.int().nonnegative(),
      text: z.string(),
    })),
    lazyObject(() => ({
      type: z.literal('node'),
      ...seq,
      node: z.string(),
      status: z.enum(['running', 'done', 'skipped', 'failed', 'retrying', 'suspended']),
    })),
    lazyObject(() => ({ type: z.literal('citation'), output: z.string(), citation: Citation })),
    lazyObject(() => ({ type: z.literal('result'), ...seq, reply: PublishedReply })),
    lazyObject(() => ({ type: z.literal('error'), ...seq, code: z.string(), message: z.string(), runId: z.string() })),
  ])
  .meta({ id: 'PublishedEvent' });
export type PublishedEvent = z.infer<typeof PublishedEvent>;

/** An RFC 9457 problem with a code of the error table. */
export const ProblemDetails = lazyObject(() => ({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  runId: z.string().optional(),
  details: z.unknown().optional(),
})).meta({ id: 'ProblemDetails' });
export type ProblemDetails = z.infer<typeof ProblemDetails>;
