import type { Journal } from '@heddle/core';
import type { EngineHost } from '@heddle/engine';
import {
  carryOutAtRest,
  createCapabilities,
  createRunFeed,
  createRunNeeds,
  keepRegistered,
  emittingJournal,
  SharedDriver,
  startWorker,
  workTimes,
  type CapabilitySources,
  type NeedSources,
  type RunningWorker,
} from '../cluster/index.js';
import type { Log } from '../common/log.js';
import type { TrustedClock } from '../common/trusted-clock.js';
import { version } from '../common/version.js';
import type { RunHub } from '../live/run-hub.js';
import type { MadeDriver, SharedDriverNeeds } from '../runs/create-runs.js';
import type { RunHandles } from '../runs/state/run-handles.js';
import type { Settings } from '../settings/settings-table.js';
import type { Cluster } from './database/cluster.js';

export interface SharedRuns {
  readonly settings: Pick<
    Settings,
    'maxRuns' | 'maxQueued' | 'crashLimit' | 'stopMs' | 'role' | 'workerClass' | 'workerZone'
  >;
  readonly parts: NeedSources &
    Omit<CapabilitySources, 'zones'> & { readonly journal: Journal; readonly clock: TrustedClock; readonly log: Log };
  readonly host: EngineHost;
  readonly handles: RunHandles;
  readonly hub: RunHub;
}

/**
 * Creates the driver of runs on a shared database, and the worker of this process. The worker starts with the server, or with the first run
 * of a command.
 */
export function createShared(
  cluster: Cluster,
  shared: SharedRuns,
  { takesRuns, ...needs }: SharedDriverNeeds & { readonly takesRuns: boolean },
): MadeDriver {
  const { parts, handles, hub } = shared;
  const { clock, log } = parts;
  const journal = emittingJournal(parts.journal, emitTo(cluster, hub));
  const { commands, dispatch, redis, whyWaiting } = cluster;
  const bus = redis?.bus;
  let starting: Promise<RunningWorker> | undefined;
  let leave = (): Promise<void> => Promise.resolve();
  const begin = takesRuns
    ? (): Promise<RunningWorker> => (starting ??= beginWorker(cluster, shared, needs))
    : undefined;
  const driver = new SharedDriver({
    journal,
    handles,
    clock,
    log,
    commands,
    dispatch,
    bus,
    whyWaiting,
    ...needs,
    begin,
    leave: () => leave(),
  });
  hub.follow(createRunFeed({ journal: parts.journal, bus, clock, isHere: (runId) => driver.owns(runId) }));
  return {
    driver,
    needsOf: createRunNeeds(parts),
    async recover() {
      if (takesRuns) return (await driver.begin())?.size ?? 0;
      const { name, workers, times } = cluster;
      const registered = await keepRegistered({ name, role: 'api', version }, { workers, clock, log, times });
      leave = () => registered.leave();
      beginRounds(cluster, shared, needs);
      return 0;
    },
  };
}

/** Emits records of the server itself to the watchers in all processes. */
const emitTo =
  ({ redis }: Cluster, hub: RunHub): Parameters<typeof emittingJournal>[1] =>
  (runId, events) => {
    hub.emit(runId, events);
    redis?.bus.publish(runId, events);
  };

async function beginWorker(cluster: Cluster, shared: SharedRuns, needs: SharedDriverNeeds): Promise<RunningWorker> {
  const { settings, parts, host, handles, hub } = shared;
  const { queue, waiters } = needs;
  const { journal, clock, log } = parts;
  const { maxRuns: slots, crashLimit, stopMs, role, workerClass: classes, workerZone: zones } = settings;
  const { name, claims, workers, commands, times: lifeTimes, dispatch, redis, waits } = cluster;
  const capabilities = createCapabilities({ ...parts, zones });
  await capabilities.refresh();
  const worker = await startWorker({
    worker: { name, version, role, classes, slots, capabilities: capabilities.now() },
    capabilities: () => capabilities.now(),
    onClaimed: ({ class: className, waitedMs }) => {
      if (waitedMs !== undefined) waits.note(className, waitedMs);
    },
    journal,
    clock,
    log,
    handles,
    crashLimit,
    host,
    claims,
    workers,
    commands,
    lifeTimes,
    dispatch,
    bus: redis?.bus,
    hasHints: redis && (() => redis.hasHints()),
    times: { ...workTimes, graceMs: stopMs, drainMs: Math.max(workTimes.drainMs, 2 * stopMs) },
    onEvents: (runId, events) => hub.emit(runId, events),
    onLeft: (runId) => {
      queue.noteRunning(worker.size);
      waiters.wake(runId);
    },
  });
  beginRounds(cluster, shared, needs, { worker, refresh: () => capabilities.refresh() });
  return worker;
}

/** How often this process reads its capabilities again, in seconds. */
const refreshSeconds = 5;

/**
 * Starts the work for all processes. Each process counts waiting runs; one at a time reconciles, seals audit entries, and carries out
 * commands to runs without an owner.
 */
function beginRounds(
  cluster: Cluster,
  { settings, parts, hub }: Pick<SharedRuns, 'settings' | 'parts' | 'hub'>,
  { queue }: SharedDriverNeeds,
  own?: { readonly worker: RunningWorker; readonly refresh: () => Promise<void> },
): void {
  const journal = emittingJournal(parts.journal, emitTo(cluster, hub));
  let round = 0;
  cluster.begin({
    async count() {
      queue.noteRunning(own?.worker.size ?? 0);
      round += 1;
      if (round % refreshSeconds === 0) await own?.refresh();
      const waiting = await cluster.countWaiting(settings.maxQueued + 1);
      queue.noteStored(() => waiting);
      await cluster.waits.flush();
    },
    onOrphan: (command) => carryOutAtRest({ journal, commands: cluster.commands, clock: parts.clock }, command),
  });
}
