import { send } from '../../e2e/server-calls.js';
import { pause } from '../client-world.js';
import type { Disturbance } from '../evidence.js';
import type { Random } from '../random.js';
import type { ClusterFaultKind } from './cluster-faults.js';
import { migrateBesideOthers } from './migrate-beside.js';
import type { Member, Role } from './member.js';
import { commandRedis, untilPostgres, type Services } from './services.js';
import type { MortalCluster } from './mortal-cluster.js';

/** The result of a fault. */
export interface Struck {
  readonly disturbance: Disturbance;
  readonly faults: readonly string[];
  readonly answersLost: number;
  readonly connectionsCut: number;
}

/** The parts that a fault uses. */
interface StrikeParts {
  readonly cluster: MortalCluster;
  readonly services: Services;
  readonly leaseMs: number;
  readonly pace: number;
  readonly random: Random;
  /** Takes a process that no other fault uses: one of a role, or a certain one. The fault gives it back at its end. */
  readonly reserve: (role: Role | undefined, wanted?: Member) => Promise<Member>;
  readonly release: (member: Member) => void;
}

type Strike = (parts: StrikeParts) => Promise<Struck>;

const hour = 3_600_000;
const day = 24 * hour;
/** The maximum milliseconds of an orderly stop: 20 s are promised, and a busy machine needs more to start and end processes. */
const stopMs = 30_000;

/** The result of a fault without its time. */
type Found = Partial<Omit<Struck, 'disturbance'>>;

/** Runs a fault and records its time. */
async function during(
  kind: ClusterFaultKind,
  work: () => Promise<Found | undefined>,
  more: Pick<Disturbance, 'detail' | 'shiftMs'> = {},
): Promise<Struck> {
  const startedAt = Date.now();
  const found = (await work()) ?? {};
  const disturbance = { kind, ...more, startedAt, endedAt: Date.now() };
  return { disturbance, faults: [], answersLost: 0, connectionsCut: 0, ...found };
}

/** Longer than other processes wait for a heartbeat. */
const beyondLease = ({ random, leaseMs }: StrikeParts): number => leaseMs * random.between(1.2, 1.8);

const kill =
  (role: Role, kind: ClusterFaultKind): Strike =>
  async (parts) => {
    const { random, leaseMs, reserve } = parts;
    const member = await reserve(role);
    const isAway = random.chance(0.5);
    const isNew = isAway && random.chance(0.5);
    // A process that starts again with the same folder takes back its runs. If it stays away, other processes wait for the end of the
    // lease.
    const awayMs = isAway ? random.between(0, leaseMs * 1.5) : 0;
    const isSoon = random.chance(0.15);
    return during(
      kind,
      async () => {
        await member.kill();
        await pause(awayMs);
        member.start({ isNew });
        // Some processes get the next fault while they are still starting.
        if (!isSoon) await member.server.current();
      },
      { detail: member.name },
    );
  };

const stop: Strike = async (parts) => {
  const member = await parts.reserve(parts.random.chance(0.75) ? 'worker' : 'api');
  return during(
    'stop',
    async () => {
      member.isHeld = true;
      member.server.hold(true);
      await pause(beyondLease(parts));
      member.server.hold(false);
      member.isHeld = false;
    },
    { detail: member.name },
  );
};

const partition: Strike = async (parts) => {
  const member = await parts.reserve('worker');
  const held = parts.random.chance(0.5) ? 'arrives' : 'is lost';
  return during(
    'partition',
    async () => {
      member.proxy.hold();
      await pause(beyondLease(parts));
      member.proxy.resume(held);
    },
    { detail: `${member.name}, what it sent ${held}` },
  );
};

const cut: Strike = async ({ reserve }) => {
  const member = await reserve(undefined);
  return during('cut', () => Promise.resolve({ connectionsCut: member.proxy.cut() }), { detail: member.name });
};

const loseAnswers: Strike = async ({ reserve, random, pace }) => {
  const member = await reserve(undefined);
  const ms = random.between(200, 1_500) * pace;
  return during(
    'lost-answer',
    async () => {
      const end = member.proxy.loseAnswers();
      await pause(ms);
      return { answersLost: end() };
    },
    { detail: member.name },
  );
};

const flush: Strike = ({ services: { redis } }) =>
  during('redis-flush', async () => {
    const answer = await commandRedis(redis.port, 'FLUSHALL');
    if (!answer.startsWith('+OK')) throw new Error(`Redis refused FLUSHALL: ${answer}`);
  });

const endRedis =
  (kind: 'redis-restart' | 'redis-away'): Strike =>
  ({ services: { redis }, random, pace }) => {
    const awayMs = kind === 'redis-away' ? random.between(5_000, 30_000) * pace : 0;
    return during(kind, async () => {
      await redis.kill();
      await pause(awayMs);
      await redis.begin();
    });
  };

const endPostgres =
  (kind: 'postgres-restart' | 'postgres-crash'): Strike =>
  ({ services: { postgres, postgresPort }, random, pace }) => {
    const awayMs = random.chance(0.5) ? random.between(0, 3_000) * pace : 0;
    return during(kind, async () => {
      await postgres.stop(kind === 'postgres-crash' ? 'crash' : 'fast');
      await pause(awayMs);
      postgres.start();
      await untilPostgres(postgresPort);
    });
  };

/**
 * The maximum milliseconds until the health check of a process reports that the bucket is unreachable. The check reads the bucket every 5
 * s.
 */
const healthMs = 60_000;

/** Waits until a process that answers requests reports that the bucket is unreachable. Returns a problem if none does. */
async function untilHealthSays(cluster: MortalCluster): Promise<string[]> {
  const deadline = Date.now() + healthMs;
  while (Date.now() < deadline) {
    const server = cluster.of('api').flatMap(({ listening }) => listening ?? [])[0];
    const health =
      server === undefined
        ? ''
        : await send(server, '/api/health').then(
            ({ text }) => text,
            () => '',
          );
    if (health.includes('bucket_unreachable')) return [];
    await pause(100);
  }
  return [`no health said that the bucket is away for ${healthMs} ms`];
}

const bucketAway: Strike = ({ cluster, services: { bucket }, random, pace }) => {
  if (typeof bucket === 'string') throw new Error(`There is no bucket: ${bucket}`);
  const { proxy } = bucket;
  const awayMs = random.between(5_000, 30_000) * pace;
  const ways = [
    { detail: 'its server is killed', cause: () => bucket.kill(), end: () => bucket.begin() },
    { detail: 'connections are refused', cause: () => proxy.refuse(), end: () => proxy.accept() },
    {
      detail: 'it does not answer',
      cause: () => proxy.hold(),
      end: () => proxy.resume(random.chance(0.5) ? 'arrives' : 'is lost'),
    },
  ] as const;
  const { detail, cause, end } = ways[Math.floor(random.next() * ways.length)] ?? ways[0];
  return during(
    'bucket-away',
    async () => {
      await cause();
      const [faults] = await Promise.all([untilHealthSays(cluster), pause(awayMs)]);
      await end();
      return { faults };
    },
    { detail },
  );
};

const clock: Strike = async ({ reserve, random, pace }) => {
  const member = await reserve('worker');
  const kind = random.next();
  // The shifts are arbitrary milliseconds, so that no two of them are equal.
  const shiftMs = Math.round(
    kind < 0.3
      ? -random.between(hour, 400 * day)
      : kind < 0.6
        ? random.between(hour, 40 * hour)
        : random.between(91 * day, 1_000 * day),
  );
  return during(
    'clock',
    async () => {
      member.setClock(shiftMs);
      await pause(random.between(2_000, 8_000) * pace);
      member.setClock(0);
    },
    { detail: `${member.name} by ${(shiftMs / hour).toFixed(1)} h`, shiftMs },
  );
};

const upgrade: Strike = async ({ cluster, services, reserve, release }) => {
  const version = cluster.nextVersion();
  const isOther = version.repository !== undefined;
  return during(
    'upgrade',
    async () => {
      const faults = isOther || !cluster.hasOtherVersion ? [] : await migrateBesideOthers(cluster, services);
      for (const wanted of cluster.members) {
        const member = await reserve(undefined, wanted);
        await member.server.current();
        const stoppedAt = Date.now();
        const code = await member.stop();
        const ms = Date.now() - stoppedAt;
        if (code !== 0) faults.push(`${member.name} drained and ended with ${code ?? 'a signal'}, not 0`);
        if (ms > stopMs) faults.push(`${member.name} drained for ${ms} ms`);
        member.setVersion(version);
        member.start();
        await member.server.current();
        release(member);
      }
      return { faults };
    },
    { detail: `to ${isOther ? 'the other version' : (version.announced ?? 'the version of the tree')}` },
  );
};

/** The function of each kind of fault. */
export const clusterStrikes: Readonly<Record<ClusterFaultKind, Strike>> = {
  'kill-worker': kill('worker', 'kill-worker'),
  'kill-api': kill('api', 'kill-api'),
  stop,
  partition,
  cut,
  'lost-answer': loseAnswers,
  'redis-flush': flush,
  'redis-restart': endRedis('redis-restart'),
  'redis-away': endRedis('redis-away'),
  'postgres-restart': endPostgres('postgres-restart'),
  'postgres-crash': endPostgres('postgres-crash'),
  'bucket-away': bucketAway,
  clock,
  upgrade,
};
