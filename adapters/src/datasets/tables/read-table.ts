import { HeddleError, isPlainObject } from '@heddle/core';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { createCaller, watchWork, type Caller, type ChildExit } from '../../child/index.js';
import { ownFile } from '../../child/own-file.js';
import type { DatasetFile } from '../dataset-file.js';
import { tableLimits } from './table-limits.js';

/** What the child process reads a file as: rows of Parquet, tests of promptfoo, or a registry of OpenAI Evals. */
type TableKind = 'parquet' | 'tests' | 'registry';

const Lines = z.array(z.string());

/**
 * Reads the records of a file in a child process. Errors: `dataset_invalid` if the file is damaged or too large, or its reader does not
 * end.
 */
export async function* readTable(
  kind: TableKind,
  { name, content }: DatasetFile,
): AsyncGenerator<Record<string, unknown>, void, void> {
  const folder = await mkdtemp(join(tmpdir(), 'heddle-table-'));
  const file = join(folder, 'table');
  const title = basename(name).slice(0, 100);
  const child = createCaller({
    entry: ownFile('datasets/tables/table-child.js'),
    memoryLimitMb: tableLimits.memoryMb,
    lost: (exit) => lostError(exit),
  });
  try {
    await pipeline(Readable.from(content), createWriteStream(file));
    await step(child, () => child.call('open', { file, kind }, () => undefined));
    for (;;) {
      const lines = await step(child, () => child.call('next', undefined, (value) => Lines.parse(value)));
      if (lines.length === 0) return;
      for (const line of lines) {
        const row: unknown = JSON.parse(line);
        if (isPlainObject(row)) yield row;
      }
    }
  } catch (error) {
    if (!(error instanceof HeddleError) || error.code !== 'dataset_invalid') throw error;
    throw new HeddleError('dataset_invalid', `${title} cannot be read.\n${error.message}`, { cause: error });
  } finally {
    await child.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Makes one call, and ends the child if it takes too long. */
async function step<Value>(child: Caller, work: () => Promise<Value>): Promise<Value> {
  let isLate = false;
  const endWatch = watchWork(
    child.child.pid,
    { checkEveryMs: tableLimits.stepMs, workMs: tableLimits.stepMs * 0.8 },
    () => {
      isLate = true;
      void child.stop();
    },
  );
  try {
    return await work();
  } catch (error) {
    if (!isLate) throw error;
    throw new HeddleError('dataset_invalid', `Reading it takes longer than ${tableLimits.stepMs / 1000} s: split it.`);
  } finally {
    endWatch();
  }
}

function lostError({ reason, errorOutput }: ChildExit): HeddleError {
  const isMemory = reason === 'memory' || /heap out of memory|Allocation failed/i.test(errorOutput);
  return new HeddleError(
    'dataset_invalid',
    isMemory
      ? `Reading it takes more than ${tableLimits.memoryMb} MB of memory: split it.`
      : 'The reader ended: the file is damaged.',
  );
}
