import { parseArgs } from 'node:util';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cleanUp, temporaryFolder } from '../e2e/built-program.js';
import { hasStarterModels } from '../e2e/starter-models.js';
import { casesText, runCases } from './cases/run-cases.js';
import { clusterFaultKinds, parseClusterFaults, usualClusterFaults } from './cluster/cluster-faults.js';
import { runCluster } from './cluster/run-cluster.js';
import { startServices } from './cluster/services.js';
import { faultKinds, parseFaults, planFaults } from './faults.js';
import { reportText, type ChaosReport } from './report.js';
import { runChaos } from './run-chaos.js';

// `npm run chaos -- [--kills N] [--faults KIND=N,…] [--seed S] [--no-models] [--json]`; for a cluster also `--cluster [--lease MS]
// [--other-version FOLDER]`. Exits with 1 if a promise was broken.
const { values } = parseArgs({
  options: {
    cluster: { type: 'boolean', default: false },
    lease: { type: 'string' },
    'other-version': { type: 'string' },
    kills: { type: 'string' },
    faults: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    'no-models': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const onProgress = (detail: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${detail}`);
};
const listOf = (faults: Readonly<Record<string, number>>): string =>
  Object.entries(faults)
    .map(([kind, count]) => `${kind}=${count}`)
    .join(', ');
const refuse = (kinds: object, example: string): never => {
  process.stderr.write(
    `Give whole numbers and the kinds ${Object.keys(kinds).join(', ')}: npm run chaos -- ${example}\n`,
  );
  process.exit(2);
};

process.exit((await (values.cluster ? strikeCluster() : strikeServer())) ? 0 : 1);

async function strikeServer(): Promise<boolean> {
  const kills = values.kills ?? (values.faults === undefined ? '30' : '0');
  const faults = parseFaults(`kill=${kills}${values.faults === undefined ? '' : `,${values.faults}`}`);
  if (faults === undefined || !Number.isInteger(seed) || (values.lease ?? values['other-version']) !== undefined)
    return refuse(faultKinds, '--faults kill=30,stop=5 --seed 1');
  const hasModels = !values['no-models'] && (await hasStarterModels());
  process.stderr.write(
    `${listOf(faults)}, seed ${seed}, ${hasModels ? 'with the starter models' : 'without models'}\n`,
  );
  const data = join(temporaryFolder(), 'data');
  const isLive = planFaults(faults, seed).length > 0;
  const report = isLive ? await runChaos({ faults, seed, hasModels, data, onProgress }) : undefined;
  const cases = await runCases(faults, seed, onProgress);
  const text = [report === undefined ? '' : reportText(report), cases.length === 0 ? '' : casesText(cases)];
  process.stdout.write(values.json ? `${JSON.stringify({ ...report, cases }, undefined, 2)}\n` : text.join(''));
  if (report?.isGood === false) process.stderr.write(`The data folder is kept: ${data}\n`);
  else await cleanUp();
  return report?.isGood !== false && cases.every(({ violations }) => violations.length === 0);
}

async function strikeCluster(): Promise<boolean> {
  const faults = values.faults === undefined ? usualClusterFaults : parseClusterFaults(values.faults);
  const leaseMs = values.lease === undefined ? undefined : Number(values.lease);
  const isWrong = [seed, leaseMs ?? 0].some((value) => !Number.isInteger(value));
  if (faults === undefined || isWrong || values.kills !== undefined)
    return refuse(clusterFaultKinds, '--cluster --faults kill-worker=30,upgrade --lease 2000 --seed 1');
  const folder = values['other-version'];
  const otherVersion = folder === undefined ? undefined : resolve(folder);
  if (otherVersion !== undefined && !((faults.upgrade ?? 0) > 0 && existsSync(join(otherVersion, 'server', 'dist')))) {
    process.stderr.write(
      `--other-version names the repository of another commit in which \`npm run build\` has run, and needs an upgrade: --faults upgrade=2,…\n`,
    );
    process.exit(2);
  }
  const services = await startServices();
  if (typeof services === 'string') {
    process.stderr.write(`A cluster needs Postgres and Redis: ${services}\n`);
    return false;
  }
  process.stderr.write(`${listOf(faults)}, seed ${seed}\n`);
  let report: ChaosReport;
  try {
    report = await runCluster({ faults, seed, services, leaseMs, otherVersion, onProgress });
  } finally {
    await services.close();
  }
  process.stdout.write(values.json ? `${JSON.stringify(report, undefined, 2)}\n` : reportText(report));
  await cleanUp();
  return report.isGood;
}
