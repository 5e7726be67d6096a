import { setTimeout as pause } from 'node:timers/promises';
import { onCluster, parameter } from './open-cluster.mjs';
import { waiting } from './waiting-workflow.mjs';

const slots = 25;
const counts = [1, 2, 4];
/** The time is split into parts whose runs are counted separately, so that the row shows how even the load is. */
const parts = 5;
const warmSeconds = 10;
/** The waits differ, because with equal waits all runs would end at once, and a part would count one group more or less. */
const waitsMs = [1_500, 2_000, 2_500];

/** Keeps `wanted` runs unfinished until the returned function is called. */
function keepBusy(cluster, workflows, wanted) {
  let isOver = false;
  const fed = (async () => {
    while (!isOver) {
      const [{ open }] = await cluster.rows('SELECT count(*)::int AS open FROM heddle.runs WHERE ended_at IS NULL');
      const missing = Math.ceil(Math.max(0, wanted - open) / workflows.length);
      for (const workflow of workflows) await cluster.accept(workflow, missing);
      await pause(100);
    }
  })();
  fed.catch(() => undefined);
  return async () => {
    isOver = true;
    await fed;
  };
}

async function measure(cluster, workflows, count, seconds) {
  const stop = keepBusy(cluster, workflows, 2 * slots * count);
  const samples = [];
  try {
    await pause(warmSeconds * 1000);
    for (let part = 0; part < parts; part += 1) {
      const from = Date.now();
      await pause((seconds * 1000) / parts);
      const to = Date.now();
      const sql =
        "SELECT count(*)::int AS ended FROM heddle.runs WHERE status = 'done' AND ended_at >= $1 AND ended_at < $2";
      const [{ ended }] = await cluster.rows(sql, from, to);
      samples.push((ended * 1000) / (to - from));
    }
  } finally {
    await stop();
  }
  return { case: `cluster-workers-${count}`, unit: 'runs/s', samples };
}

/**
 * Measures workers of 25 slots with runs that wait about two seconds. Longer waits use less of the processor, so that the machine does not
 * limit four workers.
 */
export const moreWorkers = {
  name: 'cluster-workers',
  title: `runs a second that wait 2 s, with ${counts.join(', ')} workers of ${slots} slots`,
  run: (bench) =>
    onCluster({ workers: 0, slots }, bench, async (cluster) => {
      const seconds = parameter('HEDDLE_BENCH_SECONDS', 50);
      const workflows = [];
      for (const ms of waitsMs) workflows.push(await cluster.save(waiting(1, ms)));
      const rows = [];
      for (const count of counts) {
        while (cluster.workers.length < count) await cluster.startWorker();
        bench.progress(`${count} workers`);
        rows.push(await measure(cluster, workflows, count, seconds));
      }
      const [alone, ...others] = rows;
      return [alone, ...others.map((row) => ({ ...row, against: { name: 'one worker', samples: alone.samples } }))];
    }),
};
