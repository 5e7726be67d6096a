import { heldRequests } from './checks/check-promises.js';
import { isOfIngest } from './checks/check-ingests.js';
import { standstillsOf, type Standstill } from './checks/check-standstills.js';
import { promises, type Disturbance, type Evidence, type Promised, type Violation } from './evidence.js';

/** Runs with fast nodes write records more often than this. */
const longMs = 2_000;

/** The result of a chaos run. */
export interface ChaosReport {
  readonly seed: number;
  readonly hasModels: boolean;
  readonly kills: number;
  /** How often the server was stopped, its disk failed, or its disk was full. */
  readonly disturbances: Readonly<Record<'stop' | 'io' | 'full', number>>;
  /** Set if several processes worked on one database. */
  readonly cluster?: ClusterReport | undefined;
  /** Kinds of faults, and work of clients, that are impossible on this machine, each with the reason. */
  readonly skipped: Readonly<Record<string, string>>;
  readonly runs: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /**
   * How much the checks had to compare: effects in the ledger, repeated effects, answers, cancels, connections, events, ingests and their
   * documents.
   */
  readonly seen: Readonly<Record<string, number>>;
  readonly violations: Readonly<Record<Promised, readonly Violation[]>>;
  /** `startMs`: milliseconds from the start of a process until it listens; `claimMs`: from there to the last claim of a run. */
  readonly startMs: Spread;
  readonly claimMs: Spread;
  /** Model hosts and sandboxes of killed servers that were still running at the end. */
  readonly childrenLeft: number;
  /** With 95 % confidence, a fault breaks a promise with a lower probability than this (without violations: 3/n). */
  readonly bound: number;
  /** Problems other than broken promises. */
  readonly faults: readonly string[];
  readonly isGood: boolean;
}

/** The part of the report that is about a cluster. */
interface ClusterReport extends ClusterBlows {
  /** Requests that stopped processes sent when they continued, after others had the result. */
  readonly heldRequests: number;
  /** The number of faults by kind. */
  readonly struck: Readonly<Record<string, number>>;
  /** Milliseconds between two records of a run that should have done something, during faults, if more than 2,000. */
  readonly standstillMs: Spread;
}

/** The effects of the faults on a cluster. */
interface ClusterBlows {
  readonly leaseMs: number;
  readonly answersLost: number;
  readonly connectionsCut: number;
  /** Starts that failed because the database or Redis was unreachable, and were tried again. */
  readonly refusedStarts: number;
}

interface Spread {
  readonly median: number;
  readonly p95: number;
  readonly max: number;
}

export interface ReportParts {
  readonly seed: number;
  readonly hasModels: boolean;
  readonly evidence: Evidence;
  readonly violations: readonly Violation[];
  readonly skipped?: ChaosReport['skipped'];
  /** The exit code of the last server, which was stopped in order. */
  readonly code: number | null;
  /** Runs and ingests that had not ended when nothing moved any more. */
  readonly left: number;
  /** The state that the server reported at that time. */
  readonly standstill?: string | undefined;
  readonly orphans: ReadonlySet<number>;
  /** Other problems. */
  readonly others?: readonly string[];
  readonly cluster?: ClusterBlows;
}

/** Summarises a chaos run. */
export function reportOf(parts: ReportParts): ChaosReport {
  const { seed, hasModels, evidence, violations, skipped = {}, code, left, standstill, orphans } = parts;
  const { runs, ledger, notifications, lives, disturbances, clients, library } = evidence;
  const kills = lives.filter(({ diedAt }) => diedAt !== undefined).length;
  const times = (kind: Disturbance['kind']): number => disturbances.filter((one) => one.kind === kind).length;
  // In a cluster, the faults already include kills.
  const struck = (parts.cluster === undefined ? kills : 0) + disturbances.length;
  const childrenLeft = [...orphans].filter(isRunning).length;
  const keys = new Set(ledger.map(({ key }) => key));
  const answered = notifications.filter(({ answeredAt }) => answeredAt !== undefined);
  const messages = new Set(answered.map(({ id }) => id));
  const faults = [
    ...(left === 0
      ? []
      : [`${left} runs or ingests had not ended when nothing had moved for two minutes: ${standstill ?? ''}`]),
    ...(code === 0 ? [] : [`the last server was stopped orderly and ended with ${code ?? 'a signal'}, not 0`]),
    ...(parts.others ?? []),
    ...(childrenLeft === 0 ? [] : [`${childrenLeft} children of killed servers are still there`]),
  ];
  return {
    seed,
    hasModels,
    kills,
    disturbances: { stop: times('stop'), io: times('io'), full: times('full') },
    cluster: parts.cluster === undefined ? undefined : clusterReport(parts.cluster, evidence),
    skipped,
    runs: runs.length,
    outcomes: Object.fromEntries(
      [...new Set(runs.map(({ status }) => status))].map((status) => [
        status,
        runs.filter((run) => run.status === status).length,
      ]),
    ),
    seen: {
      effects: keys.size,
      repeatedEffects: ledger.length - keys.size,
      messages: messages.size,
      repeatedMessages: answered.length - messages.size,
      answers: clients.answers.length,
      cancels: clients.cancels.length,
      connections: clients.watches.length,
      events: clients.watches.reduce((sum, { events }) => sum + events.length, 0),
      publishedStreams: clients.streams.length,
      ingests: library.jobs.length,
      documents: library.documents.length,
      passages: library.documents.reduce((sum, { passages }) => sum + passages.length, 0),
      searches: library.searches.length,
    },
    violations: byPromise(violations),
    startMs: spreadOf(
      lives.flatMap(({ startedAt, listeningAt }) => (listeningAt === undefined ? [] : [listeningAt - startedAt])),
    ),
    claimMs: spreadOf(claimsOf(evidence)),
    childrenLeft,
    bound: struck === 0 ? 1 : Math.min(1, 3 / struck),
    faults,
    isGood: violations.length === 0 && faults.length === 0,
  };
}

function clusterReport(blows: ClusterBlows, evidence: Evidence): ClusterReport {
  const { runs, disturbances } = evidence;
  const struck: Record<string, number> = {};
  for (const { kind } of disturbances) struck[kind] = (struck[kind] ?? 0) + 1;
  const stood = runs.flatMap((run) => standstillsOf(run));
  const isStruck = ({ from, to }: Standstill): boolean =>
    disturbances.some(({ startedAt, endedAt }) => startedAt <= to && endedAt >= from);
  const longest = stood.filter((one) => one.to - one.from > longMs && isStruck(one));
  const standstillMs = spreadOf(longest.map(({ from, to }) => to - from));
  return { ...blows, struck, standstillMs, heldRequests: heldRequests(evidence) };
}

function byPromise(violations: readonly Violation[]): Record<Promised, readonly Violation[]> {
  const of = (promise: Promised) => violations.filter((violation) => violation.promise === promise);
  return {
    G1: of('G1'),
    G2: of('G2'),
    G3: of('G3'),
    G4: of('G4'),
    G5: of('G5'),
    G6: of('G6'),
    G7: of('G7'),
    G8: of('G8'),
  };
}

/** For each start, the milliseconds from listening until the last interrupted run was resumed. */
function claimsOf({ runs, lives }: Evidence): number[] {
  return lives.flatMap(({ startedAt, listeningAt, diedAt = Infinity }) => {
    if (listeningAt === undefined) return [];
    const claims = runs.flatMap(({ events }) =>
      events.flatMap((event) =>
        event.type === 'run-resume' && event.reason === 'recovered' && event.time >= startedAt && event.time <= diedAt
          ? [Math.max(0, event.time - listeningAt)]
          : [],
      ),
    );
    return claims.length === 0 ? [] : [Math.max(...claims)];
  });
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { median: at(0.5), p95: at(0.95), max: at(1) };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The promises as they apply to ingests. */
const promisesOfIngests: Partial<Record<Promised, string>> = {
  G1: 'one that was accepted ends by itself, with every passage there and found',
  G2: 'no document or passage is there twice, none that was stored is embedded again',
  G5: 'one that was left goes on within 2 s of listening',
  G6: 'an end stays',
};

function ingestText({ violations, cluster }: ChaosReport): string {
  const promised =
    cluster === undefined
      ? promisesOfIngests
      : { ...promisesOfIngests, G5: 'one that waits is at work within four leases and 5 s of the last fault' };
  return Object.entries(promised)
    .map(([promise, text]) => {
      const count = violations[promise as Promised].filter(({ runId }) => isOfIngest(runId)).length;
      return `${promise} ${count} (${text})`;
    })
    .join(', ');
}

/** Gives the text of a promise. In a cluster, another process takes over unfinished work. */
function promiseOf(promise: string, { cluster }: ChaosReport): string {
  return promise === 'G5' && cluster !== undefined
    ? 'Unfinished work goes on in another process within the lease and 5 s.'
    : promises[promise as Promised];
}

function clusterText(cluster: ClusterReport, ms: (spread: Spread) => string): string {
  const { leaseMs, struck, answersLost, connectionsCut, refusedStarts, standstillMs, heldRequests: late } = cluster;
  const count = Object.values(struck).reduce((sum, one) => sum + one, 0);
  const kinds = Object.entries(struck).map(([kind, times]) => `${kind} ${times}`);
  return [
    `${count} faults of a cluster with leases of ${leaseMs} ms: ${kinds.join(', ')}`,
    `${answersLost} answers lost, ${connectionsCut} connections cut, ${refusedStarts} starts refused and tried again, ${late} late requests of processes that were held`,
    `runs that stood still for more than ${longMs} ms during faults: ${ms(standstillMs)}`,
    'after them',
  ].join('\n');
}

/** Writes a report as text. */
export function reportText(report: ChaosReport): string {
  const { violations, disturbances, seen, outcomes, startMs, claimMs } = report;
  const ms = ({ median, p95, max }: Spread): string => `median ${median} ms, p95 ${p95} ms, most ${max} ms`;
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${count} ${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`)
      .join(', ');
  const struck =
    report.cluster === undefined
      ? `${report.kills} kills, ${disturbances.stop} stops, ${disturbances.io} refusing disks, ${disturbances.full} full disks`
      : clusterText(report.cluster, ms);
  return [
    `${struck}, ${report.runs} runs (${list(outcomes)}), ${report.hasModels ? 'with the starter models' : 'without models'}, seed ${report.seed}`,
    `looked at: ${list(seen)}`,
    ...Object.entries(violations).map(
      ([promise, found]) => `${promise} ${String(found.length).padStart(4)} violations  ${promiseOf(promise, report)}`,
    ),
    `Of them, ingests: ${ingestText(report)}`,
    ...Object.values(violations)
      .flat()
      .slice(0, 20)
      .map(({ promise, runId, message }) => `  ${promise} ${runId}: ${message}`),
    `start to listening: ${ms(startMs)}${report.cluster === undefined ? `; listening to the last claim: ${ms(claimMs)}` : ''}`,
    `95 % bound for a violation in a fault: ${(report.bound * 100).toFixed(2)} %`,
    ...Object.entries(report.skipped).map(([kind, reason]) => `skipped: ${kind}: ${reason}`),
    ...report.faults.map((fault) => `Fault: ${fault}`),
    ...(report.isGood ? [] : [`Not good: repeat with --seed ${report.seed}`]),
    '',
  ].join('\n');
}
