import { setTimeout as pause } from 'node:timers/promises';
import { startCompatRedis } from '../../compat/start-redis.mjs';
import { clock } from '../engine.bench.mjs';
import { parameter } from './open-cluster.mjs';
import { medianAndP95 } from './percentile.mjs';

const runs = 50;
const perSecond = 50;
const label = { level: 'public', marks: [] };
const now = () => performance.timeOrigin + performance.now();

async function openBus(url) {
  const { connectRedis } = await import('@heddle/adapters/redis');
  const { createRedisBus } = await import('@heddle/adapters/bus');
  const connections = await connectRedis({ url });
  const bus = createRedisBus(connections, { clock, prefix: 'bench' });
  return {
    bus,
    async close() {
      await bus.close();
      await connections.close();
    },
  };
}

/** Makes a reader that records the age of each piece of text on arrival. */
function createReader(delays) {
  return {
    onEvents(events) {
      const arrived = now();
      for (const { delta } of events)
        for (const written of delta.match(/\d{13}\.\d\d/g) ?? []) delays.push(arrived - Number(written));
    },
    onGap() {
      throw new Error('The bus lost something.');
    },
  };
}

/** Publishes pieces of text of all runs at a steady rate; returns their number. */
async function publishAll(bus, runIds, seconds) {
  const offsets = new Map(runIds.map((runId) => [runId, 0]));
  const begin = performance.now();
  const rounds = seconds * perSecond;
  for (let round = 0; round < rounds; round += 1) {
    const wait = begin + (round * 1000) / perSecond - performance.now();
    if (wait > 0) await pause(wait);
    for (const runId of runIds) {
      const delta = `${now().toFixed(2)} `;
      const offset = offsets.get(runId);
      bus.publish(runId, [
        { type: 'node-delta', time: Date.now(), path: 'write', attempt: 1, port: 'text', offset, delta, label },
      ]);
      offsets.set(runId, offset + delta.length);
    }
  }
  return rounds * runIds.length;
}

async function measure(url, seconds) {
  const writer = await openBus(url);
  const reader = await openBus(url);
  try {
    const runIds = Array.from({ length: runs }, (_, index) => `run-${index}`);
    const delays = [];
    for (const runId of runIds) reader.bus.watch(runId, createReader(delays));
    await publishAll(writer.bus, runIds, 2);
    await pause(500);
    delays.length = 0;
    const before = process.cpuUsage();
    const count = await publishAll(writer.bus, runIds, seconds);
    for (const end = performance.now() + 30_000; delays.length < count && performance.now() < end;) await pause(5);
    const { user, system } = process.cpuUsage(before);
    if (delays.length !== count) throw new Error(`${delays.length} of ${count} deltas came.`);
    return { processor: (user + system) / count, delays };
  } finally {
    await reader.close();
    await writer.close();
  }
}

/** Measures the bus alone. Both ends are in this process, with their own connections. */
export const deltas = {
  name: 'cluster-deltas',
  title: `${runs} runs of ${perSecond} deltas a second over the bus: processor time to publish and read one, and how late it comes`,
  async run({ progress }) {
    progress('starting Redis');
    const redis = await startCompatRedis();
    if (redis.skip !== undefined) return redis.skip;
    try {
      progress('publishing');
      const { processor, delays } = await measure(redis.url, parameter('HEDDLE_BENCH_SECONDS', 30));
      return [
        { case: 'cluster-delta-processor', unit: 'µs', samples: [processor] },
        ...medianAndP95('cluster-delta', delays),
      ];
    } finally {
      await redis.close();
    }
  },
};
