import { measureBull } from './bare-bull.mjs';
import { beginTimes } from './begin-times.mjs';
import { onCluster, parameter } from './open-cluster.mjs';
import { halfAndMost } from './percentile.mjs';
import { waiting } from './waiting-workflow.mjs';

/** So many go by before anything counts. */
const warmUp = 50;

/** Milliseconds from the acceptance to the first node, of runs one after the other, so that each finds a free slot. */
async function pickUp(cluster, bench, rounds, warm = warmUp) {
  const workflow = await cluster.save(waiting(1, 10));
  const runIds = [];
  for (let round = 0; round < warm + rounds; round += 1) {
    const [runId] = await cluster.accept(workflow);
    await cluster.untilEnded([runId]);
    if (round >= warm) runIds.push(runId);
    bench.progress(`run ${round + 1} of ${warm + rounds}`);
  }
  return beginTimes(cluster, runIds);
}

/** Hints over Redis; beside them BullMQ alone on the same server. */
export const pickup = {
  name: 'cluster-pickup',
  title: 'from the acceptance in one process to the first node in another, idle; BullMQ alone beside it',
  run: (bench) =>
    onCluster({}, bench, async (cluster) => {
      const rounds = parameter('HEDDLE_BENCH_ROUNDS', 300);
      const times = await pickUp(cluster, bench, rounds);
      bench.progress('BullMQ alone');
      const bull = await measureBull(cluster.redis.url, rounds);
      return [
        ...halfAndMost('cluster-pickup', 'ms', times, { name: 'BullMQ alone', samples: bull.pickups }),
        { case: 'cluster-bullmq-adds', unit: 'adds/s', samples: bull.adds },
        { case: 'cluster-bullmq-jobs', unit: 'jobs/s', samples: bull.jobs },
      ];
    }),
};

/** The same without Redis: hints in the database, and none. */
export const pickupWithoutRedis = ['postgres', 'none'].map((queue) => ({
  name: `cluster-pickup-${queue}`,
  title: `the same without Redis (HEDDLE_QUEUE=${queue})`,
  run: (bench) =>
    onCluster({ queue }, bench, async (cluster) => {
      const [most, warm] = queue === 'none' ? [40, 2] : [300, warmUp];
      const rounds = Math.min(most, parameter('HEDDLE_BENCH_ROUNDS', most));
      return halfAndMost(`cluster-pickup-${queue}`, 'ms', await pickUp(cluster, bench, rounds, warm));
    }),
}));
