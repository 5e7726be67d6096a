import { createRandom } from '../random.js';

/** The kinds of faults of a cluster, with a description of each. */
export const clusterFaultKinds = {
  'kill-worker': 'a worker is killed',
  'kill-api': 'a process that answers requests is killed',
  stop: 'a process is held by SIGSTOP for longer than its lease, and goes on',
  partition: 'a worker does not reach the database for longer than its lease, and what it sent arrives late or is lost',
  cut: 'all connections of a process to the database end',
  'lost-answer': 'the database carries out what a process sends, and its answers are lost with their connections',
  'redis-flush': 'Redis loses all it has (FLUSHALL)',
  'redis-restart': 'Redis is killed and starts again',
  'redis-away': 'Redis is away for 5 to 30 s',
  'postgres-restart': 'Postgres is stopped in order and starts again',
  'postgres-crash': 'Postgres ends at once, and recovers at its start',
  'bucket-away': 'the bucket is away for 5 to 30 s: its server is killed, refuses connections, or does not answer',
  clock: 'the clock of a worker is wrong for some seconds',
  upgrade: 'each process is stopped in order and starts as another version, one after the other',
} as const;

export type ClusterFaultKind = keyof typeof clusterFaultKinds;

/** How often each kind of fault is applied. */
export type ClusterFaultCounts = Readonly<Partial<Record<ClusterFaultKind, number>>>;

const kinds = Object.keys(clusterFaultKinds) as ClusterFaultKind[];
const isKind = (name: string): name is ClusterFaultKind => Object.hasOwn(clusterFaultKinds, name);

/** The faults if no kind is named: 31 in all. */
export const usualClusterFaults: ClusterFaultCounts = {
  'kill-worker': 6,
  'kill-api': 3,
  stop: 3,
  partition: 3,
  cut: 3,
  'lost-answer': 4,
  'redis-flush': 1,
  'redis-restart': 1,
  'redis-away': 1,
  'postgres-restart': 1,
  'postgres-crash': 2,
  'bucket-away': 1,
  clock: 1,
  upgrade: 1,
};

/** The count of a kind that is named without one. */
const usualCount = 3;

/**
 * Parses a list of kinds with their counts; undefined if it is invalid. `all=N` names all kinds.
 *
 * @example parseClusterFaults('kill-worker=30,upgrade') // { 'kill-worker': 30, upgrade: 3 }
 */
export function parseClusterFaults(text: string): ClusterFaultCounts | undefined {
  const counts: Partial<Record<ClusterFaultKind, number>> = {};
  for (const part of text.split(',')) {
    const [name = '', count = String(usualCount), ...more] = part.trim().split('=');
    if ((name !== 'all' && !isKind(name)) || !/^\d+$/.test(count) || more.length > 0) return undefined;
    for (const kind of name === 'all' ? kinds : kinds.filter((one) => one === name))
      counts[kind] = (counts[kind] ?? 0) + Number(count);
  }
  return counts;
}

/** Orders the faults by the seed. */
export function planClusterFaults(counts: ClusterFaultCounts, seed: number): ClusterFaultKind[] {
  const random = createRandom(seed, 2);
  return kinds
    .flatMap((kind) => Array.from({ length: counts[kind] ?? 0 }, () => kind))
    .map((kind) => ({ kind, order: random.next() }))
    .sort((a, b) => a.order - b.order)
    .map(({ kind }) => kind);
}
