import type { SmallDisk } from '../e2e/full-disk.js';
import { endedRuns } from './client.js';
import { pause, type ClientWorld } from './client-world.js';
import type { Disturbance } from './evidence.js';
import type { LiveFaultKind } from './faults.js';
import type { MortalServer } from './mortal-server.js';
import { createRandom, type Random } from './random.js';
import type { RefusedDisk } from './refused-disk.js';

/** What the faults need. */
export interface Strikes {
  readonly server: MortalServer;
  readonly plan: readonly LiveFaultKind[];
  readonly seed: number;
  /** How long the lives of a server are, beside what they are by default: 0.5 for half as long. */
  readonly pace: number;
  /** Needed for the fault `io`. */
  readonly disk: RefusedDisk | undefined;
  /** Holds the data folder; needed for the fault `full`. */
  readonly smallDisk: SmallDisk | undefined;
  readonly onProgress: ((detail: string) => void) | undefined;
}

/** After so many faults in which no run ended, a server lives until one has, so that a slow machine gets on too. */
const mostIdleFaults = 8;
/** Most milliseconds that a server gets for that. */
export const longestLifeMs = 60_000;

/** Lets one fault after the other come, at moments that follow from the seed; gives when the server could not work. */
export async function strikeAgainAndAgain(world: ClientWorld, strikes: Strikes): Promise<Disturbance[]> {
  const { plan, seed, pace, onProgress } = strikes;
  const random = createRandom(seed);
  const disturbances: Disturbance[] = [];
  let ended = 0;
  let idle = 0;
  for (const [index, kind] of plan.entries()) {
    await lifetime(strikes.server, random, pace, kind);
    if (idle >= mostIdleFaults) await untilOneMoreEnds(world, ended);
    const now = endedRuns(world);
    idle = now > ended ? 0 : idle + 1;
    ended = now;
    const disturbance = await strike(strikes.server, kind, random, strikes);
    if (disturbance !== undefined) disturbances.push(disturbance);
    onProgress?.(`${index + 1} of ${plan.length} faults`);
  }
  return disturbances;
}

async function strike(
  server: MortalServer,
  kind: LiveFaultKind,
  random: Random,
  { disk, smallDisk }: Strikes,
): Promise<Disturbance | undefined> {
  switch (kind) {
    case 'kill':
      await server.kill();
      server.start();
      return undefined;
    case 'stop':
      return during(
        kind,
        random.between(500, 4_000),
        () => server.hold(true),
        () => server.hold(false),
      );
    case 'full': {
      if (smallDisk === undefined) throw new Error('There is no small disk.');
      const ms = random.between(300, 3_000);
      return during(
        kind,
        ms,
        () => smallDisk.fill(),
        () => smallDisk.free(),
      );
    }
    case 'io': {
      if (disk === undefined) throw new Error('There is no library that refuses.');
      let detail = '';
      const refuse = (): void => void (detail = disk.refuse(random));
      return { ...(await during(kind, random.between(300, 3_000), refuse, () => disk.restore())), detail };
    }
  }
}

async function during(kind: Disturbance['kind'], ms: number, begin: () => void, end: () => void): Promise<Disturbance> {
  const startedAt = Date.now();
  begin();
  await pause(ms);
  end();
  return { kind, startedAt, endedAt: Date.now() };
}

async function untilOneMoreEnds(world: ClientWorld, ended: number): Promise<void> {
  await world.server.current();
  const deadline = Date.now() + longestLifeMs;
  while (endedRuns(world) <= ended && Date.now() < deadline) await pause(50);
}

/** Some die while they start, most soon after, some work for a while, so that runs get on. What goes on afterwards listens first. */
async function lifetime(server: MortalServer, random: Random, pace: number, fault: LiveFaultKind): Promise<void> {
  const kind = random.next();
  if (kind < 0.12 && fault === 'kill') return pause(random.between(50, 1_000));
  const [least, most] = kind < 0.7 ? [0, 700] : kind < 0.94 ? [700, 2_500] : [2_500, 7_000];
  const ms = random.between(least, most) * pace;
  await server.current();
  return pause(ms);
}
