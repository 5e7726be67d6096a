import type { HeddleAudit } from '@heddle/adapters/audit';
import type { FirstVersions, KillSwitchStore } from '@heddle/adapters/stores';
import type { ToolRegistry } from '@heddle/adapters/tools';
import {
  ReplayMode,
  type AbStore,
  type Clock,
  type ConnectionStore,
  type IdempotencyKeys,
  type Journal,
  type Leases,
  type NodeCatalog,
  type VersionStore,
} from '@heddle/core';
import type { Ownership } from '../auth/rights/ownership.js';
import type { ProjectGrants } from '../authority/project-grants.js';
import type { CollectionService } from '../collections/collection.service.js';
import { createExpiry } from '../common/expiry.js';
import type { Log } from '../common/log.js';
import type { CompileService } from '../compile/compile-service.js';
import type { RunHub } from '../live/run-hub.js';
import type { ModelService } from '../models/model.service.js';
import type { RunService } from '../runs/run.service.js';
import { usesThread } from '../runs/start/uses-thread.js';
import type { WorkflowService } from '../workflows/workflow.service.js';
import { AbService } from './ab/ab.service.js';
import { AbWorker } from './ab/ab-worker.js';
import { modelOfReference } from './describe-reference.js';
import { grantedVersions } from './granted-versions.js';
import { PublishedRuns } from './runs/published-runs.js';
import { PublishedWorkflows } from './published-workflows.js';
import { PublishingService } from './publishing.service.js';
import type { RunTest } from './workflow-tests.js';

/** The services of publishing: versions for authors, runs for every channel. */
export interface Publishing {
  readonly versions: PublishingService;
  readonly workflows: PublishedWorkflows;
  readonly runs: PublishedRuns;
  readonly ab: AbService;
  /** Counts the runs of A/B tests and judges the tests in the background. */
  readonly abWorker: AbWorker;
  /** Runs a document to its end for a test. */
  readonly runTest: RunTest;
}

interface PublishingDependencies {
  readonly leases: Leases;
  readonly versions: VersionStore;
  readonly firstVersions: FirstVersions;
  readonly ab: AbStore;
  readonly idempotency: IdempotencyKeys;
  readonly killSwitches: KillSwitchStore;
  readonly journal: Journal;
  readonly audit: HeddleAudit;
  readonly catalog: NodeCatalog;
  readonly connections: { readonly store: ConnectionStore };
  readonly tools: { readonly registry: ToolRegistry };
  readonly workflows: WorkflowService;
  readonly compile: CompileService;
  readonly runs: RunService;
  readonly hub: RunHub;
  readonly ownership: Ownership;
  readonly grants: ProjectGrants;
  readonly models: ModelService;
  readonly collections: CollectionService;
  readonly clock: Clock;
  readonly log: Log;
  readonly maxInputBytes: number;
}

/** Wires the services of publishing. */
export function createPublishing(dependencies: PublishingDependencies): Publishing {
  const { versions, workflows, compile, runs, hub, ownership, grants, maxInputBytes } = dependencies;
  const { journal, audit, clock, idempotency, catalog, firstVersions, killSwitches } = dependencies;
  const published = new PublishedWorkflows(
    ...([versions, workflows, compile, audit] as const),
    (bundle) => usesThread(bundle, catalog),
    createExpiry(dependencies),
  );
  const ab = new AbService({ store: dependencies.ab, published, workflows, audit, clock });
  const runTest = createRunTest(runs, journal);
  return {
    runTest,
    ab,
    abWorker: new AbWorker({ store: dependencies.ab, judge: (id) => ab.judge(id), clock, log: dependencies.log }),
    workflows: published,
    runs: new PublishedRuns({
      published,
      workflows,
      runs,
      journal,
      hub,
      ownership,
      idempotency,
      clock,
      maxInputBytes,
      mayRun: grantedVersions(grants, catalog),
    }),
    versions: new PublishingService({
      versions,
      firstVersions,
      killSwitches,
      audit,
      published,
      workflows,
      compile,
      catalog,
      clock,
      runTest,
      projectsOf: (id) => ownership.projectsOf('workflow', id),
      ab,
      describe: modelOfReference(dependencies),
    }),
  };
}

function createRunTest(runs: RunService, journal: Journal): RunTest {
  return async (document, workflowId, { inputs, fixtures }) => {
    const { runId } = await runs.start({
      document,
      workflowId,
      request: { inputs },
      trigger: 'test',
      replay: ReplayMode.parse({ stubs: fixtures }),
    });
    const summary = await runs.settled(runId);
    const events = await journal.events(runId, { after: summary.lastSeq - 1 });
    const end = events.find((event) => event.type === 'run-end');
    return { summary, outputs: end?.outputs ?? {} };
  };
}
