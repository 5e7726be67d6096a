import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFaults, openLedger } from './cluster/ledger.mjs';
import { openDispatch } from './cluster/open-dispatch.mjs';
import { clock, openShared } from './cluster/open-shared.mjs';
import { bundle, effectsARun } from './cluster/worker-nodes.mjs';
import { pause, startPostgres } from './start-postgres.mjs';
import { startCompatRedis } from './start-redis.mjs';

const program = fileURLToPath(new URL('./cluster/run-worker.mjs', import.meta.url));

/** Timings of the cluster that are shortened, so that faults have an effect within seconds. */
const short = {
  life: { renewMs: 300, fenceMs: 1_600, deadMs: 2_000 },
  times: { patienceMs: 2_000, watchMs: 500 },
  dispatchTimes: { lockMs: 2_000, stalledMs: 1_000 },
  hintMs: 1_000,
};
/** The default timings of a cluster. */
const whole = { life: { renewMs: 2_000, fenceMs: 8_000, deadMs: 10_000 }, times: {} };

const inputs = { value: { value: 'x', label: { level: 'internal', marks: [] } } };

/** A timeout that is long enough for a slow machine. */
const longestMs = 120_000;

function startWorkerProcess(given) {
  const child = spawn(process.execPath, [program, JSON.stringify(given)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines = [];
  let rest = '';
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
  const ready = new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop();
      lines.push(...parts);
      if (parts.includes('ready')) resolve();
    });
    child.once('exit', () => reject(new Error(`a worker ended: ${lines.join(' | ')} ${errors.slice(-500)}`)));
  });
  ready.catch(() => undefined);
  const gone = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  return { child, lines, ready, gone, errors: () => errors };
}

/** Opens a cluster of worker processes, with functions that do what an API process does. */
async function openCluster({ postgres, redis, folder, queue = 'redis', settings = short, workers = 3 }) {
  const root = mkdtempSync(join(folder, 'workers-'));
  const ledger = await openLedger();
  const given = { url: postgres.url, redis: redis.url, queue, prefix: randomUUID(), folder: root, ledger: ledger.url };
  const shared = await openShared(postgres.url, root, { patienceMs: 20_000, times: settings.life });
  await shared.database.run({
    sql: 'TRUNCATE heddle.runs, heddle.bundles, heddle.records, heddle.human_inputs, heddle.deltas, heddle.workers, heddle.leases, heddle.commands',
    values: [],
  });
  const api = await openDispatch({ ...given, ...settings });
  const start = (name) => startWorkerProcess({ ...given, ...settings, name });
  const running = Array.from({ length: workers }, (_, number) => start(`worker-${number}`));
  await Promise.all(running.map(({ ready }) => ready));
  const accepted = [];
  return {
    ...{ shared, ledger, running, accepted, api },
    /** Accepts a run like an API process: the row in the database is the promise; the hint may be lost. */
    async accept(details = {}) {
      const runId = randomUUID();
      const run = { workflowId: undefined, workflowName: 'Cluster', time: Date.now(), trigger: 'test', rootId: runId };
      await shared.journal.accept(
        { ...run, runId, origin: undefined, inputs, options: {}, reused: [], ...details },
        bundle,
      );
      accepted.push(runId);
      void api.dispatch?.send([{ runId, class: details.workerClass ?? 'cpu', epoch: 0 }]).catch(() => undefined);
      return runId;
    },
    restart: async (number) => {
      running[number] = start(`worker-${number}`);
      await running[number].ready;
    },
    async finish() {
      for (const end = Date.now() + longestMs; ;) {
        const [{ open }] = await shared.database.run({
          sql: "SELECT count(*)::int AS open FROM heddle.runs WHERE status NOT IN ('done', 'failed', 'cancelled')",
          values: [],
        });
        if (open === 0) break;
        if (Date.now() > end) {
          const said = running.map(({ lines, errors }) => [...lines, errors()].slice(-4).join(' | ')).join(' || ');
          throw new Error(`${open} runs did not end: ${said.slice(0, 400)}`);
        }
        await pause(100);
      }
      const ended = new Map();
      for (const runId of accepted) ended.set(runId, await shared.journal.events(runId));
      const faults = findFaults(ended, ledger.entries, effectsARun);
      if (faults.length > 0) throw new Error(`${faults.length} faults: ${faults.slice(0, 5).join('; ')}`);
    },
    async close() {
      for (const { child } of running) child.kill('SIGCONT');
      for (const { child } of running) child.kill('SIGKILL');
      await Promise.all(running.map(({ gone }) => gone));
      await api.close();
      await shared.close();
      await ledger.close();
    },
  };
}

async function withCluster(parts, work) {
  const cluster = await openCluster(parts);
  try {
    await work(cluster);
    await cluster.finish();
  } finally {
    await cluster.close();
  }
}

/** Accepts runs one after the other while faults are applied. */
async function underLoad(cluster, count, strike) {
  let isOver = false;
  const load = (async () => {
    for (let number = 0; number < count; number += 1) {
      await cluster.accept();
      await pause(30);
    }
    isOver = true;
  })();
  await Promise.all([load, strike(() => isOver)]);
}

async function killWorkers(cluster, times) {
  for (let kill = 0; kill < times; kill += 1) {
    const number = kill % cluster.running.length;
    await pause(500 + 137 * kill);
    cluster.running[number].child.kill('SIGKILL');
    await cluster.running[number].gone;
    await cluster.restart(number);
  }
}

async function stopWorkers(cluster, times, forMs) {
  for (let stop = 0; stop < times; stop += 1) {
    const { child } = cluster.running[stop % cluster.running.length];
    await pause(400 + 91 * stop);
    child.kill('SIGSTOP');
    await pause(forMs);
    child.kill('SIGCONT');
  }
}

async function drainWorkers(cluster) {
  for (const number of cluster.running.keys()) {
    await pause(600);
    const { child, gone, lines } = cluster.running[number];
    const begin = Date.now();
    child.kill('SIGTERM');
    const code = await gone;
    if (code !== 0 || !lines.includes('drained')) throw new Error(`a worker ended with ${code}: ${lines.join(' | ')}`);
    if (Date.now() - begin > 20_000) throw new Error(`a drain took ${Date.now() - begin} ms`);
    await cluster.restart(number);
  }
}

async function carriesOutCommands(cluster, redis) {
  const { sendCommand } = await import('@heddle/server/cluster');
  const parts = { ...cluster.shared, clock, dispatch: cluster.api.dispatch, bus: cluster.api.bus };
  const took = [];
  const cancel = async (runId) => {
    const begin = Date.now();
    await sendCommand(parts, runId, { kind: 'cancel', by: 'user:1' }).catch((error) => {
      if (error.code !== 'run_terminal') throw error;
    });
    took.push(Date.now() - begin);
    for (;;) {
      const { status } = await cluster.shared.journal.summary(runId);
      if (['cancelled', 'done', 'failed'].includes(status)) break;
      await pause(10);
    }
    cluster.accepted.splice(cluster.accepted.indexOf(runId), 1);
  };
  for (let number = 0; number < 5; number += 1) {
    const runId = await cluster.accept();
    await pause(100);
    await cancel(runId);
  }
  // Workers have these runs before Redis is stopped.
  const running = [await cluster.accept(), await cluster.accept(), await cluster.accept()];
  await pause(200);
  await redis.kill();
  for (const runId of running) await cancel(runId);
  await redis.begin();
  process.stderr.write(`    cancels took ${took.join(', ')} ms\n`);
}

async function runWorkers({ partner, folder, report: reportAll }) {
  const only = process.env.HEDDLE_COMPAT_ONLY;
  const report = (name, work) => (only === undefined || name.includes(only) ? reportAll(name, work) : undefined);
  const { postgres, redis } = partner;
  const parts = { postgres, redis, folder };
  const { dispatchSuite } = await import('@heddle/core/testing');
  for (const queue of ['redis', 'postgres'])
    for (const { name, run } of dispatchSuite)
      await report(`hints on ${queue}: ${name}`, () => onEmptyQueue({ postgres, redis, queue }, run));
  const underFault = (name, more, strike, count = 60) =>
    report(name, () =>
      withCluster({ ...parts, ...more }, (cluster) => underLoad(cluster, count, () => strike(cluster))),
    );
  await underFault('three workers run everything to the end', {}, () => Promise.resolve());
  await underFault('six kills of workers', {}, (cluster) => killWorkers(cluster, 6), 120);
  await underFault('a worker that was stopped for longer than its life, three times', {}, (cluster) =>
    stopWorkers(cluster, 3, 3_000),
  );
  await underFault('each worker drains in order and starts again', {}, drainWorkers);
  await underFault('Redis loses everything, three times', {}, () => flush(redis, 3));
  await underFault('Redis is away for four seconds', {}, async () => {
    await pause(400);
    await redis.kill();
    await pause(4_000);
    await redis.begin();
  });
  await underFault('Postgres is stopped and started, and crashes', {}, async () => {
    await pause(500);
    await postgres.stop();
    await pause(300);
    await postgres.begin();
    await pause(1_500);
    await postgres.kill();
  });
  await report('cancels from another process, also while Redis is away', () =>
    withCluster(parts, (cluster) => carriesOutCommands(cluster, redis)),
  );
  await report('shows what a run says in another process, whole, also after kills of workers', () =>
    withCluster(parts, (cluster) => showsRuns(cluster)),
  );
  await underFault('kills of workers with hints in Postgres', { queue: 'postgres' }, (cluster) =>
    killWorkers(cluster, 3),
  );
  await underFault('kills of workers without any queue', { queue: 'none' }, (cluster) => killWorkers(cluster, 2), 30);
  await underFault('a kill and a stop with the lives of a real cluster', { settings: whole }, async (cluster) => {
    await killWorkers(cluster, 1);
    await stopWorkers(cluster, 1, 12_000);
  });
}

/**
 * Checks that a process that watches runs gets each of their events once and in order: over the bus, and from the journal what the bus did
 * not deliver.
 */
async function showsRuns(cluster) {
  const { createRunFeed } = await import('@heddle/server/cluster');
  const feed = createRunFeed({ journal: cluster.shared.journal, bus: cluster.api.bus, clock });
  const seen = new Map();
  const follow = (runId) => {
    const seqs = [];
    seen.set(runId, seqs);
    feed.follow(runId, (events) => seqs.push(...events.flatMap(({ seq }) => seq ?? [])));
  };
  await underLoad({ ...cluster, accept: async () => follow(await cluster.accept()) }, 20, () =>
    killWorkers(cluster, 2),
  );
  for (const end = Date.now() + longestMs; ; await pause(100)) {
    const left = [];
    for (const [runId, seqs] of seen) {
      const { status, lastSeq } = await cluster.shared.journal.summary(runId);
      if (seqs.some((seq, index) => seq !== index + 1)) throw new Error(`${runId} was seen as ${seqs.join(' ')}`);
      if (status !== 'done' || seqs.length < lastSeq) left.push(`${runId} ${status} ${seqs.length} of ${lastSeq}`);
    }
    if (left.length === 0) break;
    if (Date.now() > end) throw new Error(`not seen: ${left.slice(0, 3).join('; ')}`);
  }
  process.stderr.write(`    ${seen.size} runs seen whole\n`);
}

async function flush(redis, times) {
  const { connectRedis } = await import('@heddle/adapters/redis');
  const connections = await connectRedis({ url: redis.url });
  for (let time = 0; time < times; time += 1) {
    await pause(600);
    await connections.prompt().flushall();
  }
  await connections.close();
}

async function onEmptyQueue({ postgres, redis, queue }, run) {
  const { createPostgresDispatch } = await import('@heddle/adapters/dispatch');
  const times = { lockMs: 1_000, stalledMs: 500 };
  const prefix = randomUUID();
  const schema = `q_${prefix.replaceAll('-', '').slice(0, 20)}`;
  const opened = [];
  const open = async () => {
    const dispatch =
      queue === 'postgres' ? await createPostgresDispatch({ url: postgres.url, schema, times }) : undefined;
    const one =
      dispatch === undefined
        ? await openDispatch({ redis: redis.url, queue, prefix, dispatchTimes: times })
        : { dispatch, close: () => dispatch.close() };
    opened.push(one);
    return one.dispatch;
  };
  try {
    await run({ open });
  } finally {
    for (const one of opened) await one.close();
  }
}

async function startPartners(folder) {
  const redis = await startCompatRedis();
  if (redis.skip !== undefined) return redis;
  const postgres = await startPostgres(folder);
  if (postgres.skip !== undefined) {
    await redis.close();
    return postgres;
  }
  return { postgres, redis, close: () => Promise.all([redis.close(), postgres.close()]) };
}

/** Tests worker processes on one Postgres and one Redis, with faults of each. */
export const clusterWorkerCases = [
  {
    name: 'cluster-workers',
    title: 'Workers on Postgres and Redis (hints, whole runs, commands; kills, stops and losses)',
    isPlain: true,
    needs: (_llama, folder) => startPartners(folder),
    run: runWorkers,
  },
];
