import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { startServer } from '../bench/server-process.mjs';
import { inTemporaryFolder, seeded } from '../bench/shared.mjs';
import { root } from '../bootstrap/repository.mjs';
import { client } from './clients.mjs';
import { judge } from './judge.mjs';
import { createProbe, kindsOf } from './memory.mjs';

const sampleMs = 5_000;
/** The number of garbage collections, evenly over the whole time. They are few, because they change the memory use of the process. */
const collections = 15;
const probeOptions = ['--expose-gc', '--import', fileURLToPath(new URL('./probe.mjs', import.meta.url))];

/**
 * `npm run soak -- [--minutes N] [--clients N] [--snapshots FOLDER] [--json]`: exits with 1 if memory or handles grew, or if a run did not
 * end as expected.
 */
export async function soak(args) {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '30' },
      clients: { type: 'string', default: '40' },
      snapshots: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const minutes = Number(values.minutes);
  const clients = Number(values.clients);
  if (!(minutes > 0) || !(clients > 0)) {
    process.stderr.write('Give minutes and clients: npm run soak -- --minutes 30 --clients 40\n');
    return 2;
  }
  if (process.platform !== 'linux') {
    process.stderr.write('Memory and handles of a process are read from /proc: this needs Linux.\n');
    return 2;
  }
  const report = await inTemporaryFolder((folder) => run(folder, { minutes, clients, snapshots: values.snapshots }));
  process.stdout.write(values.json ? `${JSON.stringify(report, undefined, 2)}\n` : text(report));
  return report.isGood ? 0 : 1;
}

async function run(folder, { minutes, clients, snapshots }) {
  const environment = { HEDDLE_NODES: join(root, 'tools', 'soak', 'nodes'), HEDDLE_SOAK_PROBE: '1' };
  const server = await startServer(folder, environment, probeOptions);
  const ask = createProbe(server.pipe);
  const begin = performance.now();
  const end = begin + minutes * 60_000;
  const world = { server, random: seeded(1), counts: {}, problems: [], isOver: () => performance.now() > end };
  const samples = [];
  const working = Promise.all(Array.from({ length: clients }, (_, number) => client(world, number * 1_000_000)));
  for (let collected = 1; !world.isOver();) {
    await pause(Math.min(sampleMs, Math.max(0, end - performance.now())));
    samples.push(await take(server.pid, ask, 'count'));
    process.stderr.write(said(samples.at(-1), world));
    if (performance.now() - begin < (collected * (end - begin)) / collections) continue;
    const question =
      snapshots === undefined || collected % 5 !== 0
        ? 'collect'
        : `snapshot ${join(snapshots, `${collected}.heapsnapshot`)}`;
    samples.push(await take(server.pid, ask, question));
    collected += 1;
  }
  await Promise.race([working, pause(30_000)]);
  const { runs, storage, stuck } = await server.get('/api/health');
  await server.stop();
  const verdict = judge(samples);
  const problems = [...verdict.problems, ...new Set(world.problems)];
  if (runs.running + runs.queued + runs.suspended > 0) problems.push('runs were left when every client had ended');
  if (stuck > 0 || storage.status !== 'ok') problems.push('health was not well at the end');
  return {
    ...verdict,
    judgedMinutes: verdict.minutes,
    minutes,
    clients,
    counts: world.counts,
    samples,
    problems,
    isGood: problems.length === 0,
  };
}

async function take(pid, ask, question) {
  const kinds = kindsOf(pid, await ask(question));
  const isCollected = question !== 'count';
  return { time: Date.now(), isCollected, ...kinds, held: kinds.heap + kinds.external, handles: handlesOf(pid) };
}

/** Counts the files, sockets and pipes that a process has open. */
function handlesOf(pid) {
  return readdirSync(`/proc/${pid}/fd`).length;
}

const kinds = ['heap', 'heapTotal', 'external', 'arrayBuffers', 'other', 'anonymous', 'mapped', 'rss'];
const rounded = (sample) => kinds.map((kind) => `${kind} ${sample[kind].toFixed(1)}`).join(', ');

function said(sample, { counts }) {
  const line = `${rounded(sample)} MB, ${sample.handles} handles, ${counts.done ?? 0} done, ${counts.cancelled ?? 0} cancelled`;
  return process.stderr.isTTY ? `\r\x1b[2K${line}` : `${line}\n`;
}

function text({ minutes, clients, counts, trends, handles, samples, problems }) {
  const trend = ({ from, perMinute, isSure }) =>
    `${perMinute.toFixed(2)} MB a minute from ${from.toFixed(0)} MB${isSure ? '' : ' (no trend)'}`;
  const lines = [
    `${minutes} minutes, ${clients} clients: ${Object.entries(counts)
      .map(([name, number]) => `${name} ${number}`)
      .join(', ')}`,
    ...(trends === undefined
      ? []
      : [
          `Objects and buffers after collection: ${trend(trends.held)}`,
          `Memory of the process (RSS):          ${trend(trends.rss)}`,
          `Open handles: ${handles.before}, later ${handles.after}`,
        ]),
    `At the end: ${rounded(samples.at(-1))} MB`,
    ...(problems.length === 0 ? ['Flat, and every run ended as it should.'] : problems.slice(0, 20)),
  ];
  return `${lines.join('\n')}\n`;
}
