import type { BlobStore } from '@heddle/adapters/blobs';
import type { HeddleAudit } from '@heddle/adapters/audit';
import type { SigningFetch } from '@heddle/adapters/fetch';
import type { LeasedRounds } from '@heddle/adapters/leases';
import type { IdentityStores } from '@heddle/adapters/identity';
import type { KillSwitchStore } from '@heddle/adapters/stores';
import type { BudgetLedger } from '@heddle/adapters/budgets';
import { defaultProject, type Journal, type Leases, type NodeCatalog } from '@heddle/core';
import type { Identity } from '../auth/identity.js';
import type { Ownership } from '../auth/rights/ownership.js';
import type { RateLimits } from '../auth/rate-limits.js';
import { projectFiles } from '../calls/project-files.js';
import type { Lazy } from '../common/lazy.js';
import { createPartRunner } from '../common/part-runner.js';
import type { Log } from '../common/log.js';
import type { TrustedClock } from '../common/trusted-clock.js';
import type { Deletions } from '../deletions/deletions.js';
import type { ChannelStores } from '../channel-stores/open-channels.js';
import type { FeedbackService } from '../feedback/feedback.service.js';
import { partLimits } from '../files/parts-of.js';
import type { JobService } from '../jobs/job.service.js';
import { recoveryMs, recoveryPart } from '../jobs/recover-work.js';
import type { TopicHub } from '../live/topic-hub.js';
import type { ProviderWaits } from '../provider-batches/provider-batch.service.js';
import type { PublishedRuns } from '../publishing/runs/published-runs.js';
import type { RunService } from '../runs/run.service.js';
import { usesThread } from '../runs/start/uses-thread.js';
import type { Settings } from '../settings/settings-table.js';
import { createTracePropagation } from '../tracing/trace-propagation.js';
import type { WorkflowService } from '../workflows/workflow.service.js';
import { BatchService } from './batches/batch.service.js';
import { ChannelService } from './channel.service.js';
import type { ThreadService } from './threads/thread.service.js';
import { ScheduleService } from './schedules/schedule.service.js';
import { ShareEntry } from './share/share-entry.js';
import { ShareService } from './share/share.service.js';
import { SharedRuns } from './share/shared-runs.js';
import { createTriggerNotifier, type TriggerNotifier } from './trigger-notifier.js';
import { checkMaker } from './webhooks/check-maker.js';
import { HookService } from './webhooks/hook.service.js';
import { WebhookSender } from './webhooks/webhook-sender.js';
import { WebhookService } from './webhooks/webhook.service.js';

/** The channels of published workflows, except the routes under `/v1/workflows`. */
export interface Channels {
  readonly hooks: HookService;
  readonly webhooks: WebhookService;
  readonly schedules: ScheduleService;
  readonly batches: BatchService;
  readonly shares: ShareService;
  readonly shareEntry: ShareEntry;
  readonly sharedRuns: SharedRuns;
  /** Starts the background work; only `serve` does this. */
  start(): void;
  stop(): Promise<void>;
}

interface ChannelsDependencies {
  readonly settings: Settings;
  readonly channels: ChannelStores;
  readonly deletions: Deletions;
  readonly leases: Leases;
  readonly killSwitches: KillSwitchStore;
  readonly stores: IdentityStores;
  readonly budgets: BudgetLedger;
  readonly blobs: BlobStore;
  readonly journal: Journal;
  readonly audit: HeddleAudit;
  readonly fetch: Lazy<SigningFetch>;
  readonly workflows: WorkflowService;
  readonly published: PublishedRuns;
  readonly threads: ThreadService;
  readonly catalog: NodeCatalog;
  readonly runs: RunService;
  readonly jobs: JobService;
  readonly topics: TopicHub;
  readonly feedback: FeedbackService;
  readonly identity: Identity;
  readonly ownership: Ownership;
  readonly rates: RateLimits;
  readonly clock: TrustedClock;
  readonly log: Log;
  readonly waits: ProviderWaits;
}

/** The services that all channels share. */
interface Shared {
  readonly channels: ChannelService;
  readonly notifier: TriggerNotifier;
}

/** A schedule that another process has changed starts at its times, at most this late. */
const checkSchedulesMs = 5_000;

/** Creates the services of the channels. */
export function createChannels(dependencies: ChannelsDependencies): Channels {
  const { settings, channels: stores, workflows, published, jobs, topics, audit, clock, log } = dependencies;
  const { store, outbox, arrivals } = stores;
  const notifier = createTriggerNotifier(topics);
  const channels = new ChannelService(store, audit, workflows, dependencies.stores, clock, dependencies.deletions);
  const sender = createSender(notifier, dependencies);
  const maxInputBytes = settings.inputLimit;
  const schedules = new ScheduleService(channels, store, arrivals, notifier, published, clock, log, maxInputBytes);
  const batches = new BatchService({
    store: stores.batches,
    published,
    runs: dependencies.runs,
    workflows,
    identity: dependencies.stores,
    audit,
    jobs,
    notifier,
    clock,
    maxInputBytes,
    waits: dependencies.waits,
    leases: dependencies.leases,
  });
  const { rates } = dependencies;
  const hold = createPartRunner(dependencies);
  let kept: readonly LeasedRounds[] = [];
  return {
    batches,
    schedules,
    hooks: new HookService(channels, store, arrivals, notifier, published, rates, clock.rights),
    webhooks: new WebhookService(channels, store, outbox, audit, () => sender.wake()),
    ...createShares({ channels, notifier }, dependencies),
    start() {
      const going = recoveryPart(
        () => batches.recoverAbandoned(),
        (err) => log.error({ err }, 'batches could not go on'),
      );
      kept = [
        hold('webhooks', sender),
        hold('schedules', schedules, checkSchedulesMs),
        hold('batches', going, recoveryMs),
      ];
    },
    async stop() {
      // This must stop before the jobs of batches, because it would start them again.
      await Promise.all(kept.map((part) => part.stop()));
      await batches.stop();
    },
  };
}

function createSender(notifier: TriggerNotifier, dependencies: ChannelsDependencies): WebhookSender {
  const { settings, killSwitches, stores: identity, ownership, journal, audit, fetch, runs, clock, log } = dependencies;
  const { store, outbox } = dependencies.channels;
  const propagation = createTracePropagation(settings);
  return new WebhookSender({
    outbox,
    store,
    runs: dependencies.published,
    killSwitches,
    audit,
    fetch,
    notifier,
    clock,
    log,
    times: { ...clock.trusted, steady: clock.steady },
    requestOf: (runId, requestId) => runs.request(runId, requestId),
    stopMs: settings.stopMs,
    checkMaker: (maker, runId) => checkMaker(maker, runId, { identity, ownership, clock }),
    publicUrl: settings.publicUrl,
    traceparentOf: async (runId) => (propagation.isOn ? propagation.ofRun(await journal.acceptance(runId)) : undefined),
  });
}

function createShares(
  { channels }: Shared,
  dependencies: ChannelsDependencies,
): Pick<Channels, 'shares' | 'shareEntry' | 'sharedRuns'> {
  const { settings, published, runs, feedback, rates, ownership, identity, budgets, blobs, clock } = dependencies;
  const { shares, uploads } = dependencies.channels;
  return {
    shares: new ShareService(channels, shares, uploads, published, budgets, clock.trusted),
    shareEntry: new ShareEntry(channels, shares, ownership, identity, rates, clock.rights, settings.ratePerMinute),
    sharedRuns: new SharedRuns({
      published,
      runs,
      feedback,
      rates,
      clock: clock.trusted,
      shares,
      uploads,
      filesOf: async (workflowId) => {
        const { project = defaultProject } = await ownership.resourceOf('workflow', workflowId);
        return projectFiles(ownership, blobs, project);
      },
      usesThread: (bundle) => usesThread(bundle, dependencies.catalog),
      maxFileBytes: settings.uploadLimit,
      limits: partLimits(settings),
    }),
  };
}
