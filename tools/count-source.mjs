// `npm run count-source`: how many lines of source each package has, and how many lines of tests for each line of source.
//   npm run count-source               a table
//   npm run count-source -- --json     the same as JSON
//   npm run count-source -- --at REV   at a commit instead of the working tree
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './bootstrap/repository.mjs';
import { readArguments } from './read-arguments.mjs';
import { addCounts, countLines } from './source/count-lines.mjs';
import { kindOf, listFiles, packages } from './source/list-files.mjs';

const usage = 'Usage: npm run count-source -- [--json] [--at COMMIT]';
const { values } = await readArguments(process.argv.slice(2), {
  usage,
  options: { json: { type: 'boolean' }, at: { type: 'string' } },
});

/** Reads the files of a commit from a copy in a temporary folder. */
function filesAt(commit) {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-count-'));
  try {
    const archive = execFileSync('git', ['archive', commit], { cwd: root, maxBuffer: 1024 * 1024 * 1024 });
    execFileSync('tar', ['-x', '-C', folder], { input: archive });
    const paths = execFileSync('git', ['ls-tree', '-r', '-z', '--name-only', commit], { cwd: root, encoding: 'utf8' });
    return paths
      .split('\0')
      .map((path) => ({ path, package: path.split('/', 1)[0], kind: kindOf(path) }))
      .filter(({ kind }) => kind !== undefined)
      .map((file) => ({ ...file, text: readFileSync(join(folder, file.path), 'utf8') }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function filesHere() {
  return listFiles(root).map((file) => ({ ...file, text: readFileSync(join(root, file.path), 'utf8') }));
}

function rowOf(name, files) {
  const of = (kind) => files.filter((file) => file.kind === kind);
  const source = addCounts(of('source').map(({ text }) => countLines(text)));
  const tests = addCounts(of('test').map(({ text }) => countLines(text)));
  return {
    package: name,
    files: of('source').length,
    ...source,
    testFiles: of('test').length,
    testCode: tests.code,
    testToSource: source.code === 0 ? 0 : Number((tests.code / source.code).toFixed(2)),
  };
}

const files = values.at === undefined ? filesHere() : filesAt(values.at);
const rows = [
  ...packages.map((name) =>
    rowOf(
      name,
      files.filter((file) => file.package === name),
    ),
  ),
  rowOf('all', files),
];

if (values.json === true) process.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`);
else {
  const names = Object.keys(rows[0]);
  const lines = [names, ...rows.map((row) => names.map((name) => row[name].toLocaleString('en')))];
  const widths = names.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  for (const line of lines)
    process.stdout.write(
      `${line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  ')}\n`,
    );
}
