import { measureBull } from './bare-bull.mjs';
import { beginTimes } from './begin-times.mjs';
import { onCluster, parameter } from './open-cluster.mjs';
import { medianAndP95 } from './percentile.mjs';
import { waiting } from './waiting-workflow.mjs';

/** The number of runs before the measurement begins. */
const warmUp = 50;

/** Gives the milliseconds from acceptance to the first node. Runs start one after the other, so each finds a free slot. */
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

/** Measures hints over Redis, compared with BullMQ alone on the same server. */
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
        ...medianAndP95('cluster-pickup', times, { name: 'BullMQ alone', samples: bull.pickups }),
        { case: 'cluster-bullmq-adds', unit: 'adds/s', samples: bull.adds },
        { case: 'cluster-bullmq-jobs', unit: 'jobs/s', samples: bull.jobs },
      ];
    }),
};

/** Measures the same without Redis: with hints in the database, and with none. */
export const pickupWithoutRedis = ['postgres', 'none'].map((queue) => ({
  name: `cluster-pickup-${queue}`,
  title: `the same without Redis (HEDDLE_QUEUE=${queue})`,
  run: (bench) =>
    onCluster({ queue }, bench, async (cluster) => {
      const [most, warm] = queue === 'none' ? [40, 2] : [300, warmUp];
      const rounds = Math.min(most, parameter('HEDDLE_BENCH_ROUNDS', most));
      return medianAndP95(`cluster-pickup-${queue}`, await pickUp(cluster, bench, rounds, warm));
    }),
}));
