import { z } from 'zod';
import { compilePlan, createCatalog, defineNode, parseDocument, publicLabel, Text, Json, many } from '@heddle/core';

/** Looks at an iteration of the loop. */
let atIteration = () => undefined;

/** Frees what can be freed, so that what is left is what is held. */
async function garbageCollector() {
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext } = await import('node:vm');
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
}

const base = { version: 1, category: 'other', summary: 'For the bench.', effects: [], config: z.object({}) };
/** Nodes that do nothing. */
export const catalog = createCatalog([
  defineNode({
    ...base,
    type: 'source',
    title: 'Source',
    role: 'source',
    inputs: {},
    outputs: { value: Text },
    run: ({ inputs }) => ({ value: inputs.value }),
  }),
  defineNode({
    ...base,
    type: 'step',
    title: 'Step',
    role: 'step',
    inputs: { value: Text.optional() },
    outputs: { value: Text },
    run: ({ inputs }) => ({ value: inputs.value }),
  }),
  defineNode({
    ...base,
    type: 'join',
    title: 'Join',
    role: 'step',
    inputs: { values: many(Text) },
    outputs: { value: Json },
    run: ({ inputs }) => ({ value: inputs.values.length }),
  }),
  defineNode({
    ...base,
    type: 'again',
    title: 'Again',
    role: 'step',
    inputs: { value: Text.optional() },
    outputs: { again: Text, done: Text },
    run: ({ inputs, context }) => {
      atIteration(context.iteration?.index);
      return context.iteration?.last === true ? { done: inputs.value } : { again: inputs.value };
    },
  }),
  defineNode({
    ...base,
    type: 'sink',
    title: 'Sink',
    role: 'sink',
    inputs: { value: Json.optional() },
    outputs: {},
    run: () => ({}),
  }),
]);

export const node = (type) => ({ type, version: 1 });

function planOf(nodes, edges) {
  const { plan, issues } = compilePlan(parseDocument({ heddle: 1, name: 'Bench', nodes, edges }), catalog);
  if (plan === undefined) throw new Error(JSON.stringify(issues));
  return plan;
}

export function chain(length) {
  const nodes = { source: node('source'), sink: node('sink') };
  const edges = [
    { from: 'source.value', to: 'n0.value' },
    { from: `n${length - 1}.value`, to: 'sink.value' },
  ];
  for (let index = 0; index < length; index += 1) {
    nodes[`n${index}`] = node('step');
    if (index > 0) edges.push({ from: `n${index - 1}.value`, to: `n${index}.value` });
  }
  return planOf(nodes, edges);
}

export function fanOut(width) {
  const nodes = { source: node('source'), join: node('join'), sink: node('sink') };
  const edges = [{ from: 'join.value', to: 'sink.value' }];
  for (let index = 0; index < width; index += 1) {
    nodes[`n${index}`] = node('step');
    edges.push({ from: 'source.value', to: `n${index}.value` }, { from: `n${index}.value`, to: 'join.values' });
  }
  return planOf(nodes, edges);
}

function loop(iterations) {
  const nodes = { source: node('source'), a: node('step'), b: node('step'), c: node('again'), sink: node('sink') };
  return planOf(nodes, [
    { from: 'source.value', to: 'a.value' },
    { from: 'a.value', to: 'b.value' },
    { from: 'b.value', to: 'c.value' },
    { from: 'c.again', to: 'a.value', loop: { max: iterations, atLimit: 'leave' } },
    { from: 'c.done', to: 'sink.value' },
  ]);
}

const clock = {
  now: () => Date.now(),
  at: (time, callback) => {
    const timer = setTimeout(callback, Math.max(0, time - Date.now()));
    return () => clearTimeout(timer);
  },
};

/** As in the server: the runs of a workflow share one bundle. */
const bundles = new WeakMap();
function bundleOf(plan) {
  if (!bundles.has(plan)) bundles.set(plan, { document: plan.document, workflows: {} });
  return bundles.get(plan);
}

async function createBed(journal, given = {}) {
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
      seeds: [],
      options: {},
      inputs: { value: { value: 'x', label: publicLabel } },
    };
    await journal.accept(acceptance, bundleOf(plan));
    const outcome = await startRun(host, { plan, acceptance }).done;
    if (outcome.status !== 'done') throw new Error(JSON.stringify(outcome));
  };
  return { run, events: () => events };
}

async function sample(repeats, warm, work) {
  for (let index = 0; index < warm; index += 1) await work();
  const samples = [];
  for (let index = 0; index < repeats; index += 1) {
    const begin = performance.now();
    await work();
    samples.push(performance.now() - begin);
  }
  return samples;
}

const perNode = (samples, nodes) => samples.map((ms) => (ms * 1000) / nodes);

export async function inMemory() {
  const { createMemoryJournal } = await import('@heddle/engine');
  return createBed(createMemoryJournal(clock));
}

/** Work on SQLite; `given` takes the place of the catalog or the resources of the host. */
export async function durable(work, given) {
  const { mkdtempSync, rmSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const { join } = await import('node:path');
  const { createSqliteJournal, openDatabase } = await import('@heddle/adapters/journal');
  const { createFolderBlobs } = await import('@heddle/adapters/blobs');
  const folder = mkdtempSync(join(tmpdir(), 'heddle-bench-'));
  const database = openDatabase(join(folder, 'heddle.db'));
  const journal = createSqliteJournal(database, { blobs: createFolderBlobs(join(folder, 'blobs')), clock });
  try {
    return await work(await createBed(journal, given));
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
        { case: 'engine-chain', unit: 'µs/node', samples: perNode(await sample(300, 300, () => bed.run(plan)), 102) },
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
          samples: perNode(await sample(300, 300, () => bed.run(plan)), 100),
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
      durable(async (bed) => {
        const plan = chain(100);
        const alone = perNode(await sample(50, 20, () => bed.run(plan)), 102);
        const together = perNode(
          await sample(20, 3, () => Promise.all(Array.from({ length: 100 }, () => bed.run(plan)))),
          102 * 100,
        );
        return [
          { case: 'engine-durable', unit: 'µs/node', samples: alone },
          { case: 'engine-durable-100-runs', unit: 'µs/node', samples: together },
        ];
      }),
  },
  {
    name: 'engine-durable-fan-out',
    title: '100 branches and a join on SQLite, each result journaled before its edges settle',
    run: () =>
      durable(async (bed) => {
        const plan = fanOut(100);
        return [
          {
            case: 'engine-durable-fan-out',
            unit: 'µs/branch',
            samples: perNode(await sample(100, 50, () => bed.run(plan)), 100),
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
        atIteration = (index) => {
          if (index !== 1_000 && index !== 6_000) return;
          collect();
          held.push(process.memoryUsage().heapUsed);
        };
        await bed.run(loop(6_001));
        atIteration = () => undefined;
        return [{ case: 'engine-loop-memory', unit: 'bytes/iteration', samples: [(held[1] - held[0]) / 5_000] }];
      }),
  },
];
