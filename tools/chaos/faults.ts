import { createRandom } from './random.js';

/** The kinds of faults of a server, with a description of each. */
export const faultKinds = {
  kill: 'the process is killed',
  stop: 'the process is held by SIGSTOP for seconds and goes on',
  io: 'the disk refuses reads, writes or flushes of the database for seconds',
  full: 'the disk is full for seconds',
  bitrot: 'a bit of the database, its log or a value is changed while no server runs',
  clock: 'the clock is wrong at the start, or is set while the server runs',
  values: 'a reply is nested too deeply, too wide or too long',
  sync: 'the process is killed while it syncs a source that changes',
  power: 'the power is cut: what the file system has not written yet is gone',
} as const;

export type FaultKind = keyof typeof faultKinds;

/** The kinds that are applied to one server while it works. */
export type LiveFaultKind = 'kill' | 'stop' | 'io' | 'full';
const liveKinds: readonly LiveFaultKind[] = ['kill', 'stop', 'io', 'full'];

/** How often each kind of fault is applied. */
export type FaultCounts = Readonly<Partial<Record<FaultKind, number>>>;

/** The count of a kind that is named without one. */
const usualCount = 5;

const isKind = (name: string): name is FaultKind => Object.hasOwn(faultKinds, name);

/**
 * Parses a list of kinds with their counts; undefined if it is invalid.
 *
 * @example parseFaults('kill=30,stop') // { kill: 30, stop: 5 }
 */
export function parseFaults(text: string): FaultCounts | undefined {
  const counts: Partial<Record<FaultKind, number>> = {};
  for (const part of text.split(',')) {
    const [name = '', count = String(usualCount), ...more] = part.trim().split('=');
    if (!isKind(name) || !/^\d+$/.test(count) || more.length > 0) return undefined;
    counts[name] = (counts[name] ?? 0) + Number(count);
  }
  return counts;
}

/** Orders the faults of a working server by the seed. */
export function planFaults(counts: FaultCounts, seed: number): LiveFaultKind[] {
  const random = createRandom(seed, 2);
  const plan = liveKinds.flatMap((kind) => Array.from({ length: counts[kind] ?? 0 }, () => kind));
  return plan
    .map((kind) => ({ kind, order: random.next() }))
    .sort((a, b) => a.order - b.order)
    .map(({ kind }) => kind);
}
