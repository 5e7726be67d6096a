import { runNotFound, type RunStatus } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { executionKey } from './records/record-rows.js';

/** The start of an execution whose end is not stored yet. */
export interface OpenStart {
  readonly seq: number;
  readonly time: number;
}

/** What is kept in memory about a run while it is written, so that an append needs no read. */
export interface RunState {
  readonly number: number;
  status: RunStatus;
  lastSeq: number;
  /** Starts without a stored end, by execution; undefined until they are read. */
  open: Map<string, OpenStart> | undefined;
  readonly streaming: Set<string>;
}

export interface RunStates {
  /** Must be called in the transaction that writes. Errors: `run_not_found`. */
  get(runId: string): RunState;
  add(runId: string, state: RunState): void;
  has(runId: string): boolean;
  /** Whether the run is in memory, so that `get` reads nothing. */
  isRemembered(runId: string): boolean;
  /** Whether this is the only run in memory. */
  isOnly(runId: string): boolean;
  openOf(state: RunState): Map<string, OpenStart>;
  forget(runId: string): void;
  /** Forgets all runs if another connection has written since the last call. */
  refresh(): void;
  clear(): void;
}

/** Keeps the states of runs in memory while they are written. Writes of other processes are noticed at the start of each transaction. */
export function createRunStates({ connection }: HeddleDatabase): RunStates {
  const states = new Map<string, RunState>();
  const find = connection.prepare<[string], { number: number; status: RunStatus; lastSeq: number }>(
    'SELECT number, status, coalesce((SELECT max(seq) FROM records WHERE run = runs.number), 0) AS lastSeq FROM runs WHERE id = ?',
  );
  const exists = connection.prepare<[string], number>('SELECT 1 FROM runs WHERE id = ?').pluck();
  const starts = connection.prepare<[number], { path: string; attempt: number } & OpenStart>(
    "SELECT path, attempt, seq, time FROM records WHERE run = ? AND type = 'node-start'",
  );
  const streaming = connection.prepare<[number], string>('SELECT DISTINCT path FROM deltas WHERE run = ?').pluck();
  const version = connection.prepare<[], number>('PRAGMA data_version').pluck();
  let seenVersion: number | undefined;

  function refresh(): void {
    const now = version.get();
    if (now !== seenVersion) states.clear();
    seenVersion = now;
  }

  return {
    get(runId) {
      const known = states.get(runId);
      if (known !== undefined) return known;
      const row = find.get(runId);
      if (row === undefined) throw runNotFound(runId);
      const state: RunState = { ...row, open: undefined, streaming: new Set(streaming.all(row.number)) };
      states.set(runId, state);
      return state;
    },
    add: (runId, state) => states.set(runId, state),
    isRemembered: (runId) => states.has(runId),
    isOnly: (runId) => states.size === 1 && states.has(runId),
    has: (runId) => states.has(runId) || exists.get(runId) !== undefined,
    openOf(state) {
      state.open ??= new Map(
        starts.all(state.number).map(({ path, attempt, seq, time }) => [executionKey(path, attempt), { seq, time }]),
      );
      return state.open;
    },
    forget: (runId) => states.delete(runId),
    refresh,
    clear: () => states.clear(),
  };
}
