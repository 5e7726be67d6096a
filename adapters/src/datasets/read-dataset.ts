import { basename } from 'node:path';
import {
  HeddleError,
  rowOfRecord,
  type DatasetFormat,
  type DatasetRow,
  type RecordFormat,
  type RowDefaults,
  withoutUndefined,
} from '@heddle/core';
import { z } from 'zod';
import { streamRows } from '../channels/read-rows.js';
import type { DatasetFile } from './dataset-file.js';
import { readTable } from './tables/read-table.js';
import { readJudgedRows } from './judged-rows.js';

const mostProblems = 20;

/**
 * Reads the rows of files one by one. BEIR and TREC have several files: queries, judgements, and for BEIR the corpus. Errors:
 * `dataset_invalid`, which names the lines. The rows before an invalid line have been yielded by then, so the caller must roll them back.
 */
export async function* readDataset(
  format: DatasetFormat,
  files: readonly DatasetFile[],
  defaults: RowDefaults = {},
): AsyncGenerator<DatasetRow, void, void> {
  try {
    if (format === 'beir' || format === 'trec') yield* readJudgedRows(format, files, defaults);
    else for (const file of await samplesOf(format, files)) yield* readRecords(format, file, defaults);
  } catch (cause) {
    if (!(cause instanceof HeddleError) || cause.code !== 'batch_invalid') throw cause;
    throw new HeddleError('dataset_invalid', cause.message, { cause });
  }
}

async function* readRecords(
  format: RecordFormat,
  file: DatasetFile,
  defaults: RowDefaults,
): AsyncGenerator<DatasetRow, void, void> {
  const problems: string[] = [];
  const split = defaults.split ?? splitOf(file.name);
  for await (const { row, line } of recordsOf(format, file)) {
    try {
      const read = rowOfRecord(format, row, withoutUndefined({ ...defaults, split }));
      // After an invalid row, the others are only checked.
      if (problems.length === 0) yield read;
    } catch (error) {
      problems.push(`Line ${line}: ${reasonOf(error)}`);
      if (problems.length >= mostProblems) break;
    }
  }
  if (problems.length === 0) return;
  const shown = problems.slice(0, mostProblems).join('\n');
  throw new HeddleError('dataset_invalid', `${basename(file.name).slice(0, 100)} has rows that do not fit.\n${shown}`);
}

interface NumberedRecord {
  readonly row: Readonly<Record<string, unknown>>;
  readonly line: number;
}

const isYaml = ({ name }: DatasetFile): boolean => /\.ya?ml$/i.test(name);

/** The records of a file, with their numbers. A child process reads Parquet and YAML. */
async function* recordsOf(format: RecordFormat, file: DatasetFile): AsyncGenerator<NumberedRecord, void, void> {
  const isTable = format === 'parquet' || (format === 'promptfoo' && isYaml(file));
  if (!isTable) {
    yield* streamRows(file.content, format === 'csv' ? 'rows.csv' : 'rows.jsonl');
    return;
  }
  let line = 0;
  for await (const row of readTable(format === 'parquet' ? 'parquet' : 'tests', file)) {
    line += 1;
    yield { row, line };
  }
}

/** The files that have rows. A registry of OpenAI Evals names the files with its samples, and they must exist. */
async function samplesOf(format: RecordFormat, files: readonly DatasetFile[]): Promise<readonly DatasetFile[]> {
  if (format !== 'openai' || !files.some(isYaml)) return files;
  const samples = files.filter((file) => !isYaml(file));
  for (const registry of files.filter(isYaml))
    for await (const { samples: path } of readTable('registry', registry)) {
      const name = basename(String(path));
      if (samples.some((file) => basename(file.name) === name)) continue;
      const title = basename(registry.name).slice(0, 100);
      throw new HeddleError(
        'dataset_invalid',
        `${title} names the samples '${name.slice(0, 200)}': import that file too.`,
      );
    }
  return samples;
}

/** The split in a file name, as Hugging Face writes it: `data/train-00000-of-00001.parquet`, `test.jsonl`. */
function splitOf(name: string): string | undefined {
  const found = /^(train|validation|valid|val|dev|test)(?:[-_.]\d+-of-\d+)?\.(?:parquet|jsonl|json|csv)$/i.exec(
    basename(name),
  )?.[1];
  const split = found?.toLowerCase();
  return split === 'valid' || split === 'val' ? 'validation' : split;
}

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'It does not fit.'}`.replace(/^: /, '').slice(0, 300);
  }
  if (error instanceof TypeError) return error.message;
  throw error;
}
