// `npm test`: installs, builds and fetches what the tests need, then runs every package's tests in one Jest process.
//   npm test                 all units, and a sample of what lasts long (docs/decisions/0045-what-npm-test-samples.md)
//   npm test -- --all        every file; the samples inside of files stay
//   npm test -- PATTERN …    the spec files whose path holds a pattern
//   npm run test:long        everything at its full size: the files *.long.spec.ts too, and more faults, kills and questions
// Unit tests alone, and only those of packages that changed: `npm run test:unit`.
import { fileURLToPath } from 'node:url';
import { build, install } from './bootstrap/prepare.mjs';
import { createProgress } from './bootstrap/progress.mjs';
import { continuedUnderNewerNode } from './bootstrap/use-node.mjs';
import { runJest } from './testing/run-jest.mjs';

const isLong = process.argv.includes('--long');
const isAll = isLong || process.argv.includes('--all');

/** The cases of each of the engine's eight properties over random graphs: 10,000 in all; `npm test` runs a fifth of them. */
const casesOfProperty = 1250;

/**
 * A worker waits a quarter of its time for models, browsers and servers, so three workers make use of the machine. With four, the models
 * slow each other down.
 */
const workers = 3;

if (!(await continuedUnderNewerNode(fileURLToPath(import.meta.url)))) {
  const patterns = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
  const progress = createProgress();
  try {
    await install(progress);
    await build(progress);
    const { pullStarterModels } = await import('./first-run/pull-starter-models.mjs');
    await pullStarterModels(progress);
  } catch (error) {
    if (error.message !== 'install' && error.message !== 'build')
      progress.fail(error.code === undefined ? error.stack : `${error.message} [${error.code}]`);
    process.exit(1);
  }
  process.exitCode = await runTests(patterns);
}

async function runTests(patterns) {
  const options = [`--maxWorkers=${workers}`];
  if (patterns.length > 0) options.push('--testPathPatterns', ...patterns);
  else if (!isLong) options.push('--testPathIgnorePatterns', '\\.long\\.spec\\.', '/node_modules/');
  const seed = process.env.HEDDLE_SAMPLE_SEED ?? String(Math.floor(Math.random() * 1_000_000));
  const env = {
    HEDDLE_CASES: process.env.HEDDLE_CASES ?? String(isLong ? casesOfProperty : casesOfProperty / 5),
    HEDDLE_TEST_LONG: isLong ? '1' : '0',
    HEDDLE_SAMPLE_SEED: seed,
    HEDDLE_DRAW_SPECS: isAll || patterns.length > 0 ? '' : seed,
  };
  const { code, report } = await runJest({ name: 'test-report', options, env });
  if (report === undefined) {
    process.stderr.write('The tests ended without a report.\n0 passed, 1 failed\n');
    return code === 0 ? 1 : code;
  }
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const skipped = tests.filter(({ status }) => status === 'pending' || status === 'todo');
  for (const { fullName } of skipped) process.stdout.write(`skipped: ${fullName}\n`);
  // A spec file that cannot be loaded counts as one failed test.
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  if (failed > 0 && !isLong) process.stdout.write(`\nTo draw the same samples again: HEDDLE_SAMPLE_SEED=${seed}\n`);
  process.stdout.write(`\n${report.numPassedTests} passed, ${failed} failed, ${skipped.length} skipped\n`);
  return failed > 0 ? 1 : code;
}
