// A worker of the cluster that executes runs until SIGTERM.
//   node run-worker.mjs '{"url":…,"redis":…,"queue":…,"folder":…,"name":…,"ledger":…,"life":{…},"times":{…},"dispatchTimes":{…}}'
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { clock, openShared } from './open-shared.mjs';
import { openDispatch } from './open-dispatch.mjs';
import { catalogOf, compileWith } from './worker-nodes.mjs';

const given = JSON.parse(process.argv[2]);
const { runReconciler } = await import('@heddle/adapters/cluster');
const { createLimits } = await import('@heddle/engine');
const { carryOutAtRest, startWorker, workTimes } = await import('@heddle/server/cluster');
const say = (line) => writeSync(1, `${line}\n`);
const log = {
  debug: () => undefined,
  info: () => undefined,
  warn: (facts, message) => say(`warn ${message} ${facts.err?.code ?? ''}`),
  error: (facts, message) => say(`error ${message} ${facts.err?.code ?? ''} ${facts.err?.message ?? ''}`),
};

const shared = await openShared(given.url, given.folder, { patienceMs: given.life.fenceMs, times: given.life });
const queue = await openDispatch(given);
const catalog = catalogOf(given.ledger);
const worker = await startWorker({
  ...shared,
  ...{ dispatch: queue.dispatch, bus: queue.bus, clock, log },
  worker: { name: given.name, version: '1', capabilities: [], slots: given.slots ?? 8 },
  lifeTimes: given.life,
  times: { ...workTimes, ...given.times },
  host: {
    ...{ catalog, limits: createLimits(() => Infinity), random: Math.random, compile: compileWith(catalog) },
    resources: { use: () => Promise.reject(new Error('there are no resources')) },
    secret: () => Promise.reject(new Error('there are no secrets')),
  },
});
const kept = runReconciler({
  ...{ ...shared, clock, holder: randomUUID(), times: given.life, hintMs: given.hintMs },
  onFault: (error) => say(`fault ${error.code}`),
  async onRound({ hints }) {
    for (const open of await shared.commands.ofOrphans(100)) await carryOutAtRest({ ...shared, clock }, open);
    await queue.dispatch?.send(hints);
  },
});
process.once('SIGTERM', async () => {
  await worker.drain();
  await kept.stop();
  await queue.close();
  await shared.close();
  say('drained');
  process.exit(0);
});
say('ready');
