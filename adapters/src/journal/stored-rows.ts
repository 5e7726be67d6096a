import { renameEvent, type RunEvent } from '@heddle/core';
import { damagedRow, parseStored } from '../database/damage/damaged-row.js';
import { hasChecksum } from './records/record-checksum.js';

/** A row of `records`. The STRICT table enforces its types. */
export interface RecordRow {
  readonly number: number;
  readonly run: number;
  readonly seq: number;
  readonly type: RunEvent['type'];
  readonly time: number;
  readonly path: string | null;
  readonly attempt: number | null;
  readonly start_seq: number | null;
  readonly start_time: number | null;
  readonly body: string;
  readonly blobs: string | null;
  /** Null in rows of older versions and in rows whose values were removed. */
  readonly checksum: number | null;
}

export const recordColumns = [
  'number',
  'run',
  'seq',
  'type',
  'time',
  'path',
  'attempt',
  'start_seq',
  'start_time',
  'body',
  'blobs',
  'checksum',
]
  .map((name) => `records.${name}`)
  .join(', ');

/** Whether a row is unchanged since it was written. */
export function isWhole(row: RecordRow): boolean {
  if (row.checksum === null) return true;
  const { run, seq, type, time, path, attempt, start_seq: startSeq, start_time: startTime, body, blobs } = row;
  return hasChecksum([run, seq, type, time, path, attempt, startSeq, startTime, body, blobs], row.checksum);
}

/** Builds the event of an execution's start from its row. */
export function startEventOf(runId: string, row: RecordRow): RunEvent {
  return {
    type: 'node-start',
    runId,
    seq: row.start_seq ?? row.seq,
    time: row.start_time ?? row.time,
    path: row.path ?? '',
    attempt: row.attempt ?? 1,
  };
}

/** The fields of a row's own event, still without its large values. Errors: `storage_corrupt`. */
export function fieldsOf(runId: string, row: RecordRow): Record<string, unknown> {
  const location = `records/${row.number}`;
  const what = `Record ${row.seq} of run '${runId}'`;
  if (!isWhole(row)) throw damagedRow(location, what);
  // Written by prepareAppend.
  const body = parseStored(row.body, location, what);
  body['type'] = row.type;
  body['runId'] = runId;
  body['seq'] = row.seq;
  body['time'] = row.time;
  if (row.path !== null) body['path'] = row.path;
  if (row.attempt !== null) body['attempt'] = row.attempt;
  if (row.start_time !== null && (row.type === 'node-end' || row.type === 'node-error'))
    body['started'] ??= row.start_time;
  return renameEvent(body);
}
