import { basename } from 'node:path';
import {
  HeddleError,
  rowOfRecord,
  type DatasetFormat,
  type DatasetRow,
  type RecordFormat,
  type RowDefaults,
} from '@heddle/core';
import { z } from 'zod';
import { streamRows } from '../channels/read-rows.js';
import type { DatasetFile } from './dataset-file.js';
import { readJudgedRows } from './judged-rows.js';

/** Lines that a refusal names. */
const mostProblems = 20;

/**
 * The rows of files, one after the other. BEIR and TREC have several files: queries, judgements, and with BEIR the corpus. Errors:
 * `dataset_invalid` that names the lines; the rows before a bad line have been given, so the caller must take them back.
 */
export async function* readDataset(
  format: DatasetFormat,
  files: readonly DatasetFile[],
  defaults: RowDefaults = {},
): AsyncGenerator<DatasetRow, void, void> {
  try {
    if (format === 'beir' || format === 'trec') yield* readJudgedRows(format, files, defaults);
    else for (const file of files) yield* readRecords(format, file, defaults);
  } catch (cause) {
    if (!(cause instanceof HeddleError) || cause.code !== 'batch_invalid') throw cause;
    throw new HeddleError('dataset_invalid', cause.message, { cause });
  }
}

async function* readRecords(
  format: RecordFormat,
  { name, content }: DatasetFile,
  defaults: RowDefaults,
): AsyncGenerator<DatasetRow, void, void> {
  const problems: string[] = [];
  for await (const { row, line } of streamRows(content, format === 'csv' ? 'rows.csv' : 'rows.jsonl')) {
    try {
      const read = rowOfRecord(format, row, defaults);
      // After a bad row the others are only checked.
      if (problems.length === 0) yield read;
    } catch (error) {
      problems.push(`Line ${line}: ${reasonOf(error)}`);
      if (problems.length >= mostProblems) break;
    }
  }
  if (problems.length === 0) return;
  const shown = problems.slice(0, mostProblems).join('\n');
  throw new HeddleError('dataset_invalid', `${basename(name).slice(0, 100)} has rows that do not fit.\n${shown}`);
}

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'It does not fit.'}`.replace(/^: /, '').slice(0, 300);
  }
  if (error instanceof TypeError) return error.message;
  throw error;
}
