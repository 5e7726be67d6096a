import type { LiveEvent, StreamText } from '@heddle/core';

export type DeltaEvent = Extract<LiveEvent, { type: 'node-delta' }>;

/** Consecutive text of a port in one attempt: a row of `deltas`. */
export interface DeltaRow {
  readonly path: string;
  readonly attempt: number;
  readonly port: string;
  /** The number of UTF-16 units of the port before this text. */
  readonly start: number;
  text: string;
}

/** Buffers streamed text and joins it into rows until a caller takes them. */
interface DeltaBuffer {
  /** Returns whether a row is long enough to be stored now. */
  add(runId: string, deltas: readonly DeltaEvent[]): boolean;
  drop(runId: string, path: string): void;
  dropRun(runId: string): void;
  take(): ReadonlyMap<string, readonly DeltaRow[]>;
  /** Puts rows back that could not be stored, before the rows that came since. */
  putBack(taken: ReadonlyMap<string, readonly DeltaRow[]>): void;
}

const longRow = 4096;

export function createDeltaBuffer(): DeltaBuffer {
  let runs = new Map<string, DeltaRow[]>();
  return {
    add(runId, deltas) {
      const known = runs.get(runId);
      const rows = known ?? [];
      if (known === undefined) runs.set(runId, rows);
      let isLong = false;
      for (const delta of deltas) {
        const last = rows.findLast((row) => row.path === delta.path && row.port === delta.port);
        if (last !== undefined && last.attempt === delta.attempt && last.start + last.text.length === delta.offset)
          last.text += delta.delta;
        else
          rows.push({
            path: delta.path,
            attempt: delta.attempt,
            port: delta.port,
            start: delta.offset,
            text: delta.delta,
          });
        isLong ||= (last?.text ?? delta.delta).length >= longRow;
      }
      return isLong;
    },
    drop(runId, path) {
      const rows = runs.get(runId);
      if (rows === undefined) return;
      const rest = rows.filter((row) => row.path !== path);
      if (rest.length === 0) runs.delete(runId);
      else runs.set(runId, rest);
    },
    dropRun(runId) {
      runs.delete(runId);
    },
    take() {
      const taken = runs;
      runs = new Map();
      return taken;
    },
    putBack(taken) {
      for (const [runId, rows] of taken) runs.set(runId, [...rows, ...(runs.get(runId) ?? [])]);
    },
  };
}

/**
 * Joins the text of each port's latest attempt. A row that starts before the end of the text replaces the rest: the attempt ran again from
 * its start. A row after a gap is left out, so that offsets stay correct.
 */
export function joinDeltas(rows: Iterable<DeltaRow>): StreamText[] {
  const streams = new Map<string, { path: string; attempt: number; port: string; text: string }>();
  for (const { path, attempt, port, start, text } of rows) {
    const key = `${path} ${port}`;
    const known = streams.get(key);
    if (known === undefined || known.attempt < attempt)
      streams.set(key, { path, attempt, port, text: start === 0 ? text : '' });
    else if (known.attempt === attempt && start <= known.text.length) known.text = known.text.slice(0, start) + text;
  }
  return [...streams.values()];
}
