import { measureBull } from './bare-bull.mjs';
import { beginTimes } from './begin-times.mjs';
import { onCluster, parameter } from './open-cluster.mjs';
import { halfAndMost } from './percentile.mjs';
import { waiting } from './waiting-workflow.mjs';

/** So many go by before anything counts. */
const warmUp = 50;

/** Runs one after the other, so that each finds a free slot; beside them BullMQ alone on the same Redis. */
export const pickup = {
  name: 'cluster-pickup',
  title: 'from the acceptance in one process to the first node in another, idle; BullMQ alone beside it',
  run: (bench) =>
    onCluster({}, bench, async (cluster) => {
      const rounds = parameter('HEDDLE_BENCH_ROUNDS', 300);
      const workflow = await cluster.save(waiting(1, 10));
      const runIds = [];
      for (let round = 0; round < warmUp + rounds; round += 1) {
        const [runId] = await cluster.accept(workflow);
        await cluster.untilEnded([runId]);
        if (round >= warmUp) runIds.push(runId);
        bench.progress(`run ${round + 1} of ${warmUp + rounds}`);
      }
      const times = await beginTimes(cluster, runIds);
      bench.progress('BullMQ alone');
      const bull = await measureBull(cluster.redis.url, rounds);
      return [
        ...halfAndMost('cluster-pickup', 'ms', times, { name: 'BullMQ alone', samples: bull.pickups }),
        { case: 'cluster-bullmq-adds', unit: 'adds/s', samples: bull.adds },
        { case: 'cluster-bullmq-jobs', unit: 'jobs/s', samples: bull.jobs },
      ];
    }),
};
