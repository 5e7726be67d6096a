import { parseArgs } from 'node:util';
import { join } from 'node:path';
import { cleanUp, temporaryFolder } from '../e2e/built-program.js';
import { hasStarterModels } from '../e2e/starter-models.js';
import { casesText, runCases } from './cases/run-cases.js';
import { faultKinds, parseFaults, planFaults } from './faults.js';
import { reportText } from './report.js';
import { runChaos } from './run-chaos.js';

// `npm run chaos -- [--kills N] [--faults KIND=N,…] [--seed S] [--no-models] [--json]`: exit 1 when a promise was broken.
const { values } = parseArgs({
  options: {
    kills: { type: 'string' },
    faults: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    'no-models': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const kills = values.kills ?? (values.faults === undefined ? '30' : '0');
const faults = parseFaults(`kill=${kills}${values.faults === undefined ? '' : `,${values.faults}`}`);
if (faults === undefined || !Number.isInteger(seed)) {
  process.stderr.write(
    `Give whole numbers and the kinds ${Object.keys(faultKinds).join(', ')}: npm run chaos -- --faults kill=30,stop=5 --seed 1\n`,
  );
  process.exit(2);
}
const hasModels = !values['no-models'] && (await hasStarterModels());
const list = Object.entries(faults).map(([kind, count]) => `${kind}=${count}`);
process.stderr.write(`${list.join(', ')}, seed ${seed}, ${hasModels ? 'with the starter models' : 'without models'}\n`);
const data = join(temporaryFolder(), 'data');
const onProgress = (detail: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${detail}`);
};
const isLive = planFaults(faults, seed).length > 0;
const report = isLive
  ? await runChaos({
      faults,
      seed,
      hasModels,
      data,
      onProgress,
    })
  : undefined;
const cases = await runCases(faults, seed, onProgress);
const isGood = report?.isGood !== false && cases.every(({ violations }) => violations.length === 0);
const text = [report === undefined ? '' : reportText(report), cases.length === 0 ? '' : casesText(cases)];
process.stdout.write(values.json ? `${JSON.stringify({ ...report, cases }, undefined, 2)}\n` : text.join(''));
if (report?.isGood === false) process.stderr.write(`The data folder is kept: ${data}\n`);
else await cleanUp();
process.exit(isGood ? 0 : 1);
