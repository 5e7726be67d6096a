import { endedRuns } from '../client.js';
import { pause, type ClientWorld } from '../client-world.js';
import type { Disturbance } from '../evidence.js';
import { createRandom, type Random } from '../random.js';
import type { ClusterFaultKind } from './cluster-faults.js';
import type { Member, Role } from './member.js';
import type { MortalCluster } from './mortal-cluster.js';
import type { Services } from './services.js';
import { clusterStrikes, type Struck } from './cluster-strikes.js';

interface ClusterStrikes {
  readonly cluster: MortalCluster;
  readonly services: Services;
  readonly plan: readonly ClusterFaultKind[];
  readonly seed: number;
  readonly leaseMs: number;
  /**
   * A factor for the duration of faults and the time between them: with 0.5, both are halved. Processes are always stopped for longer than
   * the lease.
   */
  readonly pace: number;
  readonly onProgress: ((detail: string) => void) | undefined;
}

/** The results of all faults. */
export interface Blows {
  readonly disturbances: readonly Disturbance[];
  /** Problems during orderly stops and similar steps. */
  readonly faults: readonly string[];
  readonly answersLost: number;
  readonly connectionsCut: number;
}

/** The maximum number of faults at a time. */
const mostAtOnce = 2;
/** After this many faults without a run that ended, the next fault waits for one, so that runs also progress on a slow machine. */
const mostIdleFaults = 8;
/** The maximum milliseconds of this wait. */
const longestWaitMs = 120_000;

/** Applies the faults in order, at moments that depend on the seed; some overlap. */
export async function strikeCluster(world: ClientWorld, strikes: ClusterStrikes): Promise<Blows> {
  const { plan, seed, pace, onProgress } = strikes;
  const random = createRandom(seed);
  const blows = { disturbances: [] as Disturbance[], faults: [] as string[], answersLost: 0, connectionsCut: 0 };
  const underWay = new Set<Promise<void>>();
  let ended = 0;
  let idle = 0;
  for (const [index, kind] of plan.entries()) {
    await pause(distance(random) * pace);
    while (underWay.size >= mostAtOnce) await Promise.race(underWay);
    const now = endedRuns(world);
    idle = now > ended ? 0 : idle + 1;
    ended = now;
    if (idle > mostIdleFaults) {
      await Promise.all(underWay);
      await untilOneMoreEnds(world, ended);
      idle = 0;
    }
    // Each fault has its own random generator, so that its choices do not depend on the other faults.
    const own = createRandom(seed, 10_000 + index);
    const work = strike(kind, own, strikes).then((struck) => {
      blows.disturbances.push(struck.disturbance);
      blows.faults.push(...struck.faults);
      blows.answersLost += struck.answersLost;
      blows.connectionsCut += struck.connectionsCut;
    });
    const tracked = work.finally(() => underWay.delete(tracked));
    underWay.add(tracked);
    onProgress?.(`${index + 1} of ${plan.length} faults`);
  }
  await Promise.all(underWay);
  return blows;
}

/** Most faults come soon after the one before; some come later, so that runs progress. */
function distance(random: Random): number {
  const kind = random.next();
  const [least, most] = kind < 0.6 ? [0, 1_000] : kind < 0.9 ? [1_000, 3_000] : [3_000, 7_000];
  return random.between(least, most);
}

/** The services that a fault uses now. */
const busyServices = new WeakMap<Services, Set<string>>();

async function strike(kind: ClusterFaultKind, random: Random, strikes: ClusterStrikes): Promise<Struck> {
  const { cluster, services } = strikes;
  const reserved: Member[] = [];
  const busy = busyServices.get(services) ?? new Set();
  busyServices.set(services, busy);
  const service = ['redis', 'postgres', 'bucket'].find((name) => kind.startsWith(name));
  /** Takes a process that no other fault uses, and reserves it for this fault. */
  const reserve = async (role: Role | undefined, wanted?: Member): Promise<Member> => {
    for (;;) {
      const free = cluster.members.filter(
        (member) => !member.isBusy && (role === undefined || member.role === role) && member === (wanted ?? member),
      );
      const member = free[Math.floor(random.next() * free.length)];
      if (member !== undefined) {
        member.isBusy = true;
        reserved.push(member);
        return member;
      }
      await pause(20);
    }
  };
  const release = (member: Member): void => {
    member.isBusy = false;
    reserved.splice(reserved.indexOf(member), 1);
  };
  while (service !== undefined && busy.has(service)) await pause(20);
  if (service !== undefined) busy.add(service);
  try {
    return await clusterStrikes[kind]({ ...strikes, random, reserve, release });
  } finally {
    if (service !== undefined) busy.delete(service);
    for (const member of [...reserved]) release(member);
  }
}

async function untilOneMoreEnds(world: ClientWorld, ended: number): Promise<void> {
  const deadline = Date.now() + longestWaitMs;
  while (endedRuns(world) <= ended && Date.now() < deadline) await pause(50);
}
