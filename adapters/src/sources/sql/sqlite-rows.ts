import { stat } from 'node:fs/promises';
import { HeddleError, type SourceFiles } from '@heddle/core';
import { createCaller } from '../../child/create-caller.js';
import { ownFile } from '../../child/own-file.js';
import type { ChildExit } from '../../child/spawn-child.js';
import { tooLate, type SqlReading } from './sql-rows.js';

const memoryMb = 1_024;

/**
 * Reads rows of a SQLite file in a child process, which is ended if it takes too long. Errors: `forbidden`, `file_not_found`,
 * `source_failed`, `aborted`.
 */
export async function readSqlite(
  { files, path, signal }: { files: Pick<SourceFiles, 'locate'>; path: string; signal: AbortSignal },
  reading: SqlReading,
): Promise<void> {
  const file = await files.locate(path);
  if (!(await stat(file)).isFile())
    throw new HeddleError('source_failed', `'${path.slice(0, 300)}' is not a file: name a SQLite file.`);
  signal.throwIfAborted();
  let isLate = false;
  const caller = createCaller({
    entry: ownFile('sources/sql/sqlite-child.js'),
    memoryLimitMb: memoryMb,
    lost: (exit) => lost(exit, isLate, reading.timeoutMs),
  });
  const stop = (): void => void caller.stop();
  const timer = setTimeout(() => {
    isLate = true;
    stop();
  }, reading.timeoutMs);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await caller.call('read', { file, reading }, () => undefined);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    await caller.stop();
  }
}

function lost({ reason }: ChildExit, isLate: boolean, timeoutMs: number): HeddleError {
  if (isLate) return tooLate({ timeoutMs });
  if (reason === 'stopped') return new HeddleError('aborted', 'The sync was stopped while SQLite read.');
  return new HeddleError(
    'source_failed',
    reason === 'memory'
      ? `The query needs more than ${memoryMb} MB of memory: make it simpler.`
      : 'The process that reads SQLite ended: the file may be damaged.',
  );
}
