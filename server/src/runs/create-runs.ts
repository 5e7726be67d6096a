import type { Blobs, Conversations, Journal, NodeCatalog, OpenRequest, Principal } from '@heddle/core';
import type { EngineHost } from '@heddle/engine';
import type { Log } from '../common/log.js';
import type { TrustedClock } from '../common/trusted-clock.js';
import type { CompileService } from '../compile/compile-service.js';
import type { RunHub } from '../live/run-hub.js';
import type { TopicHub } from '../live/topic-hub.js';
import type { Settings } from '../settings/settings-table.js';
import type { Storage } from '../storage/storage.js';
import type { Engine } from './engine.js';
import { recoverRuns } from './recover-runs.js';
import { RunAcceptor, type AcceptorDependencies } from './run-acceptor.js';
import { recordEnds, recordThreads } from './start/record-threads.js';
import { RunThreads, type RunThreadsDependencies } from './start/run-threads.js';
import { usesThread } from './start/uses-thread.js';
import { RunCancellation } from './state/run-cancellation.js';
import type { Driver } from './driver.js';
import { RunDriver } from './run-driver.js';
import { RunWaiters } from './state/run-waiters.js';
import type { RunHandles } from './state/run-handles.js';
import { RunQueue } from './run-queue.js';
import { RunRecords } from './state/run-records.js';
import { RunService } from './run.service.js';
import { notifyRunLists } from './state/notify-run-lists.js';

/** The services of runs. */
export interface Runs {
  readonly runs: RunService;
  readonly queue: RunQueue;
  readonly driver: Driver;
  /** Adds what the newest run of a conversation said, if it is missing. */
  readonly recordThread: (thread: string) => Promise<void>;
  /** Takes over unfinished runs and returns their number. `wasStoppedOrderly`: the last process ended without a crash. */
  recover(wasStoppedOrderly: boolean): Promise<number>;
}

/** A driver, and a function that takes over unfinished runs at the start of a server and returns their number. */
export interface MadeDriver {
  readonly driver: Driver;
  /** What a process must have to run a plan; undefined if there is only one process. */
  readonly needsOf?: AcceptorDependencies['needsOf'];
  readonly recover: (wasStoppedOrderly: boolean) => Promise<number>;
}

/** The dependencies of a driver whose runs several processes share. */
export interface SharedDriverNeeds {
  readonly records: RunRecords;
  readonly waiters: RunWaiters;
  readonly queue: RunQueue;
}

interface RunsDependencies {
  readonly settings: Pick<Settings, 'maxRuns' | 'maxQueued' | 'inputLimit' | 'crashLimit'>;
  readonly engine: Engine;
  readonly host: EngineHost;
  readonly handles: RunHandles;
  readonly journal: Journal;
  readonly compile: CompileService;
  readonly hub: RunHub;
  readonly topics: TopicHub;
  readonly storage: Pick<Storage, 'check'>;
  readonly clock: TrustedClock;
  readonly log: Log;
  readonly conversations: Conversations;
  readonly catalog: NodeCatalog;
  /** Makes the driver if several processes may use the database. */
  readonly shared?: ((needs: SharedDriverNeeds) => MadeDriver) | undefined;
  /** The project and the workflow of a run. */
  readonly scopeOf: RunThreadsDependencies['scopeOf'];
  filesOf(project: string): Pick<Blobs, 'has' | 'put'>;
  /** Checks that a caller may answer a human input request. */
  checkAnswerer(request: OpenRequest, caller: Principal): Promise<void>;
}

/** Wires the services of runs. */
export function createRuns(dependencies: RunsDependencies): Runs {
  const { settings, engine, host, handles, journal, compile, hub, topics, storage, clock, log } = dependencies;
  const checkStorage = (): void => storage.check();
  const queue = new RunQueue(settings.maxRuns, settings.maxQueued);
  const records = new RunRecords(journal, hub);
  const { driver, needsOf, recover } =
    dependencies.shared?.({ records, waiters: new RunWaiters(), queue }) ??
    createAlone(dependencies, { engine, host, handles, journal, queue, records, clock, log, checkStorage });
  const cancellation = new RunCancellation(journal, driver, records, clock, checkStorage);
  const { conversations, catalog, scopeOf } = dependencies;
  const record = recordThreads({ conversations, journal });
  const threads = new RunThreads({
    conversations,
    journal,
    record,
    scopeOf,
    usesThread: (bundle) => usesThread(bundle, catalog),
  });
  recordEnds({ hub, threads, log }, record);
  const acceptor = new RunAcceptor({
    threads,
    journal,
    compile,
    queue,
    driver,
    clock,
    cancellation,
    needsOf,
    filesOf: (project) => dependencies.filesOf(project),
    maxInputBytes: settings.inputLimit,
  });
  const checkAnswerer = (request: OpenRequest, caller: Principal): Promise<void> =>
    dependencies.checkAnswerer(request, caller);
  const runs = new RunService({ journal, acceptor, cancellation, handles, queue, driver, checkAnswerer, checkStorage });
  notifyRunLists({ acceptor, hub, topics, runs });
  return {
    runs,
    queue,
    driver,
    recordThread: record,
    recover,
  };
}

/** Makes the driver of a process that has its database for itself. */
function createAlone(
  { settings: { crashLimit } }: Pick<RunsDependencies, 'settings'>,
  parts: ConstructorParameters<typeof RunDriver>[0],
): MadeDriver {
  const driver = new RunDriver(parts);
  return {
    driver,
    recover: (wasStoppedOrderly) => recoverRuns({ ...parts, driver, crashLimit, wasStoppedOrderly }),
  };
}
