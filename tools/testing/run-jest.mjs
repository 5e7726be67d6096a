import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../bootstrap/repository.mjs';
import { toolEnvironment } from '../bootstrap/run-command.mjs';
import { follow } from '../bootstrap/use-node.mjs';
import { startTestPostgres } from './test-postgres.mjs';
import { temporaryFolder } from './temporary-folder.mjs';

const tested = ['core', 'engine', 'nodes', 'adapters', 'server', 'editor', 'client', 'workflows', 'tools'];

/**
 * Runs Jest in one process over the packages in `folders` (by default, all). Returns its exit code and its report; the report is missing if
 * Jest ended without one.
 *
 * @example const { code, report } = await runJest({ name: 'test-report', options: ['--maxWorkers=2'] });
 */
export async function runJest({ name, folders = tested, options, env = {} }) {
  const file = join(root, '.nx', `${name}.json`);
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true });
  const temporary = temporaryFolder();
  const needsPostgres = folders.some((folder) => folder === 'adapters' || folder === 'server');
  const postgres = needsPostgres ? await startTestPostgres() : undefined;
  const basic = {
    HEDDLE_TEST: '1',
    TMPDIR: temporary.folder,
    // Passages that several spec files use are embedded only once.
    HEDDLE_TEST_VECTORS: join(temporary.folder, 'vectors'),
    ...(postgres === undefined ? {} : { HEDDLE_TEST_POSTGRES: postgres.url }),
  };
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
      '--projects',
      ...folders.map((folder) => join(root, folder)),
      '--json',
      `--outputFile=${file}`,
      // The cache must outlast the temporary folder of the run.
      `--cacheDirectory=${join(root, '.nx', 'jest')}`,
      `--testSequencer=${join(root, 'tools', 'testing', 'spec-sequencer.mjs')}`,
      // A slow machine must not fail tests; speed is measured by npm run bench. Alone, the slowest test takes a few seconds, and a busy
      // machine needs several times as long.
      '--testTimeout=90000',
      // Spec files with a document leave compiled scripts in V8's cache. A worker with too many of them is restarted.
      '--workerIdleMemoryLimit=1200MB',
      ...options,
    ],
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env: toolEnvironment({ ...basic, ...env }) },
  );
  const code = await follow(child).finally(async () => {
    await postgres?.close();
    temporary.remove();
  });
  return { code, report: readReport(file) };
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
