// `npm test`: installs, builds and fetches what the tests need, then runs every package's tests in one Jest process.
//   npm test                 everything
//   npm test -- --unit       no models, no browser, no processes: under a minute
//   npm test -- PATTERN …    the spec files whose path holds a pattern
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, install } from './bootstrap/prepare.mjs';
import { createProgress } from './bootstrap/progress.mjs';
import { root } from './bootstrap/repository.mjs';
import { toolEnvironment } from './bootstrap/run-command.mjs';
import { continuedUnderNewerNode, follow } from './bootstrap/use-node.mjs';

/** Cases of each of the engine's eight properties over random graphs: 10,000 together. */
const casesOfProperty = '1250';

const tested = ['core', 'engine', 'nodes', 'adapters', 'server', 'editor', 'workflows', 'tools'];

if (!(await continuedUnderNewerNode(fileURLToPath(import.meta.url)))) {
  const args = process.argv.slice(2);
  const isUnit = args.includes('--unit');
  const patterns = args.filter((argument) => !argument.startsWith('--'));
  const progress = createProgress();
  try {
    await install(progress);
    await build(progress);
    if (!isUnit) {
      const { pullStarterModels } = await import('./first-run/pull-starter-models.mjs');
      await pullStarterModels(progress);
    }
  } catch (error) {
    if (error.message !== 'install' && error.message !== 'build')
      progress.fail(error.code === undefined ? error.stack : `${error.message} [${error.code}]`);
    process.exit(1);
  }
  process.exitCode = await runJest(isUnit, patterns);
}

async function runJest(isUnit, patterns) {
  const report = join(root, '.nx', 'test-report.json');
  mkdirSync(join(root, '.nx'), { recursive: true });
  rmSync(report, { force: true });
  const flags = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
  ];
  const options = [
    '--projects',
    ...tested.map((name) => join(root, name)),
    '--json',
    `--outputFile=${report}`,
    '--maxWorkers=2',
    // A slow machine is no failure: speed is measured by npm run bench.
    '--testTimeout=30000',
  ];
  // Heavy specs say so in their name: x.model.spec.ts, x.browser.spec.ts, x.process.spec.ts.
  if (isUnit)
    options.push('--testPathIgnorePatterns', '\\.(model|browser|process)\\.spec\\.', '/dist/', '/node_modules/');
  if (patterns.length > 0) options.push('--testPathPatterns', ...patterns);
  const child = spawn(process.execPath, [...flags, ...options], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: toolEnvironment({
      HEDDLE_TEST: '1',
      ...(isUnit ? {} : { HEDDLE_CASES: process.env.HEDDLE_CASES ?? casesOfProperty }),
    }),
  });
  const code = await follow(child);
  return summarise(report, code);
}

/** Prints skipped tests with their reasons and the closing line `N passed, N failed, N skipped`. */
function summarise(report, code) {
  let result;
  try {
    result = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    process.stderr.write('The tests ended without a report.\n0 passed, 1 failed\n');
    return code === 0 ? 1 : code;
  }
  const skipped = result.testResults.flatMap((file) =>
    file.assertionResults
      .filter((test) => test.status === 'pending' || test.status === 'todo')
      .map((test) => test.fullName),
  );
  for (const name of skipped) process.stdout.write(`skipped: ${name}\n`);
  const broken = result.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  ).length;
  const failed = result.numFailedTests + broken;
  process.stdout.write(`\n${result.numPassedTests} passed, ${failed} failed, ${skipped.length} skipped\n`);
  return failed > 0 || code !== 0 ? 1 : 0;
}
