import { HeddleError } from '@heddle/core';
import { z } from 'zod';
import { serveCalls } from '../../child/serve-calls.js';
import { parquetRows } from './parquet-rows.js';
import { tableLimits } from './table-limits.js';
import { promptfooTests, registeredEvals, yamlValue } from './yaml-rows.js';

/** The child process that reads Parquet and YAML, because an untrusted file can crash, fill or hang its reader. */
const Open = z.object({ file: z.string(), kind: z.enum(['parquet', 'tests', 'registry']) });

/** The most characters and rows of one reply. */
const answerLength = 1_000_000;
const answerRows = 500;

let rows: AsyncIterator<unknown> | Iterator<unknown> = [][Symbol.iterator]();
/** A row that did not fit into the last reply. */
let held: string | undefined;

serveCalls({
  open: (payload) =>
    refusing(async () => {
      const { file, kind } = Open.parse(payload);
      if (kind === 'parquet') rows = parquetRows(file);
      else {
        const value = await yamlValue(file);
        rows = (kind === 'tests' ? promptfooTests(value) : registeredEvals(value))[Symbol.iterator]();
      }
    }),
  /** The next rows as JSON; none after the last. */
  next: () =>
    refusing(async () => {
      const lines: string[] = [];
      let length = 0;
      while (lines.length < answerRows && length < answerLength) {
        const line = held ?? (await nextLine());
        held = undefined;
        if (line === undefined) break;
        if (lines.length > 0 && length + line.length > answerLength) {
          held = line;
          break;
        }
        lines.push(line);
        length += line.length;
      }
      return lines;
    }),
});

async function nextLine(): Promise<string | undefined> {
  const next: IteratorResult<unknown, unknown> = await rows.next();
  if (next.done === true) return undefined;
  const line = JSON.stringify(next.value);
  if (line.length > tableLimits.rowLength) throw new TypeError('It has a row of more than 10 million characters.');
  return line;
}

/** Everything that the readers throw is a fault of the file. */
async function refusing<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HeddleError('dataset_invalid', reason.slice(0, 500), { cause });
  }
}
