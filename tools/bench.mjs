// `npm run bench -- [CASE…] [--json]`: measures this machine. The cases are in tools/bench/; see docs/benchmarks.md.
import { readdirSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, install } from './bootstrap/prepare.mjs';
import { createProgress } from './bootstrap/progress.mjs';
import { root } from './bootstrap/repository.mjs';
import { continuedUnderNewerNode } from './bootstrap/use-node.mjs';
import { goalOf } from './bench/goals.mjs';
import { readArguments } from './read-arguments.mjs';

/** The time limit of a case that sets no `minutes`. A case that exceeds it will not end; the results of the cases before it are printed. */
const usualMinutes = 15;
class TooLong extends Error {}

if (!(await continuedUnderNewerNode(fileURLToPath(import.meta.url)))) {
  const { values, names: wanted } = await readArguments(process.argv.slice(2), {
    usage:
      'npm run bench -- [CASE…] [--json]\nFigures of this machine, now: of all cases, or of those named by case or group.',
    options: { json: { type: 'boolean' } },
    cases: loadCases,
  });
  const isJson = values.json === true;
  const progress = createProgress();
  try {
    await install(progress);
    await build(progress);
  } catch {
    process.exit(1);
  }
  const cases = await loadCases();
  const unknown = wanted.filter((name) => !cases.some((entry) => entry.name === name || entry.group === name));
  if (unknown.length > 0) {
    process.stderr.write(
      `No such case: ${unknown.join(', ')}. There are: ${cases.map((entry) => entry.name).join(', ')}\n`,
    );
    process.exit(2);
  }
  const chosen =
    wanted.length === 0 ? cases : cases.filter((entry) => wanted.includes(entry.name) || wanted.includes(entry.group));
  process.stderr.write(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}\n`,
  );
  const rows = [];
  let hasFailed = false;
  const finish = () => {
    if (isJson) process.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`);
    else printTable(rows);
    process.exit(hasFailed ? 1 : 0);
  };
  // Something that a case left running may fail later; the results so far must not be lost then.
  process.once('uncaughtException', (error) => {
    hasFailed = true;
    progress.fail(error.stack ?? String(error));
    finish();
  });
  for (const entry of chosen) {
    progress.start(entry.name, entry.title);
    const begin = performance.now();
    try {
      const work = entry.run({ progress: (detail) => progress.update(detail) });
      const results = await within(entry.minutes ?? usualMinutes, work);
      if (typeof results === 'string') {
        progress.done(`skipped: ${results}`);
        continue;
      }
      rows.push(...results.map(summarise));
      progress.done(`measured in ${((performance.now() - begin) / 1000).toFixed(0)} s`);
    } catch (error) {
      hasFailed = true;
      progress.fail(`${entry.name} failed: ${error.stack ?? error}`);
      if (error instanceof TooLong) break;
    }
  }
  finish();
}

async function within(minutes, work) {
  let timer;
  const limit = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new TooLong(`it had not ended after ${minutes} minutes`)), minutes * 60_000);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}

/**
 * Loads the cases, `{ group, name, title, minutes?, run(context) }`. `run` returns measurements, or the reason why the case was skipped.
 */
async function loadCases() {
  const folder = join(root, 'tools', 'bench');
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.bench.mjs'))
    .sort();
  const modules = await Promise.all(files.map((file) => import(pathToFileURL(join(folder, file)).href)));
  return modules.flatMap((module, index) =>
    module.cases.map((entry) => ({ group: files[index].replace('.bench.mjs', ''), ...entry })),
  );
}

/** Turns a measurement `{ case, unit, samples, against?: { name, samples } }` into a row of the table. */
function summarise({ case: name, unit, samples, against }) {
  const sorted = [...samples].sort((a, b) => a - b);
  const row = {
    case: name,
    unit,
    median: round(median(sorted)),
    min: round(sorted[0]),
    max: round(sorted[sorted.length - 1]),
    n: sorted.length,
  };
  if (against !== undefined) {
    const other = median([...against.samples].sort((a, b) => a - b));
    Object.assign(row, { against: `${against.name}: ${round(other)}`, ratio: round(median(sorted) / other) });
  }
  const goal = goalOf(row);
  return goal === undefined ? row : { ...row, goal: goal.text, isReached: goal.isReached };
}

function median(sorted) {
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function round(value) {
  return Number(value.toPrecision(4));
}

function printTable(rows) {
  const width = Math.max(4, ...rows.map((row) => row.case.length));
  for (const row of rows) {
    const compared = row.against === undefined ? '' : `   ${row.ratio} x (${row.against})`;
    const goal = row.goal === undefined ? '' : `   goal ${row.goal}: ${row.isReached ? 'reached' : 'NOT reached'}`;
    process.stdout.write(
      `${row.case.padEnd(width)}  ${String(row.median).padStart(10)} ${row.unit.padEnd(12)} [${row.min} – ${row.max}, n ${row.n}]${compared}${goal}\n`,
    );
  }
}
