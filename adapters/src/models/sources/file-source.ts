import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { HeddleError } from '@heddle/core';
import { type FetchContext, type Fetched } from './fetch-context.js';
import { writeHashed } from './write-hashed.js';

/** Copies a file of this machine: a path, a `file://` address, or a path below `~`. Errors: `file_not_found`. */
export async function fetchFromFile(location: string, context: FetchContext): Promise<Fetched> {
  const file = localPath(location);
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true) throw new HeddleError('file_not_found', `There is no file '${file}' on this machine.`);
  await context.needSpace(found.size);
  return writeHashed(createReadStream(file), context.part, {
    signal: context.signal,
    size: context.size,
    onBytes: (bytes) => context.progress(bytes, found.size),
  });
}

function localPath(location: string): string {
  if (location.startsWith('//')) return fileURLToPath(`file:${location}`);
  return location.startsWith('~/') ? path.join(homedir(), location.slice(2)) : path.resolve(location);
}
