import type { SmallDisk } from '../e2e/full-disk.js';
import { endedRuns } from './client.js';
import { pause, type ClientWorld } from './client-world.js';
import type { Disturbance } from './evidence.js';
import type { LiveFaultKind } from './faults.js';
import type { MortalServer } from './mortal-server.js';
import { createRandom, type Random } from './random.js';
import type { RefusedDisk } from './refused-disk.js';

interface Strikes {
  readonly server: MortalServer;
  readonly plan: readonly LiveFaultKind[];
  readonly seed: number;
  /** A factor for the time that a server runs between two faults: with 0.5, it is halved. */
  readonly pace: number;
  /** Needed for the fault `io`. */
  readonly disk: RefusedDisk | undefined;
  /** The disk with the data folder; needed for the fault `full`. */
  readonly smallDisk: SmallDisk | undefined;
  readonly onProgress: ((detail: string) => void) | undefined;
}

/** After this many faults without a run that ended, the server runs until one has ended, so that runs also progress on a slow machine. */
const mostIdleFaults = 8;
/** The maximum milliseconds of that wait. */
export const longestLifeMs = 60_000;

/** Applies the faults in order, at moments that depend on the seed; returns the periods in which the server could not work. */
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

/**
 * Waits for the lifetime of a server. Some servers are killed while they start and most soon after; some work for a while, so that runs
 * progress. Before other faults than a kill, the server must listen.
 */
async function lifetime(server: MortalServer, random: Random, pace: number, fault: LiveFaultKind): Promise<void> {
  const kind = random.next();
  if (kind < 0.12 && fault === 'kill') return pause(random.between(50, 1_000));
  const [least, most] = kind < 0.7 ? [0, 700] : kind < 0.94 ? [700, 2_500] : [2_500, 7_000];
  const ms = random.between(least, most) * pace;
  await server.current();
  return pause(ms);
}
