import { ErrorValue, isTerminal } from '@heddle/core';
import type { Statement } from '../../postgres/query.js';
import { cleanText } from '../../postgres/clean-text.js';
import type { AppendEntry } from './append-entry.js';

// One statement stores the appends of many runs, so that they share a commit and a round trip. `moved` contains the runs whose owner, epoch
// and last seq match the append. Nothing is written for other runs.

const wanted = `wanted AS (
  SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::uuid[], $5::int[], $6::text[], $7::float8[], $8::float8[],
    $9::float8[], $10::text[], $11::text[], $12::bigint[], $13::bigint[], $14::float8[])
  WITH ORDINALITY AS w(id, epoch, after, batch, count, status, started_at, ended_at, wake_at, error, error_message,
    input_tokens, output_tokens, cost, ordinal))`;

const isOwned = `CASE WHEN w.epoch IS NULL THEN runs.owner IS NULL ELSE runs.owner IS NOT NULL AND runs.epoch = w.epoch END`;

const moved = (schema: string): string => `moved AS (
  UPDATE ${schema}.runs SET last_seq = runs.last_seq + w.count, status = coalesce(w.status, runs.status),
    started_at = coalesce(runs.started_at, w.started_at), ended_at = coalesce(w.ended_at, runs.ended_at),
    wake_at = CASE WHEN w.status IS NULL THEN runs.wake_at ELSE w.wake_at END,
    error = coalesce(w.error, runs.error), error_message = coalesce(w.error_message, runs.error_message),
    input_tokens = runs.input_tokens + w.input_tokens, output_tokens = runs.output_tokens + w.output_tokens,
    cost = runs.cost + w.cost,
    owner = CASE WHEN w.status IN ('done', 'failed', 'cancelled') THEN NULL ELSE runs.owner END
  FROM wanted w WHERE runs.id = w.id AND runs.last_seq = w.after AND runs.status NOT IN ('done', 'failed', 'cancelled') AND ${isOwned}
  RETURNING w.ordinal, w.batch, runs.number, w.after)`;

const written = (schema: string): string => `written AS (
  INSERT INTO ${schema}.records (run, seq, type, time, path, attempt, start_seq, start_time, body, blobs, batch)
  SELECT m.number, m.after + 1 + r.seq, r.type, r.time, r.path, r.attempt, m.after + 1 + r.start_seq, r.start_time, r.body, r.blobs,
    CASE WHEN r.is_first THEN m.batch END
  FROM unnest($15::bigint[], $16::bigint[], $17::text[], $18::float8[], $19::text[], $20::int[], $21::bigint[], $22::float8[],
    $23::text[], $24::text[], $25::bool[])
    AS r(ordinal, seq, type, time, path, attempt, start_seq, start_time, body, blobs, is_first) JOIN moved m USING (ordinal))`;

const requests = (schema: string): string => `opened AS (
  INSERT INTO ${schema}.human_inputs (run, request_id, seq)
  SELECT m.number, o.request_id, m.after + 1 + o.seq
  FROM unnest($26::bigint[], $27::text[], $28::bigint[]) AS o(ordinal, request_id, seq) JOIN moved m USING (ordinal)
  ON CONFLICT (run, request_id) DO UPDATE SET seq = EXCLUDED.seq),
closed AS (
  DELETE FROM ${schema}.human_inputs h USING unnest($29::bigint[], $30::text[]) AS c(ordinal, request_id), moved m
  WHERE m.ordinal = c.ordinal AND h.run = m.number AND (c.request_id IS NULL OR h.request_id = c.request_id)),
dropped AS (
  DELETE FROM ${schema}.deltas d USING unnest($31::bigint[], $32::text[]) AS e(ordinal, path), moved m
  WHERE m.ordinal = e.ordinal AND d.run = m.number AND (e.path IS NULL OR d.path = e.path))`;

/** The result row of a stored append. */
export interface StoredRow {
  /** Its position among the entries, from 1. */
  readonly ordinal: number;
  readonly first: number;
}

/**
 * Creates the statements that store appends. A guarded statement fails if its only append is not stored. `hasStreams` says whether text of
 * a run is stored for a path.
 */
export function createAppendStatements(
  schema: string,
  hasStreams: (runId: string, path: string) => boolean,
): (entries: readonly AppendEntry[], isGuarded?: boolean) => Statement {
  const answer = 'SELECT ordinal::float8 AS ordinal, (after + 1)::float8 AS first FROM moved';
  const check = `SELECT ${schema}.expect_rows(count(*), 1, 1) FROM moved`;
  const begin = [wanted, moved(schema), written(schema)];
  const end = answer;
  const plain = `WITH ${begin.join(', ')} ${end}`;
  const whole = `WITH ${[...begin, requests(schema)].join(', ')} ${end}`;
  return (entries, isGuarded = false) => {
    const values = [...runValues(entries), ...rowValues(entries)];
    const more = requestValues(entries, hasStreams);
    if (isGuarded)
      return { sql: `WITH ${[...begin, requests(schema)].join(', ')} ${check}`, values: [...values, ...more] };
    return more.some((list) => list.length > 0)
      ? { name: 'heddle-append-whole', sql: whole, values: [...values, ...more] }
      : { name: 'heddle-append', sql: plain, values };
  };
}

function runValues(entries: readonly AppendEntry[]): readonly (readonly unknown[])[] {
  const changes = entries.map(({ prepared }) => prepared.change);
  const { error, message } = errorsOf(entries);
  return [
    entries.map(({ runId }) => runId),
    entries.map(({ epoch }) => epoch ?? null),
    entries.map(({ after }) => after ?? 0),
    entries.map(({ batch }) => batch),
    entries.map(({ prepared }) => prepared.count),
    changes.map(({ status }) => status ?? null),
    changes.map(({ startedAt }) => startedAt ?? null),
    changes.map(({ endedAt }) => endedAt ?? null),
    changes.map(({ status, wakeAt }) => (status === 'suspended' ? (wakeAt ?? null) : null)),
    error,
    message,
    changes.map(({ usage }) => usage?.inputTokens ?? 0),
    changes.map(({ usage }) => usage?.outputTokens ?? 0),
    changes.map(({ usage }) => usage?.cost ?? 0),
  ];
}

function errorsOf(entries: readonly AppendEntry[]): {
  readonly error: readonly (string | null)[];
  readonly message: readonly (string | null)[];
} {
  const error = entries.map(({ prepared }) => prepared.change.error ?? null);
  // The message has its own column, because lists search it.
  const messageOf = (text: string): string => cleanText(ErrorValue.parse(JSON.parse(text)).message);
  return { error, message: error.map((text) => (text === null ? null : messageOf(text))) };
}

function rowValues(entries: readonly AppendEntry[]): readonly (readonly unknown[])[] {
  const rows = entries.flatMap(({ prepared }, index) =>
    prepared.rows.map((row, at) => ({ row, at, ordinal: index + 1 })),
  );
  return [
    rows.map(({ ordinal }) => ordinal),
    rows.map(({ row }) => row.offset),
    rows.map(({ row }) => row.type),
    rows.map(({ row }) => row.time),
    rows.map(({ row }) => row.path),
    rows.map(({ row }) => row.attempt),
    rows.map(({ row }) => row.startOffset),
    rows.map(({ row }) => row.startTime),
    rows.map(({ row }) => row.body),
    rows.map(({ row }) => row.blobs),
    rows.map(({ at }) => at === 0),
  ];
}

/** The requests to open and to close, and the paths whose streamed text is dropped. Null stands for everything of a run that ends. */
function requestValues(
  entries: readonly AppendEntry[],
  hasStreams: (runId: string, path: string) => boolean,
): readonly (readonly unknown[])[] {
  const opened: [number, string, number][] = [];
  const closed: [number, string | null][] = [];
  const ended: [number, string | null][] = [];
  for (const [index, { runId, prepared }] of entries.entries()) {
    const ordinal = index + 1;
    const { status, requestsOpened = [], requestsClosed = [], ended: paths = [] } = prepared.change;
    if (status !== undefined && isTerminal(status)) {
      closed.push([ordinal, null]);
      ended.push([ordinal, null]);
      continue;
    }
    const open = new Map(requestsOpened.map(({ requestId, offset }) => [requestId, offset]));
    for (const requestId of requestsClosed) {
      open.delete(requestId);
      closed.push([ordinal, cleanText(requestId)]);
    }
    for (const [requestId, offset] of open) opened.push([ordinal, cleanText(requestId), offset]);
    for (const path of paths) if (hasStreams(runId, path)) ended.push([ordinal, path]);
  }
  return [
    ...[0, 1, 2].map((column) => opened.map((row) => row[column])),
    ...[0, 1].map((column) => closed.map((row) => row[column])),
    ...[0, 1].map((column) => ended.map((row) => row[column])),
  ];
}
