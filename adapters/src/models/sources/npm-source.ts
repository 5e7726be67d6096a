import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { HeddleError } from '@heddle/core';
import { type FetchContext, type Fetched } from './fetch-context.js';
import { clientError } from './client-error.js';
import { runCommand } from './run-command.js';
import { readTarEntry } from './tar-entry.js';
import { writeHashed } from './write-hashed.js';

/** Downloads a file from an npm package with the user's own npm. No script of the package runs. Errors: those of `fetchFromPip`. */
export async function fetchFromNpm(
  source: { readonly name: string; readonly version: string; readonly file: string },
  context: FetchContext,
): Promise<Fetched> {
  const wanted = `${source.name}@${source.version}`;
  const folder = path.join(context.scratch, 'package');
  await mkdir(folder, { recursive: true });
  if (context.size !== undefined) await context.needSpace(context.size * 2);
  const limits = [
    '--fetch-retries=1',
    '--fetch-retry-mintimeout=500',
    '--fetch-retry-maxtimeout=3000',
    '--fetch-timeout=30000',
    // If Heddle runs under npm, its log level may be silent; the error messages are needed here.
    '--loglevel=error',
  ];
  const args = ['pack', wanted, '--ignore-scripts', '--pack-destination', folder, ...limits];
  const result = await runCommand('npm', args, { cwd: folder, signal: context.signal });
  if (result === undefined)
    throw new HeddleError('source_unreachable', 'There is no npm on this machine.', { retryable: false });
  if (result.code !== 0) throw npmError(wanted, result.errorOutput);
  const archive = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (archive === undefined) throw new HeddleError('download_failed', `npm returned no archive for ${wanted}.`);
  return writeHashed(readTarEntry(path.join(folder, archive), source.file), context.part, {
    signal: context.signal,
    size: context.size,
    onBytes: (bytes) => context.progress(bytes, context.size),
  });
}

function npmError(wanted: string, output: string): HeddleError {
  return clientError({
    client: 'npm',
    wanted,
    output,
    unreachable: /ECONNREFUSED|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|ECONNRESET|network/i,
    reason: /^npm (?:error|ERR!) (?!code|errno|A complete log)(.+)$/m.exec(output)?.[1],
  });
}
