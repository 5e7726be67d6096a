import type { ClassWaits, HeldLease, WaitingRunSet } from '@heddle/adapters/cluster';
import {
  HeddleError,
  runClasses,
  toErrorValue,
  type Audit,
  type AuditActor,
  type ClusterClass,
  type ClusterProcess,
  type ClusterReply,
  type ListedWorker,
  type LivingState,
} from '@heddle/core';
import { hostname } from 'node:os';
import { version } from '../common/version.js';
import type { RunQueue } from '../runs/run-queue.js';
import type { Settings } from '../settings/settings-table.js';
import type { ClusterSource } from './cluster-source.js';
import { acceptsRuns, whyUnplaced } from './accepting-workers.js';

interface ClusterDependencies {
  readonly settings: Pick<Settings, 'dataFolder' | 'maxRuns'>;
  readonly queue: Pick<RunQueue, 'counts'>;
  readonly audit: Pick<Audit, 'commit'>;
  /** The state of all processes; undefined if there is only this process. */
  readonly source?: ClusterSource | undefined;
  /** Throws `queue_*` if the server that carries hints and live text cannot be used; undefined without such a server. */
  readonly checkQueue?: (() => void) | undefined;
}

/** Shows the processes on the database, what they do and wait for, and lets them drain. */
export class ClusterService {
  private readonly startedAt = Date.now() - Math.round(process.uptime() * 1_000);

  constructor(private readonly dependencies: ClusterDependencies) {}

  /** Whether several processes can use the database. */
  get isShared(): boolean {
    return this.dependencies.source !== undefined;
  }

  /** The state of all processes, or of this one if it is alone. Errors: `database_*`. */
  async read(): Promise<ClusterReply> {
    const { source, checkQueue } = this.dependencies;
    if (source === undefined) return { isShared: false, processes: [this.alone()], classes: [], missing: [] };
    const [rows, waiting, leases, waits] = await Promise.all([
      source.workers.list(),
      source.reader.waiting(),
      source.reader.leases(),
      source.waits.read(),
    ]);
    const workers = rows.filter(({ state }) => state !== 'retired');
    const sets = errorsOf(waiting, workers);
    return {
      isShared: true,
      processes: workers.map((worker) => processOf(worker, leases)),
      classes: runClasses.map((name) => classOf(name, { workers, sets, waits })),
      missing: sets.flatMap(({ runs, error }) => (error === undefined ? [] : [{ runs, error }])),
      hints: source.hints,
      ...(checkQueue && { queue: stateOfQueue(checkQueue) }),
    };
  }

  /** Makes a process take no more runs, and hand its runs over to others. Errors: `process_not_found`, `conflict`. */
  drain(id: string, by: AuditActor): Promise<ClusterReply> {
    return this.setState(id, 'draining', by);
  }

  /** Makes a draining process take runs again. Errors: `process_not_found`, `conflict`. */
  undrain(id: string, by: AuditActor): Promise<ClusterReply> {
    return this.setState(id, 'ready', by);
  }

  private async setState(id: string, state: LivingState, by: AuditActor): Promise<ClusterReply> {
    const { source, audit } = this.dependencies;
    if (source === undefined)
      throw new HeddleError(
        'conflict',
        'This Heddle is a single process: stop it to let it drain (SIGTERM). Its runs go on at the next start.',
      );
    const found = (await source.workers.list()).find(({ boot }) => boot === id);
    const write = source.stateWrite(id, state);
    if (found === undefined || found.state === 'retired') throw notFound(write);
    if (found.slots === 0)
      throw new HeddleError(
        'conflict',
        `The process ${found.name} takes no runs (HEDDLE_ROLE=api): there is nothing to drain.`,
        {
          details: { process: id },
        },
      );
    const step = state === 'draining' ? 'process drains' : 'process takes runs';
    await audit.commit({ kind: 'setting', ...by, subject: `process:${found.name}`, details: { step } }, [write]);
    return this.read();
  }

  private alone(): ClusterProcess {
    const { settings, queue } = this.dependencies;
    return {
      id: String(process.pid),
      name: `${hostname()} ${settings.dataFolder}`,
      role: 'all',
      version,
      state: 'ready',
      classes: [...runClasses],
      capabilities: [],
      slots: settings.maxRuns,
      runs: queue.counts.running,
      silentSeconds: 0,
      startedAt: this.startedAt,
      leases: [],
    };
  }
}

const notFound = ({ otherwise }: ReturnType<ClusterSource['stateWrite']>): HeddleError =>
  otherwise?.() ?? new HeddleError('process_not_found', 'The process does not exist.');

type ErrorSet = WaitingRunSet & { readonly error: ReturnType<typeof whyUnplaced> };

function errorsOf(waiting: readonly WaitingRunSet[], workers: readonly ListedWorker[]): readonly ErrorSet[] {
  const takers = workers.filter(acceptsRuns);
  return waiting.map((set) => ({ ...set, error: whyUnplaced(set, takers) }));
}

function processOf(worker: ListedWorker, leases: readonly HeldLease[]): ClusterProcess {
  const { boot, name, role, version: own, classes, slots, runs, registeredAt } = worker;
  return {
    id: boot,
    name,
    role,
    version: own,
    classes: [...classes],
    slots,
    runs,
    state: !worker.isAlive || worker.state === 'retired' ? 'silent' : worker.state,
    capabilities: worker.capabilities.filter((capability) => !capability.startsWith('node:')),
    silentSeconds: worker.silentMs / 1_000,
    startedAt: registeredAt,
    // The holder of a lease is a text that ends with the name of its process.
    leases: leases.filter(({ holder }) => holder.endsWith(` ${name}`)).map((lease) => lease.name),
  };
}

function classOf(
  name: string,
  facts: {
    readonly workers: readonly ListedWorker[];
    readonly sets: readonly ErrorSet[];
    readonly waits: readonly ClassWaits[];
  },
): ClusterClass {
  const takers = facts.workers.filter((worker) => acceptsRuns(worker) && worker.classes.includes(name));
  const sets = facts.sets.filter((set) => set.class === name);
  const able = sets.filter(({ error }) => error === undefined);
  const waits = facts.waits.find((each) => each.class === name);
  return {
    class: name,
    slots: {
      all: sum(takers.map(({ slots }) => slots)),
      free: sum(takers.map(({ slots, runs }) => Math.max(0, slots - runs))),
    },
    waiting: sum(sets.map(({ runs }) => runs)),
    missing: sum(sets.map(({ runs, error }) => (error === undefined ? 0 : runs))),
    oldestSeconds: Math.max(0, ...able.map(({ oldestMs }) => oldestMs / 1_000)),
    waits: {
      runs: waits?.runs ?? 0,
      seconds: waits?.seconds ?? 0,
      buckets: (waits?.buckets ?? []).map((bucket) => ({ ...bucket })),
    },
  };
}

function stateOfQueue(check: () => void): NonNullable<ClusterReply['queue']> {
  try {
    check();
    return { status: 'ok' };
  } catch (error) {
    return { status: 'fault', error: toErrorValue(error, 'queue_failed') };
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
