import { defaultProject } from '@heddle/core';
import type { Identity } from '../auth/identity.js';
import type { Ownership } from '../auth/ownership.js';
import { projectFiles } from '../calls/project-files.js';
import type { RoutingService } from '../routing/routing.service.js';
import type { Settings } from '../settings/settings-table.js';
import type { AccountService } from '../auth/account.service.js';
import { partLimits } from '../files/parts-of.js';
import type { HeddleParts } from '../heddle/parts.js';
import type { JobService } from '../jobs/job.service.js';
import type { TopicHub } from '../live/topic-hub.js';
import type { Publishing } from '../publishing/create-publishing.js';
import type { RunService } from '../runs/run.service.js';
import { createTracePropagation } from '../tracing/trace-propagation.js';
import type { WorkflowService } from '../workflows/workflow.service.js';
import { BatchService } from './batches/batch.service.js';
import { DoorService } from './door.service.js';
import { ScheduleService } from './schedules/schedule.service.js';
import { ShareEntry } from './share/share-entry.js';
import { ShareService } from './share/share.service.js';
import { SharedRuns } from './share/shared-runs.js';
import { createTellTriggers } from './tell-triggers.js';
import { HookService } from './webhooks/hook.service.js';
import { checkMaker } from './webhooks/check-maker.js';
import { WebhookSender } from './webhooks/webhook-sender.js';
import { WebhookService } from './webhooks/webhook.service.js';

/** Ways in and out of published workflows, beside their own addresses. */
export interface Doors {
  readonly hooks: HookService;
  readonly webhooks: WebhookService;
  readonly schedules: ScheduleService;
  readonly batches: BatchService;
  readonly shares: ShareService;
  readonly shareEntry: ShareEntry;
  readonly sharedRuns: SharedRuns;
  /** Begins what works by itself: only `serve` does this. */
  start(): void;
  stop(): Promise<void>;
}

/** Puts the doors together. */
export function createDoors({
  parts,
  workflows,
  publishing,
  accounts,
  runs: allRuns,
  jobs,
  ownership,
  callers,
  routing,
  settings,
  topics,
}: {
  readonly parts: HeddleParts;
  readonly workflows: WorkflowService;
  readonly publishing: Publishing;
  readonly accounts: AccountService;
  readonly runs: RunService;
  readonly jobs: JobService;
  readonly ownership: Ownership;
  /** Tells who calls. */
  readonly callers: Identity;
  readonly routing: RoutingService;
  readonly settings: Settings;
  readonly topics: TopicHub;
}): Doors {
  const { clock, log, audit, stops, fetch, identity } = parts;
  const { store, outbox, shares, arrivals, uploads } = parts.doors;
  const { rates } = accounts;
  const tell = createTellTriggers(topics);
  const { runs } = publishing;
  const doors = new DoorService({ store, audit, workflows, identity, clock });
  const propagation = createTracePropagation(settings);
  const sender = new WebhookSender({
    ...{ outbox, store, runs, stops, audit, fetch, tell, clock, log },
    times: { ...clock.trusted, steady: clock.steady },
    askOf: (runId, askId) => allRuns.ask(runId, askId),
    stopMs: settings.stopMs,
    checkMaker: (maker, runId) => checkMaker(maker, runId, { identity, ownership, clock }),
    publicUrl: settings.publicUrl,
    traceparentOf: async (runId) =>
      propagation.isOn ? propagation.ofRun(await parts.journal.acceptance(runId)) : undefined,
  });
  const schedules = new ScheduleService({
    ...{ doors, store, arrivals, tell, runs, clock, log },
    maxInputBytes: settings.inputLimit,
  });
  const batches = new BatchService({
    store: parts.doors.batches,
    published: runs,
    ...{ runs: allRuns, workflows, identity, audit, jobs, tell, clock },
    maxInputBytes: settings.inputLimit,
  });
  return {
    batches,
    hooks: new HookService({ doors, store, arrivals, tell, runs, rates, clock: clock.rights }),
    webhooks: new WebhookService({ doors, store, outbox, audit, wake: () => sender.wake() }),
    schedules,
    shares: new ShareService({ doors, shares, uploads, runs, budgets: parts.routing.budgets, clock: clock.trusted }),
    shareEntry: new ShareEntry({
      ...{ doors, shares, ownership, rates, clock: clock.rights },
      identity: callers,
      ratePerMinute: settings.ratePerMinute,
    }),
    sharedRuns: new SharedRuns({
      published: runs,
      runs: allRuns,
      ...{ routing, rates, audit, clock: clock.trusted, shares, uploads },
      filesOf: async (workflowId) => {
        const { project = defaultProject } = await ownership.resourceOf('workflow', workflowId);
        return projectFiles(ownership, parts.blobs, project);
      },
      maxFileBytes: settings.uploadLimit,
      limits: partLimits(settings),
    }),
    start() {
      sender.start();
      schedules.start();
      batches.start().catch((err: unknown) => log.error({ err }, 'batches could not go on'));
    },
    async stop() {
      await Promise.all([batches.stop(), sender.stop(), schedules.stop()]);
    },
  };
}
