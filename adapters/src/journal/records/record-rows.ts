import { HeddleError, isTerminal, type RunRecord, type RunStatus } from '@heddle/core';
import { toStoredJson, type LargeValue, type StoredJson } from './large-values.js';

/** A record before it is stored. Seqs are counted from the first record of the append. */
export interface RowDraft {
  type: RunRecord['type'];
  offset: number;
  time: number;
  readonly path: string | null;
  readonly attempt: number | null;
  startOffset: number | null;
  startTime: number | null;
  body: string;
  large: readonly LargeValue[] | undefined;
  blobs: string | null;
}

/** What an append changes in the row of its run. A field is undefined if that part does not change. */
export interface RunChange {
  status?: RunStatus;
  startedAt?: number;
  endedAt?: number;
  wakeAt?: number;
  error?: string;
  usage?: { inputTokens: number; outputTokens: number; cost: number };
  requestsOpened?: { readonly requestId: string; readonly offset: number }[];
  requestsClosed?: string[];
  /** Paths whose attempt ended. Their results contain the text that they streamed. */
  ended?: string[];
}

/** A serialised append. It no longer refers to the caller's objects. */
export interface PreparedAppend {
  readonly rows: readonly RowDraft[];
  readonly count: number;
  readonly change: RunChange;
  readonly isPowerSafe: boolean;
  readonly isLarge: boolean;
}

/** Records that survive a power loss in any case, whatever the caller requests. */
const powerSafeTypes: ReadonlySet<RunRecord['type']> = new Set(['run-end', 'cancel-request', 'human-input-end']);

/**
 * Serialises records. A `node-start` and the end of the same attempt become one row, so that an execution has one row.
 *
 * Errors: `run_terminal` if a record follows a `run-end`.
 */
export function prepareAppend(runId: string, records: readonly RunRecord[], isPowerSafe: boolean): PreparedAppend {
  const rows: RowDraft[] = [];
  const change: RunChange = {};
  let starts: Map<string, RowDraft> | undefined;
  let isSafe = isPowerSafe;
  let isLarge = false;
  for (let index = 0; index < records.length; index += 1) {
    const record = records[index];
    if (record === undefined) continue;
    if (change.status !== undefined && isTerminal(change.status)) throw terminal(runId);
    if (record.type === 'node-start') {
      const draft = startDraftOf(record, index);
      rows.push(draft);
      const next = records[index + 1];
      // The node returned at once: the record of its end follows its start.
      if (next !== undefined && isEnd(next) && next.path === record.path && next.attempt === record.attempt) {
        index += 1;
        note(change, next, index);
        end(draft, next, index);
        isLarge ||= draft.large !== undefined;
      } else (starts ??= new Map()).set(executionKey(record.path, record.attempt), draft);
      continue;
    }
    if (powerSafeTypes.has(record.type)) isSafe = true;
    note(change, record, index);
    if (starts !== undefined && isEnd(record)) {
      const start = starts.get(executionKey(record.path, record.attempt));
      if (start !== undefined) {
        starts.delete(executionKey(record.path, record.attempt));
        end(start, record, index);
        isLarge ||= start.large !== undefined;
        continue;
      }
    }
    const draft = draftOf(record, index);
    isLarge ||= draft.large !== undefined;
    rows.push(draft);
  }
  return { rows, count: records.length, change, isPowerSafe: isSafe, isLarge };
}

export function terminal(runId: string): HeddleError {
  return new HeddleError(
    'run_terminal',
    `Run '${runId}' has ended: nothing more can be written to it. Resume it to make a new run.`,
    { details: { runId } },
  );
}

/** Identifies an attempt of an execution within its run. */
export const executionKey = (path: string, attempt: number): string => `${attempt} ${path}`;

type EndRecord = Extract<RunRecord, { type: 'node-end' | 'node-error' | 'node-retry' }>;

function isEnd(record: RunRecord): record is EndRecord {
  return record.type === 'node-end' || record.type === 'node-error' || record.type === 'node-retry';
}

/** Whether a row of this type may close a start that was committed earlier. */
export function isEndType(type: RunRecord['type']): boolean {
  return type === 'node-end' || type === 'node-error' || type === 'node-retry';
}

type Column = 'type' | 'time' | 'path' | 'attempt';

/** The content of `body`. For the end of a node, the most frequent record, it is built without copying the record. */
function bodyOf(record: RunRecord, started: number | undefined): Readonly<Record<string, unknown>> {
  if (record.type === 'node-end') {
    const { outputs, usage, finish } = record;
    return { outputs, started, usage, finish } satisfies Record<Exclude<keyof typeof record, Column>, unknown>;
  }
  const { type: _type, time: _time, ...fields } = record;
  const {
    path: _path,
    attempt: _attempt,
    ...rest
  } = 'path' in fields ? fields : { ...fields, path: null, attempt: null };
  return 'started' in rest ? { ...rest, started } : rest;
}

/** The body of a record as JSON. Errors: `node_output_invalid` if the record cannot be serialised, which no retry changes. */
function storedBodyOf(record: RunRecord, started: number | undefined): StoredJson {
  try {
    return toStoredJson(bodyOf(record, started));
  } catch (error) {
    const path = 'path' in record ? record.path : undefined;
    const what =
      path === undefined ? `A record of the run (${record.type})` : `The output of '${path}' (${record.type})`;
    throw new HeddleError(
      'node_output_invalid',
      `${what} cannot be stored: ${messageOf(error)}. Return plain JSON with fewer levels.`,
      { cause: error, details: { path } },
    );
  }
}

/** JSON.stringify throws a RangeError for a value that is nested too deeply. */
function messageOf(error: unknown): string {
  return error instanceof RangeError ? 'it is nested too deeply' : String(error);
}

function draftOf(record: RunRecord, offset: number): RowDraft {
  const { type, time } = record;
  const [path, attempt] = 'path' in record ? [record.path, record.attempt] : [null, null];
  const { text, large } = storedBodyOf(record, 'started' in record ? record.started : undefined);
  return { type, offset, time, path, attempt, startOffset: null, startTime: null, body: text, large, blobs: null };
}

/** The row of a start. A start has only its columns, and most starts soon become the row of their end. */
function startDraftOf(record: Extract<RunRecord, { type: 'node-start' }>, offset: number): RowDraft {
  const { type, time, path, attempt } = record;
  return {
    type,
    offset,
    time,
    path,
    attempt,
    startOffset: null,
    startTime: null,
    body: '{}',
    large: undefined,
    blobs: null,
  };
}

/** Turns the row of a start into the row of the whole execution. */
function end(row: RowDraft, record: EndRecord, offset: number): void {
  const started = 'started' in record && record.started !== row.time ? record.started : undefined;
  const { text, large } = storedBodyOf(record, started);
  row.startOffset = row.offset;
  row.startTime = row.time;
  row.type = record.type;
  row.offset = offset;
  row.time = record.time;
  row.body = text;
  row.large = large;
}

/** Updates the summary of the run from a record: status and times, usage, open human inputs, ended attempts. */
function note(change: RunChange, record: RunRecord, offset: number): void {
  switch (record.type) {
    case 'run-start':
      change.status = 'running';
      change.startedAt ??= record.time;
      return;
    case 'run-resume':
      change.status = 'running';
      delete change.wakeAt;
      return;
    case 'run-suspend':
      change.status = 'suspended';
      if (record.until === undefined) delete change.wakeAt;
      else change.wakeAt = record.until;
      return;
    case 'run-pause':
      change.status = 'paused';
      return;
    case 'run-end':
      change.status = record.status;
      change.endedAt = record.time;
      if (record.error !== undefined) change.error = JSON.stringify(record.error);
      return;
    case 'node-end':
      (change.ended ??= []).push(record.path);
      if (record.usage !== undefined) addUsage(change, record.usage);
      return;
    case 'node-error':
    case 'node-skip':
    case 'node-cached':
    case 'node-retry':
      (change.ended ??= []).push(record.path);
      return;
    case 'human-input-start':
      (change.requestsOpened ??= []).push({ requestId: record.requestId, offset });
      return;
    case 'human-input-end':
      (change.requestsClosed ??= []).push(record.requestId);
      return;
    default:
      return;
  }
}

function addUsage(
  change: RunChange,
  usage: { readonly inputTokens: number; readonly outputTokens: number; readonly cost?: number | undefined },
): void {
  const sum = (change.usage ??= { inputTokens: 0, outputTokens: 0, cost: 0 });
  sum.inputTokens += usage.inputTokens;
  sum.outputTokens += usage.outputTokens;
  sum.cost += usage.cost ?? 0;
}
