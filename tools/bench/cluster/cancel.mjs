import { onCluster, parameter } from './open-cluster.mjs';
import { percentile } from './percentile.mjs';
import { waiting } from './waiting-workflow.mjs';

/**
 * Cancels runs one after the other, through another process than the one that accepted them. Gives the milliseconds until each was
 * cancelled.
 */
async function cancelAll(cluster, runIds) {
  const samples = [];
  for (const runId of runIds) {
    const begin = Date.now();
    await cluster.apis[1].post(`/api/runs/${runId}/cancel`, {});
    const sql = 'SELECT status, ended_at FROM heddle.runs WHERE id = $1 AND ended_at IS NOT NULL';
    const { status, ended_at: endedAt } = await cluster.until('A cancel', sql, runId);
    if (status !== 'cancelled') throw new Error(`The run ${runId} ended as ${status}.`);
    samples.push(Number(endedAt) - begin);
  }
  return samples;
}

/** Cancels runs that a worker executes. */
export const cancel = {
  name: 'cluster-cancel',
  title: 'from a cancel in one process to the end of the run in another, with Redis and without',
  run: (bench) =>
    onCluster({ apis: 2 }, bench, async (cluster) => {
      const rounds = Math.min(parameter('HEDDLE_BENCH_ROUNDS', 12), 12);
      const workflow = await cluster.save(waiting(400, 500));
      const runIds = await cluster.accept(workflow, 2 * rounds);
      await cluster.untilBegun(runIds);
      bench.progress('with Redis');
      const withRedis = await cancelAll(cluster, runIds.slice(0, rounds));
      bench.progress('without Redis');
      await cluster.redis.kill();
      const without = await cancelAll(cluster, runIds.slice(rounds)).finally(() => cluster.redis.begin());
      return [
        { case: 'cluster-cancel-p95', unit: 'ms', samples: [percentile(withRedis, 0.95)] },
        { case: 'cluster-cancel-without-redis-p95', unit: 'ms', samples: [percentile(without, 0.95)] },
      ];
    }),
};
