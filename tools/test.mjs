// `npm test`: installs, builds and fetches what the tests need, then runs every package's tests in one Jest process.
//   npm test                 everything
//   npm test -- PATTERN …    the spec files whose path holds a pattern
// Unit tests alone, and only those of packages that changed: `npm run test:unit`.
import { fileURLToPath } from 'node:url';
import { build, install } from './bootstrap/prepare.mjs';
import { createProgress } from './bootstrap/progress.mjs';
import { continuedUnderNewerNode } from './bootstrap/use-node.mjs';
import { failedFiles, judgeReports } from './testing/judge-reports.mjs';
import { runJest } from './testing/run-jest.mjs';

/** Cases of each of the engine's eight properties over random graphs: 10,000 together. */
const casesOfProperty = '1250';

/** Models, browsers and servers keep a worker waiting for a quarter of its time: a third one works meanwhile. */
const workers = 3;

/** With more failed files than this something is broken, not unsteady. */
const mostFilesAgain = 8;

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
  const env = { HEDDLE_CASES: process.env.HEDDLE_CASES ?? casesOfProperty };
  const { code, report } = await runJest({ name: 'test-report', options, env });
  if (report === undefined) {
    process.stderr.write('The tests ended without a report.\n0 passed, 1 failed\n');
    return code === 0 ? 1 : code;
  }
  const failed = failedFiles(report);
  const isWorthAnother = failed.length > 0 && failed.length <= mostFilesAgain;
  const again = isWorthAnother ? await runAgain(failed, env) : undefined;
  const judged = judgeReports(report, again?.report);
  for (const name of judged.skipped) process.stdout.write(`skipped: ${name}\n`);
  for (const name of judged.unsteady) process.stdout.write(`unsteady (failed, then passed alone): ${name}\n`);
  process.stdout.write(`\n${judged.passed} passed, ${judged.failed} failed, ${judged.skipped.length} skipped\n`);
  return judged.failed > 0 || (again ?? { code }).code !== 0 ? 1 : 0;
}

/** Two specs side by side on two cores starve each other now and then: what failed is asked once more, one file after the other. */
async function runAgain(files, env) {
  process.stderr.write(
    `\nOnce more, alone: ${files.length} spec ${files.length === 1 ? 'file' : 'files'} in which something failed.\n`,
  );
  return runJest({ name: 'test-report-again', options: ['--runInBand', '--runTestsByPath', ...files], env });
}
