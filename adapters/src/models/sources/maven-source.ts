import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { HeddleError } from '@heddle/core';
import { type FetchContext, type Fetched } from './fetch-context.js';
import { clientError } from './client-error.js';
import { runCommand } from './run-command.js';
import { writeZipEntry } from './zip-entry.js';

/**
 * Downloads a file of a jar, with the user's own Maven, which keeps the jar in its local repository. Nothing of the jar runs.
 * `name` is `group:artifact`. Errors as `fetchFromPip`.
 */
export async function fetchFromMaven(
  source: { readonly name: string; readonly version: string; readonly file: string },
  context: FetchContext,
): Promise<Fetched> {
  const wanted = `${source.name}:${source.version}`;
  const folder = path.join(context.scratch, 'jar');
  await mkdir(folder, { recursive: true });
  // The jar is on the disk twice: in the local repository and in the folder.
  if (context.size !== undefined) await context.needSpace(context.size * 3);
  const args = ['-q', '-B', 'dependency:copy', `-Dartifact=${wanted}`, `-DoutputDirectory=${folder}`];
  const result = await runCommand('mvn', args, { cwd: folder, signal: context.signal });
  if (result === undefined)
    throw new HeddleError('source_unreachable', 'There is no Maven on this machine (tried mvn).', { retryable: false });
  if (result.code !== 0) throw mavenError(wanted, `${result.output}\n${result.errorOutput}`);
  const jar = (await readdir(folder)).find((name) => name.endsWith('.jar'));
  if (jar === undefined) throw new HeddleError('download_failed', `Maven returned no jar for ${wanted}.`);
  return writeZipEntry(path.join(folder, jar), source.file, context);
}

function mavenError(wanted: string, output: string): HeddleError {
  return clientError({
    client: 'Maven',
    wanted,
    output,
    unreachable:
      /Could not transfer|Connection refused|Connection reset|Unknown host|connect timed out|No plugin found for prefix/i,
    reason: /\[ERROR\] (.+?)(?: -> \[Help \d+\])?\r?$/m.exec(output)?.[1],
  });
}
