// `npm run verify`, before each commit: lint, types, all checks, and the unit specs near files that changed since they last passed.
//   npm run verify                all of it
//   npm run verify -- --all       all unit specs
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './bootstrap/repository.mjs';
import { toolEnvironment } from './bootstrap/run-command.mjs';
import { follow } from './bootstrap/use-node.mjs';
import { readArguments } from './read-arguments.mjs';
import { changedSpecs } from './testing/near-specs.mjs';
import { runJest } from './testing/run-jest.mjs';

const { values } = await readArguments(process.argv.slice(2), {
  usage: 'Usage: npm run verify -- [--all]',
  options: { all: { type: 'boolean' } },
});

const codes = await Promise.all([npmRun('lint:all'), npmRun('check', '--workspace', 'tools')]);
process.exitCode = codes.some((code) => code !== 0) ? 1 : await testWhatChanged();

function npmRun(...script) {
  return follow(
    spawn('npm', ['run', '--silent', ...script], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: toolEnvironment(),
      shell: process.platform === 'win32',
    }),
  );
}

async function testWhatChanged() {
  const passed = join(root, '.nx', 'specs-passed.json');
  if (values.all) rmSync(passed, { force: true });
  const { specs, remember } = changedSpecs(root, passed);
  const folders = [...new Set(specs.map((path) => path.split('/', 1)[0]))];
  const { code, report } = await runJest({
    name: 'verify',
    folders,
    options: ['--maxWorkers=2', '--runTestsByPath', ...specs.map((path) => join(root, path))],
  });
  const files = report?.testResults ?? [];
  remember(
    files.filter(({ status }) => status === 'passed').map(({ name }) => relative(root, name).replaceAll('\\', '/')),
  );
  process.stdout.write(`${specs.length} spec files near what changed: ${report?.numPassedTests ?? 0} tests passed\n`);
  return code;
}
