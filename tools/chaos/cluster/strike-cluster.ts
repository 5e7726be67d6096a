import { endedRuns } from '../client.js';
import { pause, type ClientWorld } from '../client-world.js';
import type { Disturbance } from '../evidence.js';
import { createRandom, type Random } from '../random.js';
import type { ClusterFaultKind } from './cluster-faults.js';
import type { Member, Role } from './member.js';
import type { MortalCluster } from './mortal-cluster.js';
import type { Services } from './services.js';
import { clusterStrikes, type Struck } from './cluster-strikes.js';

/** What the faults need. */
interface ClusterStrikes {
  readonly cluster: MortalCluster;
  readonly services: Services;
  readonly plan: readonly ClusterFaultKind[];
  readonly seed: number;
  readonly leaseMs: number;
  /** How long faults are apart and last, beside what is usual: 0.5 for half as long. Held processes are held beyond the lease always. */
  readonly pace: number;
  readonly onProgress: ((detail: string) => void) | undefined;
}

/** What the faults did. */
export interface Blows {
  readonly disturbances: readonly Disturbance[];
  /** What did not go as it must while processes were stopped in order. */
  readonly faults: readonly string[];
  readonly answersLost: number;
  readonly connectionsCut: number;
}

/** Faults that are under way at a time. */
const mostAtOnce = 2;
/** After so many faults in which no run ended, faults wait until one has, so that a slow machine gets on too. */
const mostIdleFaults = 8;
/** Most milliseconds that they wait for that. */
const longestWaitMs = 120_000;

/** Lets one fault after the other come, at moments that follow from the seed; some come while others last. */
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
    // Choices of a fault do not depend on how others went.
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

/** Most come soon after the one before, some later, so that runs get on. */
function distance(random: Random): number {
  const kind = random.next();
  const [least, most] = kind < 0.6 ? [0, 1_000] : kind < 0.9 ? [1_000, 3_000] : [3_000, 7_000];
  return random.between(least, most);
}

/** Services that a fault has now. */
const busyServices = new WeakMap<Services, Set<string>>();

async function strike(kind: ClusterFaultKind, random: Random, strikes: ClusterStrikes): Promise<Struck> {
  const { cluster, services } = strikes;
  const taken: Member[] = [];
  const busy = busyServices.get(services) ?? new Set();
  busyServices.set(services, busy);
  const service = ['redis', 'postgres', 'bucket'].find((name) => kind.startsWith(name));
  /** A process that no other fault has, from now on for this one. */
  const take = async (role: Role | undefined, wanted?: Member): Promise<Member> => {
    for (;;) {
      const free = cluster.members.filter(
        (member) => !member.isBusy && (role === undefined || member.role === role) && member === (wanted ?? member),
      );
      const member = free[Math.floor(random.next() * free.length)];
      if (member !== undefined) {
        member.isBusy = true;
        taken.push(member);
        return member;
      }
      await pause(20);
    }
  };
  const give = (member: Member): void => {
    member.isBusy = false;
    taken.splice(taken.indexOf(member), 1);
  };
  while (service !== undefined && busy.has(service)) await pause(20);
  if (service !== undefined) busy.add(service);
  try {
    return await clusterStrikes[kind]({ ...strikes, random, take, give });
  } finally {
    if (service !== undefined) busy.delete(service);
    for (const member of [...taken]) give(member);
  }
}

async function untilOneMoreEnds(world: ClientWorld, ended: number): Promise<void> {
  const deadline = Date.now() + longestWaitMs;
  while (endedRuns(world) <= ended && Date.now() < deadline) await pause(50);
}
