// `npm run bench:peers [-- NAME…] [--json]`: measures the same trivial workflows in Heddle and in other engines, on this machine, in one
// run. The other engines are installed into .nx/peers, outside the dependencies of the workspace, without their install scripts.
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { peersFolder, peersPackage, versionOf } from './bench/peers/load.mjs';
import { build, install } from './bootstrap/prepare.mjs';
import { createProgress } from './bootstrap/progress.mjs';
import { root } from './bootstrap/repository.mjs';
import { toolEnvironment } from './bootstrap/run-command.mjs';
import { continuedUnderNewerNode } from './bootstrap/use-node.mjs';

const names = ['heddle', 'langgraph', 'llamaindex', 'mastra', 'n8n', 'rivet'];
const measures = ['chain', 'fanOut', 'durable'];

if (!(await continuedUnderNewerNode(fileURLToPath(import.meta.url)))) {
  const args = process.argv.slice(2);
  const wanted = args.filter((argument) => !argument.startsWith('--'));
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`No such engine: ${unknown.join(', ')}. There are: ${names.join(', ')}\n`);
    process.exit(2);
  }
  const progress = createProgress();
  try {
    await install(progress);
    await build(progress);
  } catch {
    process.exit(1);
  }
  installPeers(progress);
  const rows = [];
  for (const name of wanted.length === 0 ? names : wanted) {
    progress.start(name, `chain, fan-out and durable chain in ${name}`);
    rows.push(await measure(name));
    progress.done('measured');
  }
  if (args.includes('--json')) process.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`);
  else printTable(rows);
}

function installPeers(progress) {
  progress.start('peers', `installing into ${peersFolder}`);
  mkdirSync(peersFolder, { recursive: true });
  const file = join(peersFolder, 'package.json');
  const text = `${JSON.stringify(peersPackage, undefined, 2)}\n`;
  const isNew = !existsSync(file) || readFileSync(file, 'utf8') !== text;
  if (isNew) writeFileSync(file, text);
  // If the file did not change, `npm update` installs newer versions, so that current versions are measured.
  const { status, stderr } = spawnSync(
    'npm',
    [isNew ? 'install' : 'update', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: peersFolder, env: toolEnvironment(), encoding: 'utf8', shell: process.platform === 'win32' },
  );
  if (status === 0) progress.done('installed');
  else progress.fail(`npm could not install all of them: ${stderr.trim().split('\n')[0]}`);
}

/** Measures one engine in a process of its own. */
async function measure(name) {
  const { packages, store } = await import(`./bench/peers/${name}.mjs`);
  const versions = packages.map((id) =>
    existsSync(join(peersFolder, 'node_modules', id)) ? `${id} ${versionOf(id)}` : `${id} not installed`,
  );
  const script = join(root, 'tools', 'bench', 'peers', 'measure.mjs');
  const row = { name, versions, store };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [script, name], {
      env: toolEnvironment({
        LANGSMITH_TRACING: 'false',
        MASTRA_TELEMETRY_DISABLED: '1',
        N8N_DIAGNOSTICS_ENABLED: 'false',
      }),
      timeout: 300_000,
      maxBuffer: 2 ** 24,
    });
    const results = JSON.parse(stdout.trim().split('\n').at(-1));
    return { ...row, ...Object.fromEntries(measures.map((key) => [key, summary(results[key])])) };
  } catch (error) {
    const reason = String(error.message ?? error)
      .split('\n')
      .slice(-1)[0]
      .slice(0, 200);
    return { ...row, ...Object.fromEntries(measures.map((key) => [key, { reason }])) };
  }
}

function summary({ samples, reason }) {
  if (samples === undefined) return { reason };
  const sorted = [...samples].sort((a, b) => a - b);
  const round = (value) => Number(value.toPrecision(3));
  return {
    median: round(sorted[Math.floor(sorted.length / 2)]),
    min: round(sorted[0]),
    max: round(sorted[sorted.length - 1]),
    n: sorted.length,
  };
}

function printTable(rows) {
  process.stdout.write(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}\n`);
  process.stdout.write(
    '| engine | chain, µs a node | fan-out and join, µs a branch | durable chain, µs a node |\n|---|---|---|---|\n',
  );
  const cell = ({ median, min, n, reason }) =>
    reason === undefined ? `${median} (least ${min}, n ${n})` : `– ${reason}`;
  for (const { name, versions, ...row } of rows)
    process.stdout.write(
      `| ${name === 'heddle' ? 'Heddle' : versions.join(', ')} | ${measures.map((key) => cell(row[key])).join(' | ')} |\n`,
    );
}
