import { HeddleError, isTerminal, runNotFound, type RunStatus } from '@heddle/core';
import type { Statement } from '../../postgres/query.js';
import { terminal } from '../records/record-rows.js';
import type { AppendEntry } from './append-entry.js';

/** The state of a run whose append was not stored. */
export interface MissRow {
  readonly ordinal: number;
  /** Null if there is no such run. */
  readonly status: RunStatus | null;
  readonly epoch: number;
  readonly is_owned: boolean;
  readonly last_seq: number;
  /** The seq of the first record of this batch; null if the batch is not stored. */
  readonly first: number | null;
}

/** Reads why appends were not stored, or the seq that they follow. */
export const missStatement = (schema: string, entries: readonly AppendEntry[]): Statement => ({
  name: 'heddle-append-misses',
  sql: `SELECT w.ordinal::float8 AS ordinal, runs.status, runs.epoch::float8 AS epoch, runs.owner IS NOT NULL AS is_owned,
      runs.last_seq::float8 AS last_seq,
      (SELECT coalesce(start_seq, seq)::float8 FROM ${schema}.records
       WHERE run = runs.number AND seq > coalesce(w.after, 0) AND batch = w.batch LIMIT 1) AS first
    FROM unnest($1::text[], $2::bigint[], $3::uuid[]) WITH ORDINALITY AS w(id, after, batch, ordinal)
      LEFT JOIN ${schema}.runs ON runs.id = w.id`,
  values: [
    entries.map(({ runId }) => runId),
    // Other processes may have written to a run without an owner since then, so its batch is searched from the start.
    entries.map(({ epoch, after }) => (epoch === undefined ? 0 : (after ?? 0))),
    entries.map(({ batch }) => batch),
  ],
});

type Miss =
  | { readonly kind: 'stored'; readonly first: number }
  | { readonly kind: 'refused'; readonly error: HeddleError }
  /** Another process wrote to a run without an owner: the append now follows `after`. */
  | { readonly kind: 'behind'; readonly after: number };

/** Decides what happens to an append that was not stored. */
export function missOf(entry: AppendEntry, row: MissRow | undefined): Miss {
  const { runId, epoch } = entry;
  if (row === undefined || row.status === null) return { kind: 'refused', error: runNotFound(runId) };
  if (row.first !== null) return { kind: 'stored', first: row.first };
  if (epoch !== undefined && epoch !== row.epoch) return { kind: 'refused', error: lost(runId, 'was claimed again') };
  if (isTerminal(row.status)) return { kind: 'refused', error: terminal(runId) };
  if (epoch === undefined)
    return row.is_owned
      ? { kind: 'refused', error: lost(runId, 'has an owner') }
      : { kind: 'behind', after: row.last_seq };
  if (!row.is_owned) return { kind: 'refused', error: lost(runId, 'no longer has an owner') };
  // The owner itself wrote a record that this append does not know.
  return { kind: 'refused', error: lost(runId, `continues after record ${row.last_seq}`) };
}

const lost = (runId: string, reason: string): HeddleError =>
  new HeddleError(
    'run_lost',
    `Run '${runId}' ${reason}: nothing more is written to it here. Its owner continues it; stop this execution.`,
    { details: { runId } },
  );
