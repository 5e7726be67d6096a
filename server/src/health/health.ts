import {
  HealthReply,
  ProbeReply,
  SettingsReply,
  toErrorValue,
  type Clock,
  type ErrorCode,
  type ErrorValue,
  type Journal,
  type RunSummary,
  type SourceStore,
} from '@heddle/core';
import type { ClockService } from '../clock/clock.service.js';
import type { RunQueue } from '../runs/run-queue.js';
import type { Placement } from '../runs/placement.js';
import type { RunService } from '../runs/run.service.js';
import type { SecretService } from '../secrets/secret.service.js';
import type { Settings } from '../settings/settings-table.js';
import type { Storage } from '../storage/storage.js';
import type { RetentionSweeper } from '../storage/retention-sweeper.js';
import { version } from '../common/version.js';
import { testsWithoutFixtures, type TestSources } from './tests-without-fixtures.js';
import { runningExecutions, waitingList, type RunFacts } from './waiting-list.js';

export { HealthReply, ProbeReply, SettingsReply };

/** The longest list in the reply. */
const most = 200;
/** How many unfinished runs are read at most; the oldest are kept. */
const mostRuns = 1_000;

/** What a caller may see of the health. Everybody sees the status and the number of runs. */
export interface HealthView {
  /** Called with undefined for a run that the journal cannot read now. */
  readonly showsRun: (run: RunSummary | undefined) => boolean;
  /** Whether the caller sees the messages of faults, which contain file paths. */
  readonly showsFaults: boolean;
}

/** The view of the local user. */
export const everything: HealthView = { showsRun: () => true, showsFaults: true };

export interface HealthSources extends Pick<TestSources, 'catalog'> {
  readonly settings: Settings;
  readonly queue: RunQueue;
  readonly runs: RunService;
  readonly clock: Clock;
  readonly clocks: ClockService;
  readonly sweeper: RetentionSweeper;
  readonly secrets: SecretService;
  readonly parts: TestSources['parts'] & {
    readonly journal: Pick<Journal, 'unfinished' | 'requests' | 'due'>;
    readonly storage: Pick<Storage, 'check' | 'damages'>;
    readonly sources: Pick<SourceStore, 'failing'>;
    /** Throws `queue_*` if the server that carries hints and live text cannot be used; undefined without such a server. */
    readonly checkQueue?: (() => void) | undefined;
    /** Throws `bucket_*` if the bucket with files cannot be used; undefined without a bucket. */
    readonly checkFiles?: (() => void) | undefined;
    /** Which runs other processes have; undefined if there is only this process. */
    readonly placement?: (() => Promise<Placement>) | undefined;
    /** Throws `storage_*` if the file of the collections is lost or damaged. */
    checkCollections?(): Promise<void>;
  };
}

/** Reads the health of a Heddle. It answers even if the store does not. */
export async function healthOf(sources: HealthSources, view = everything): Promise<HealthReply> {
  const { queue, settings } = sources;
  const { running, queued } = queue.counts;
  const facts = await factsOf(sources);
  const executions = runningExecutions(facts);
  const waiting = waitingList(facts);
  // On a full disk, a small write can succeed while the commits of runs fail, so faults of runs count too.
  const fault =
    faultOf(() => sources.parts.storage.check(), 'storage_failed') ??
    faultOf(() => sources.parts.checkFiles?.(), 'storage_failed') ??
    waiting.find(({ reason, error }) => reason === 'store' && error)?.error ??
    (await collectionsFault(sources)) ??
    damageFault(sources);
  const queueFault = faultOf(() => sources.parts.checkQueue?.(), 'queue_failed');
  const stuck = waiting.filter((entry) => entry.isStuck).length;
  const isShown = ({ runId }: { readonly runId: string }): boolean => view.showsRun(facts.unfinished.get(runId));
  const oldest = oldestOf(facts, view);
  const tests = view.showsFaults ? await testsWithoutFixtures(sources) : [];
  const clock = sources.clocks.describe();
  // If the machine was only off for a while, that is not a fault: only retention waits.
  const isClockWrong =
    clock.message !== undefined &&
    (clock.wasSet || clock.rightsAheadMs !== undefined || clock.aheadOfDatabaseMs !== undefined);
  return {
    status: fault === undefined && queueFault === undefined && stuck === 0 && !isClockWrong ? 'ok' : 'degraded',
    version,
    pid: process.pid,
    uptimeSeconds: Math.round(process.uptime()),
    memoryMb: Math.round(process.memoryUsage.rss() / 2 ** 20),
    storage: partOf(fault, view),
    queue: sources.parts.checkQueue === undefined ? undefined : partOf(queueFault, view),
    runs: {
      running,
      queued,
      suspended: facts.suspended,
      maxRunning: settings.maxRuns,
      maxQueued: settings.maxQueued,
      oldest,
    },
    executions: executions.filter(isShown).slice(0, most),
    waiting: waiting.filter(isShown).slice(0, most),
    stuck,
    retention: sources.sweeper.describe(),
    ...(view.showsFaults
      ? {
          clock,
          secretsWithoutHost: await secretsWithoutHost(sources),
          testsWithoutFixtures: tests,
          failingSources: await failingSources(sources),
        }
      : {}),
  };
}

/** Empty if the store cannot be read, which the reply reports elsewhere. */
async function failingSources({
  parts,
}: HealthSources): Promise<{ collection: string; source: string; code: string }[]> {
  try {
    return (await parts.sources.failing(most)).map(({ collection, id, code }) => ({ collection, source: id, code }));
  } catch {
    return [];
  }
}

/** Undefined if the store cannot be read, which the reply reports elsewhere. */
async function secretsWithoutHost({ secrets }: HealthSources): Promise<{ name: string; owner: string }[]> {
  try {
    return [...(await secrets.needingHosts())].slice(0, most);
  } catch {
    return [];
  }
}

/** The state of one part: whether it works, and if not, why. */
const partOf = (fault: ErrorValue | undefined, { showsFaults }: HealthView): HealthReply['storage'] =>
  fault === undefined ? { status: 'ok' } : { status: 'fault', ...(showsFaults ? { error: fault } : {}) };

function faultOf(check: () => void, otherwise: ErrorCode): ErrorValue | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return toErrorValue(error, otherwise);
  }
}

/** How many damaged values are named. */
const mostNamed = 10;

function damageFault({ parts }: HealthSources): ErrorValue | undefined {
  const damages = parts.storage.damages?.() ?? [];
  if (damages.length === 0) return undefined;
  const locations = damages.slice(0, mostNamed).map(({ place }) => place);
  return {
    code: 'storage_corrupt',
    message: `${damages.length} stored records or values are damaged (${locations.join(', ')}${damages.length > mostNamed ? ', …' : ''}): everything else works. Restore a backup from before (heddle restore), or remove the runs that they belong to.`,
    retryable: false,
    details: { places: locations },
  };
}

async function collectionsFault({ parts }: HealthSources): Promise<ErrorValue | undefined> {
  try {
    await parts.checkCollections?.();
    return undefined;
  } catch (error) {
    return toErrorValue(error, 'storage_failed');
  }
}

async function factsOf({ parts, runs, queue, clock, settings }: HealthSources): Promise<RunFacts> {
  const { journal } = parts;
  // Values that cannot be read are left out; `storage` reports the fault.
  const [unfinished, requests, due, placement] = await Promise.all([
    journal.unfinished().catch(() => []),
    journal.requests().catch(() => []),
    journal.due().catch(() => []),
    parts.placement?.().catch(() => undefined),
  ]);
  const live = runs.snapshot();
  return {
    now: clock.now(),
    placement,
    stuckMs: settings.stuckSeconds * 1000,
    suspended: unfinished.filter(({ status }) => status === 'suspended').length,
    unfinished: new Map(unfinished.slice(0, mostRuns).map((summary) => [summary.runId, summary])),
    live,
    queued: queue.next(most).map(({ runId }) => runId),
    lost: runs.lost,
    requests: requests.slice(0, mostRuns),
    due: new Map(
      due
        .filter(({ runId }) => !live.some((run) => run.runId === runId))
        .slice(0, mostRuns)
        .map(({ runId, until }) => [runId, until]),
    ),
  };
}

function oldestOf({ unfinished, live }: RunFacts, view: HealthView): HealthReply['runs']['oldest'] {
  const isLive = new Set(live.map(({ runId }) => runId));
  const oldest = [...unfinished.values()]
    .filter((run) => run.status !== 'suspended' && view.showsRun(run))
    .toSorted((a: RunSummary, b: RunSummary) => a.acceptedAt - b.acceptedAt)[0];
  if (oldest === undefined) return undefined;
  const { runId, workflowName, acceptedAt } = oldest;
  return { runId, workflowName, acceptedAt, status: isLive.has(runId) ? oldest.status : 'queued' };
}
