import { setTimeout as pause } from 'node:timers/promises';
import { beginTimes, readBegins } from './begin-times.mjs';
import { onCluster, parameter } from './open-cluster.mjs';
import { percentile } from './percentile.mjs';
import { gapsWithin, recordTimes, silences } from './record-times.mjs';
import { waiting } from './waiting-workflow.mjs';

const workers = 2;
const slots = 25;
const runs = 20;
const awayMs = 30_000;
const long = waiting(200, 500);
const short = waiting(1, 10);
const most = (samples) => Math.max(...samples);

/** Accepts a run every `everyMs` milliseconds until the work is done. Gives the milliseconds until each began. */
async function acceptDuring(cluster, workflow, everyMs, work) {
  let isOver = false;
  const accepting = (async () => {
    const runIds = [];
    while (!isOver) {
      runIds.push(...(await cluster.accept(workflow)));
      await pause(everyMs);
    }
    return runIds;
  })();
  await work().finally(() => (isOver = true));
  const runIds = await accepting;
  await cluster.untilEnded(runIds);
  return beginTimes(cluster, runIds);
}

async function flush(redis) {
  const { connectRedis } = await import('@heddle/adapters/redis');
  const connections = await connectRedis({ url: redis.url });
  await connections.prompt().flushall();
  await connections.close();
}

/**
 * While all slots are taken, deletes the hints of queued runs in Redis. Gives the milliseconds from the first free slot until all queued
 * runs have begun.
 */
async function measureFlush(cluster, shortId) {
  const taking = await cluster.accept(await cluster.save(waiting(1, 8_000)), workers * slots);
  await cluster.untilBegun(taking);
  const queued = await cluster.accept(shortId, runs);
  await flush(cluster.redis);
  const flushed = Date.now();
  await cluster.untilEnded([...taking, ...queued]);
  const sql = 'SELECT min(ended_at) AS freed FROM heddle.runs WHERE id = ANY($1)';
  const [{ freed }] = await cluster.rows(sql, taking);
  const begins = await readBegins(cluster, queued);
  return most(begins.map(({ begun }) => begun)) - Math.max(flushed, Number(freed));
}

/** The 95th percentile of the times between records of all runs within a span of time. */
const usualGap = (times, from, to) =>
  percentile(
    [...times.values()].flatMap((list) => gapsWithin(list, from, to)),
    0.95,
  );

async function measureRedis(cluster, { progress }) {
  const ms = parameter('HEDDLE_BENCH_AWAY_MS', awayMs);
  const shortId = await cluster.save(short);
  const longId = await cluster.save(long);
  progress('FLUSHALL while runs are queued');
  const flushed = await measureFlush(cluster, shortId);
  const running = await cluster.accept(longId, runs);
  await cluster.untilBegun(running);
  progress('before Redis goes');
  const from = Date.now();
  await pause(ms);
  progress('Redis is away');
  const gone = Date.now();
  await cluster.redis.kill();
  const begun = await acceptDuring(cluster, shortId, 1_000, () => pause(ms)).finally(() => cluster.redis.begin());
  const times = await recordTimes(cluster, running);
  return [
    { case: 'cluster-flush-new-runs', unit: 'ms', samples: [flushed] },
    { case: 'cluster-redis-away-new-runs', unit: 'ms', samples: [most(begun)] },
    {
      case: 'cluster-redis-away-running',
      unit: 'ms/record',
      samples: [usualGap(times, gone, gone + ms)],
      against: { name: 'before', samples: [usualGap(times, from, gone)] },
    },
  ];
}

/** Deletes all data of Redis, and stops Redis for a while. */
export const lostRedis = {
  name: 'cluster-redis',
  title: 'Redis is emptied, and is away for 30 s: when new runs begin, and whether running ones are delayed',
  run: (bench) => onCluster({ workers, slots }, bench, (cluster) => measureRedis(cluster, bench)),
};

/** Stops Postgres in order and starts it again. */
export const restartedPostgres = {
  name: 'cluster-postgres-restart',
  title: 'Postgres is restarted while runs are at work: how long they are silent, and how many end because of it',
  run: (bench) =>
    onCluster({ workers, slots }, bench, async (cluster) => {
      const rounds = parameter('HEDDLE_BENCH_ROUNDS', 3);
      const workflow = await cluster.save(waiting(40, 500));
      const longest = [];
      let lost = 0;
      for (let round = 0; round < rounds; round += 1) {
        bench.progress(`restart ${round + 1}`);
        const runIds = await cluster.accept(workflow, runs);
        await cluster.untilBegun(runIds);
        const from = Date.now();
        await cluster.postgres.stop();
        await cluster.postgres.begin();
        await cluster.untilEnded(runIds);
        longest.push(most(silences(await recordTimes(cluster, runIds), from, Date.now())));
        const sql = "SELECT count(*)::int AS lost FROM heddle.runs WHERE id = ANY($1) AND status <> 'done'";
        lost += (await cluster.rows(sql, runIds))[0].lost;
      }
      return [
        { case: 'cluster-postgres-restart-silence', unit: 'ms', samples: longest },
        { case: 'cluster-postgres-restart-lost', unit: 'runs', samples: [lost] },
      ];
    }),
};
