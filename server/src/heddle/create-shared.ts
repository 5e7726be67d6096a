import type { Journal } from '@heddle/core';
import type { EngineHost } from '@heddle/engine';
import { hostname } from 'node:os';
import {
  carryOutAtRest,
  createRunFeed,
  sayingJournal,
  SharedDriver,
  startWorker,
  workTimes,
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

/** What runs that several processes share are made of. */
export interface SharedRuns {
  readonly settings: Pick<Settings, 'maxRuns' | 'maxQueued' | 'crashLimit' | 'dataFolder' | 'stopMs'>;
  readonly parts: { readonly journal: Journal; readonly clock: TrustedClock; readonly log: Log };
  readonly host: EngineHost;
  readonly handles: RunHandles;
  readonly hub: RunHub;
}

/**
 * Makes the driver of runs on a database of several processes, and the worker of this one. The worker begins with the server, or with the first run
 * of a command.
 */
export function createShared(
  cluster: Cluster,
  shared: SharedRuns,
  { takesRuns, ...needs }: SharedDriverNeeds & { readonly takesRuns: boolean },
): MadeDriver {
  const { parts, handles, hub } = shared;
  const { clock, log } = parts;
  const journal = sayingJournal(parts.journal, sayTo(cluster, hub));
  const { commands, redis } = cluster;
  const { dispatch, bus } = redis ?? {};
  let starting: Promise<RunningWorker> | undefined;
  const begin = takesRuns
    ? (): Promise<RunningWorker> => (starting ??= beginWorker(cluster, shared, needs))
    : undefined;
  const driver = new SharedDriver({ ...{ journal, handles, clock, log, commands, dispatch, bus, ...needs }, begin });
  hub.follow(createRunFeed({ journal: parts.journal, bus, clock, isHere: (runId) => driver.owns(runId) }));
  return {
    driver,
    async recover() {
      if (!takesRuns) beginRounds(cluster, shared, needs);
      return (await driver.begin())?.size ?? 0;
    },
  };
}

/** Says what the server itself writes to those who watch in any process. */
const sayTo =
  ({ redis }: Cluster, hub: RunHub): Parameters<typeof sayingJournal>[1] =>
  (runId, events) => {
    hub.emit(runId, events);
    redis?.bus.publish(runId, events);
  };

async function beginWorker(
  cluster: Cluster,
  { settings, parts, host, handles, hub }: SharedRuns,
  needs: SharedDriverNeeds,
): Promise<RunningWorker> {
  const { queue, waiters } = needs;
  const { journal, clock, log } = parts;
  const { maxRuns: slots, crashLimit, dataFolder, stopMs } = settings;
  const { claims, workers, commands, times: lifeTimes, redis } = cluster;
  const worker = await startWorker({
    worker: { name: `${hostname()} ${dataFolder}`, version, capabilities: [], slots },
    ...{ journal, clock, log, handles, crashLimit, host, claims, workers, commands, lifeTimes },
    ...(redis && { dispatch: redis.dispatch, bus: redis.bus, hasHints: () => redis.hasHints() }),
    times: { ...workTimes, graceMs: stopMs, drainMs: Math.max(workTimes.drainMs, 2 * stopMs) },
    onSaid: (runId, events) => hub.emit(runId, events),
    onLeft: (runId) => {
      queue.noteRunning(worker.size);
      waiters.wake(runId);
    },
  });
  beginRounds(cluster, { settings, parts, hub }, needs, worker);
  return worker;
}

/** What each process does for all: it counts, and in turns it reconciles, seals, and carries out commands to runs that no process has. */
function beginRounds(
  cluster: Cluster,
  { settings, parts, hub }: Pick<SharedRuns, 'settings' | 'parts' | 'hub'>,
  { queue }: SharedDriverNeeds,
  worker?: RunningWorker,
): void {
  const journal = sayingJournal(parts.journal, sayTo(cluster, hub));
  cluster.begin({
    async count() {
      queue.noteRunning(worker?.size ?? 0);
      const waiting = await cluster.countWaiting(settings.maxQueued + 1);
      queue.noteStored(() => waiting);
    },
    onOrphan: (command) => carryOutAtRest({ journal, commands: cluster.commands, clock: parts.clock }, command),
  });
}
