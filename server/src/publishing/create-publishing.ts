import { grantedVersions } from './granted-versions.js';
import { modelOfReference } from './describe-reference.js';
import type { ProjectGrants } from '../authority/project-grants.js';
import type { Ownership } from '../auth/ownership.js';
import type { CollectionService } from '../collections/collection.service.js';
import type { CompileService } from '../compile/compile-service.js';
import type { HeddleParts } from '../heddle/parts.js';
import type { RunHub } from '../live/run-hub.js';
import type { ModelService } from '../models/model.service.js';
import type { RunService } from '../runs/run.service.js';
import type { WorkflowService } from '../workflows/workflow.service.js';
import { CanaryWatch } from './canary-watch.js';
import { PublishedRuns } from './published-runs.js';
import { PublishedWorkflows } from './published-workflows.js';
import { PublishingService } from './publishing.service.js';
import type { RunTest } from './workflow-tests.js';

/** What publishing is made of: versions for their authors, runs for every door. */
export interface Publishing {
  readonly versions: PublishingService;
  readonly workflows: PublishedWorkflows;
  readonly runs: PublishedRuns;
  readonly canaries: CanaryWatch;
  /** Runs a document to its end for a test. */
  readonly runTest: RunTest;
}

export interface PublishingNeeds {
  readonly parts: HeddleParts;
  readonly workflows: WorkflowService;
  readonly compile: CompileService;
  readonly runs: RunService;
  readonly hub: RunHub;
  readonly ownership: Ownership;
  readonly grants: ProjectGrants;
  readonly models: ModelService;
  readonly collections: CollectionService;
  readonly maxInputBytes: number;
}

/** Puts publishing together. */
export function createPublishing(needs: PublishingNeeds): Publishing {
  const { parts, workflows, compile, runs, hub, ownership, grants } = needs;
  const { versions, journal, clock, idempotency, catalog, log } = parts;
  const published = new PublishedWorkflows(versions, workflows, compile);
  const canaries = new CanaryWatch({
    live: (id) => published.live(id),
    setLive: (id, live) =>
      parts.audit.during(
        () => [
          {
            act: 'rollback',
            who: 'heddle',
            subject: `workflow:${id}`,
            isAllowed: true,
            details: { step: 'canary taken back', live },
          },
        ],
        () => published.setLive(id, live),
      ),
    store: parts.canaries,
    clock,
    log,
  });
  const runTest: RunTest = async (document, workflowId, inputs) => {
    const { runId } = await runs.start({
      document,
      ...(workflowId === undefined ? {} : { workflowId }),
      request: { inputs },
      trigger: 'test',
    });
    const summary = await runs.settled(runId);
    const events = await journal.events(runId, { after: summary.lastSeq - 1 });
    const end = events.find((event) => event.type === 'run-end');
    return { summary, outputs: end?.outputs ?? {} };
  };
  return {
    runTest,
    canaries,
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
      mayRun: grantedVersions(grants, catalog),
      maxInputBytes: needs.maxInputBytes,
    }),
    versions: new PublishingService({
      versions,
      firstVersions: parts.firstVersions,
      projectsOf: (id) => ownership.projectsOf('workflow', id),
      stops: parts.stops,
      published,
      workflows,
      compile,
      catalog,
      clock,
      runTest,
      canaryFigures: (id) => canaries.figures(id),
      describe: modelOfReference(needs),
    }),
  };
}
