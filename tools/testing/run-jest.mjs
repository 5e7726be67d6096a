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
 * Runs Jest over the packages of `folders`, all by default, in one process. Gives its exit code, and its report unless it ended without one.
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
    // Passages that spec files have in common are embedded once.
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
      // Not among what goes with the run.
      `--cacheDirectory=${join(root, '.nx', 'jest')}`,
      `--testSequencer=${join(root, 'tools', 'testing', 'spec-sequencer.mjs')}`,
      // A slow machine is no failure: speed is measured by npm run bench. A test alone takes a few seconds; three times as many are left on a busy machine.
      '--testTimeout=90000',
      // Spec files with a document leave some of it in V8's cache of compiled scripts. A worker that has too much of them starts anew.
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
