import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { residentMb, startServer } from '../bench/server-process.mjs';
import { inTemporaryFolder, seeded } from '../bench/shared.mjs';
import { root } from '../bootstrap/repository.mjs';
import { client } from './clients.mjs';
import { judge } from './judge.mjs';

const sampleMs = 2_000;
const clients = 40;

/** `npm run soak -- [--minutes N] [--json]`: exit 1 when memory or handles grew, or a run ended otherwise than it should. */
export async function soak(args) {
  const { values } = parseArgs({
    args,
    options: { minutes: { type: 'string', default: '30' }, json: { type: 'boolean', default: false } },
  });
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) {
    process.stderr.write('Give minutes: npm run soak -- --minutes 30\n');
    return 2;
  }
  if (process.platform !== 'linux') {
    process.stderr.write('Memory and handles of a process are read from /proc: this needs Linux.\n');
    return 2;
  }
  const report = await inTemporaryFolder((folder) => run(folder, minutes));
  process.stdout.write(values.json ? `${JSON.stringify(report, undefined, 2)}\n` : text(report));
  return report.isGood ? 0 : 1;
}

async function run(folder, minutes) {
  const server = await startServer(folder, { HEDDLE_NODES: join(root, 'tools', 'soak', 'nodes') });
  const end = performance.now() + minutes * 60_000;
  const world = { server, random: seeded(1), counts: {}, problems: [], isOver: () => performance.now() > end };
  const samples = [];
  const working = Promise.all(Array.from({ length: clients }, (_, number) => client(world, number * 1_000_000)));
  while (!world.isOver()) {
    await pause(sampleMs);
    samples.push({ time: Date.now(), rssMb: residentMb(server.pid), handles: handlesOf(server.pid) });
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${said(samples.at(-1), world)}`);
  }
  await Promise.race([working, pause(30_000)]);
  const { runs, storage, stuck } = await server.get('/api/health');
  await server.stop();
  const verdict = judge(samples);
  const problems = [...verdict.problems, ...new Set(world.problems)];
  if (runs.running + runs.queued + runs.parked > 0) problems.push('runs were left when every client had ended');
  if (stuck > 0 || storage.status !== 'ok') problems.push('health was not well at the end');
  const peakMb = Math.max(...samples.map(({ rssMb }) => rssMb));
  const { rss, handles } = verdict;
  return { minutes, clients, counts: world.counts, rss, peakMb, handles, problems, isGood: problems.length === 0 };
}

/** Files, sockets and pipes that a process has open. */
function handlesOf(pid) {
  return readdirSync(`/proc/${pid}/fd`).length;
}

function said({ rssMb, handles }, { counts }) {
  return `${rssMb.toFixed(0)} MB, ${handles} handles, ${counts.done ?? 0} done, ${counts.cancelled ?? 0} cancelled`;
}

function text({ minutes, counts, rss, peakMb, handles, problems }) {
  const lines = [
    `${minutes} minutes, ${clients} clients: ${Object.entries(counts)
      .map(([name, number]) => `${name} ${number}`)
      .join(', ')}`,
    ...(rss === undefined
      ? []
      : [
          `Memory at rest: ${rss.before.toFixed(0)} MB in the middle third, ${rss.after.toFixed(0)} MB in the last (peak ${peakMb.toFixed(0)} MB)`,
          `Open handles: ${handles.before} in the middle third, ${handles.after} in the last`,
        ]),
    ...(problems.length === 0 ? ['Flat, and every run ended as it should.'] : problems.slice(0, 20)),
  ];
  return `${lines.join('\n')}\n`;
}
