import { publicLabel } from '@heddle/core';
import { openBare } from './bare-sqlite.mjs';
import { catalog, chain, fanOut, loop, watch } from './trivial-workflows.mjs';

/** Gives a function that collects garbage, so that only memory still in use is measured. */
async function garbageCollector() {
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext } = await import('node:vm');
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
}

export const clock = {
  now: () => Date.now(),
  at: (time, callback) => {
    const timer = setTimeout(callback, Math.max(0, time - Date.now()));
    return () => clearTimeout(timer);
  },
};

/** The runs of a workflow share one bundle, as in the server. */
const bundles = new WeakMap();
function bundleOf(plan) {
  if (!bundles.has(plan)) bundles.set(plan, { document: plan.document, workflows: {} });
  return bundles.get(plan);
}

/** Creates a host that runs plans on a journal. */
export async function createBed(journal, given = {}) {
  const { createLimits, startRun } = await import('@heddle/engine');
  let events = 0;
  const host = {
    catalog,
    journal,
    clock,
    resources: { use: () => Promise.reject(new Error('no resources in a bench')) },
    limits: createLimits(() => Infinity),
    secret: () => Promise.reject(new Error('no secrets in a bench')),
    emit: (_runId, batch) => {
      events += batch.length;
    },
    random: Math.random,
    compile: () => {
      throw new Error('no recovery in a bench');
    },
    ...given,
  };
  let next = 0;
  const run = async (plan) => {
    next += 1;
    const runId = `bench-${next}-${Date.now()}`;
    const acceptance = {
      runId,
      workflowId: undefined,
      workflowName: 'Bench',
      time: Date.now(),
      trigger: 'test',
      rootId: runId,
      origin: undefined,
      reused: [],
      options: {},
      inputs: { value: { value: 'x', label: publicLabel } },
    };
    // As in the server, the run begins with its commit, and the reply also waits for the disk.
    const outcome = await new Promise((resolve, reject) => {
      const stored = journal.accept(acceptance, bundleOf(plan), () => {
        const { done } = startRun(host, { plan, acceptance, stored });
        stored.then(() => done).then(resolve, reject);
      });
      stored.catch(reject);
    });
    if (outcome.status !== 'done') throw new Error(JSON.stringify(outcome));
  };
  return { run, events: () => events };
}

/** Gives the milliseconds of each call of `work`; the call of `between` after it does not count. */
export async function sample(repeats, warm, work, between = () => undefined) {
  const samples = [];
  for (let index = -warm; index < repeats; index += 1) {
    const begin = performance.now();
    await work();
    if (index >= 0) samples.push(performance.now() - begin);
    between();
  }
  return samples;
}

/** The number of runs before the measurement begins, because a real server is warm too. */
const warm = 300;

const perNode = (samples, nodes) => samples.map((ms) => (ms * 1000) / nodes);

export async function inMemory() {
  const { createMemoryJournal } = await import('@heddle/engine');
  return createBed(createMemoryJournal(clock));
}

/** Runs work on SQLite with the host and its folder; `given` replaces the catalog or the resources of the host. */
export async function durable(work, given) {
  const { mkdtempSync, rmSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const { join } = await import('node:path');
  const { openDatabase } = await import('@heddle/adapters/database');
  const { createSqliteJournal } = await import('@heddle/adapters/journal');
  const { FolderBlobs } = await import('@heddle/adapters/blobs');
  const folder = mkdtempSync(join(tmpdir(), 'heddle-bench-'));
  const database = openDatabase(join(folder, 'heddle.db'));
  const journal = createSqliteJournal(database, {
    blobs: new FolderBlobs(join(folder, 'blobs')),
    clock,
  });
  try {
    return await work(await createBed(journal, given), folder);
  } finally {
    await journal.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

export const cases = [
  {
    name: 'engine-chain',
    title: '100 trivial nodes in a row, in memory, events on',
    run: async () => {
      const bed = await inMemory();
      const plan = chain(100);
      return [
        {
          case: 'engine-chain',
          unit: 'µs/node',
          samples: perNode(await sample(2_000, warm, () => bed.run(plan)), 102),
        },
      ];
    },
  },
  {
    name: 'engine-fan-out',
    title: '100 branches and a join, in memory',
    run: async () => {
      const bed = await inMemory();
      const plan = fanOut(100);
      return [
        {
          case: 'engine-fan-out',
          unit: 'µs/branch',
          samples: perNode(await sample(2_000, warm, () => bed.run(plan)), 100),
        },
      ];
    },
  },
  {
    name: 'engine-loop',
    title: '1,000 iterations of a loop of three nodes, in memory',
    run: async () => {
      const bed = await inMemory();
      const plan = loop(1000);
      return [
        { case: 'engine-loop', unit: 'µs/node', samples: perNode(await sample(20, 5, () => bed.run(plan)), 3002) },
      ];
    },
  },
  {
    name: 'engine-durable',
    title: 'the same chain on SQLite: one run after the other, and 100 at once',
    run: () =>
      durable(async (bed, folder) => {
        const plan = chain(100);
        const bare = openBare(folder);
        const transactions = [];
        const alone = await sample(
          500,
          warm,
          () => bed.run(plan),
          () => transactions.push(bare.commit(102)),
        );
        bare.close();
        const together = perNode(
          await sample(20, 3, () => Promise.all(Array.from({ length: 100 }, () => bed.run(plan)))),
          102 * 100,
        );
        return [
          {
            case: 'engine-durable',
            unit: 'µs/node',
            samples: perNode(alone, 102),
            against: { name: 'one transaction of SQLite alone', samples: perNode(transactions.slice(warm), 102) },
          },
          { case: 'engine-durable-100-runs', unit: 'µs/node', samples: together },
        ];
      }),
  },
  {
    name: 'engine-durable-fan-out',
    title: '100 branches and a join on SQLite, each result journaled before its edges settle',
    run: () =>
      durable(async (bed, folder) => {
        const plan = fanOut(100);
        const bare = openBare(folder);
        const flushes = [];
        const samples = await sample(
          500,
          warm,
          () => bed.run(plan),
          () => flushes.push(bare.commit(2, true)),
        );
        bare.close();
        return [
          {
            case: 'engine-durable-fan-out',
            unit: 'µs/branch',
            samples: perNode(samples, 100),
            // The acceptance and the end of a run survive a power loss, so this share of the time is the disk.
            against: { name: 'two flushed transactions of SQLite alone', samples: perNode(flushes.slice(warm), 100) },
          },
        ];
      }),
  },
  {
    name: 'engine-loop-memory',
    title: 'what memory holds after 1,000 and after 6,000 iterations of a loop of three nodes, on SQLite',
    run: () =>
      durable(async (bed) => {
        const collect = await garbageCollector();
        await bed.run(loop(500));
        const held = [];
        watch.atIteration = (index) => {
          if (index !== 1_000 && index !== 6_000) return;
          collect();
          held.push(process.memoryUsage().heapUsed);
        };
        await bed.run(loop(6_001));
        watch.atIteration = () => undefined;
        return [{ case: 'engine-loop-memory', unit: 'bytes/iteration', samples: [(held[1] - held[0]) / 5_000] }];
      }),
  },
];
