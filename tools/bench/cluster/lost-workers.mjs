import { setTimeout as pause } from 'node:timers/promises';
import { onCluster, parameter } from './open-cluster.mjs';
import { percentile } from './percentile.mjs';
import { nextAfter, recordTimes, silences } from './record-times.mjs';
import { waiting } from './waiting-workflow.mjs';

const workers = 3;
const runs = 30;
/** Longer than the lease of a process. */
const heldMs = 14_000;
/** The runs are so long that all are still running when the fault comes, however slowly others began. */
const workflow = waiting(40, 500);

/**
 * Applies a fault to the worker with the most runs. Gives the record times of its runs, and the moment after which it wrote nothing more.
 */
async function strike(cluster, workflowId, work) {
  const runIds = await cluster.accept(workflowId, runs);
  await cluster.untilBegun(runIds);
  const had = await Promise.all(
    cluster.workers.map(async (worker) => ({ worker, runIds: await cluster.runsOf(worker) })),
  );
  const { worker, runIds: own } = had.sort((a, b) => b.runIds.length - a.runIds.length)[0];
  if (own.length === 0) throw new Error('No worker has a run.');
  const from = await work(worker);
  await cluster.untilEnded(runIds);
  const times = await recordTimes(cluster, own);
  const [{ lost }] = await cluster.rows(
    "SELECT count(*)::int AS lost FROM heddle.runs WHERE id = ANY($1) AND status <> 'done'",
    runIds,
  );
  if (lost > 0) throw new Error(`${lost} of ${runs} runs did not end well.`);
  return { times, from };
}

const kill = (cluster) => async (worker) => {
  await cluster.end(worker, 'kill');
  const from = Date.now();
  await cluster.startWorker();
  return from;
};

const hold = async (worker) => {
  process.kill(worker.pid, 'SIGSTOP');
  // The process may still write until the signal has reached it.
  await pause(50);
  const from = Date.now();
  await pause(heldMs);
  process.kill(worker.pid, 'SIGCONT');
  return from;
};

async function measureNext(cluster, workflowId, rounds, work) {
  const samples = [];
  for (let round = 0; round < rounds; round += 1) {
    const { times, from } = await strike(cluster, workflowId, work);
    samples.push(...nextAfter(times, from));
  }
  return percentile(samples, 0.95);
}

/** Measures how long a drain takes, and how long its runs write nothing until another worker continues them. */
async function measureDrains(cluster, workflowId, rounds) {
  const exits = [];
  const silent = [];
  for (let round = 0; round < rounds; round += 1) {
    const { times, from } = await strike(cluster, workflowId, async (worker) => {
      const begin = Date.now();
      await cluster.end(worker, 'stop');
      exits.push(Date.now() - begin);
      await cluster.startWorker();
      return begin;
    });
    silent.push(...silences(times, from, Date.now()));
  }
  return { exits, silent };
}

/** Workers that end or stop while other workers have free slots. */
export const lostWorkers = {
  name: 'cluster-lost-worker',
  title: `a worker of ${workers} is killed, stopped or drained: how long its runs wait for their next record`,
  run: (bench) =>
    onCluster({ workers }, bench, async (cluster) => {
      const rounds = parameter('HEDDLE_BENCH_ROUNDS', 3);
      const workflowId = await cluster.save(workflow);
      bench.progress('SIGKILL');
      const killed = await measureNext(cluster, workflowId, rounds, kill(cluster));
      bench.progress('SIGSTOP');
      const held = await measureNext(cluster, workflowId, rounds, hold);
      bench.progress('drain');
      const { exits, silent } = await measureDrains(cluster, workflowId, rounds);
      return [
        { case: 'cluster-kill-p95', unit: 'ms', samples: [killed] },
        { case: 'cluster-stop-p95', unit: 'ms', samples: [held] },
        { case: 'cluster-drain-p95', unit: 'ms', samples: [percentile(silent, 0.95)] },
        { case: 'cluster-drain-exit', unit: 'ms', samples: exits },
      ];
    }),
};
