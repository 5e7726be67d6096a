import { isSampled, type MonitorFilter } from '@heddle/core';
import type Database from 'better-sqlite3';
import { parseCaller } from '../journal/parse-caller.js';
import { monitorOf, type MonitorRow } from './monitor-rows.js';

interface EndedRow {
  readonly number: number;
  readonly id: string;
  readonly workflow: string | null;
  readonly version: number | null;
  readonly status: string;
  readonly trigger: string;
  readonly caller: string | null;
  readonly isGone: number;
}

interface DayRow {
  readonly runs: number;
  readonly isSpent: number;
}

/** Channels of runs that Heddle makes itself: a judge that is a workflow would be judged without an end. */
const ownChannels: ReadonlySet<string> = new Set(['evaluation', 'experiment', 'replay']);

/** Takes runs off the queue, into the samples of monitors. Call it within a transaction. */
export function createMonitorQueue(connection: Database.Database): (limit: number, day: number) => number {
  const next = connection.prepare<[number], EndedRow>(`
    SELECT runs.number, id, workflow_id AS workflow, version, status, run_trigger AS "trigger", caller,
      values_removed_at IS NOT NULL AS isGone
    FROM monitor_queue JOIN runs ON runs.number = monitor_queue.run ORDER BY monitor_queue.run LIMIT ?`);
  const drop = connection.prepare<[number]>('DELETE FROM monitor_queue WHERE run <= ?');
  const monitors = connection.prepare<[string], MonitorRow>(
    'SELECT * FROM monitors WHERE workflow = ? AND is_paused = 0',
  );
  const dayOf = connection.prepare<[string, number], DayRow>(
    'SELECT runs, is_spent AS isSpent FROM monitor_days WHERE monitor = ? AND day = ?',
  );
  const add = connection.prepare<[string, number]>('INSERT OR IGNORE INTO monitor_runs (monitor, run) VALUES (?, ?)');
  const addToDay = connection.prepare<[string, number]>(`
    INSERT INTO monitor_days (monitor, day, runs, cost, is_spent) VALUES (?, ?, 1, 0, 0)
    ON CONFLICT (monitor, day) DO UPDATE SET runs = runs + 1`);
  const count = createCounter(connection);

  return (limit, day) => {
    const rows = next.all(limit);
    for (const row of rows) {
      const channel = channelOf(row);
      if (row.workflow === null || ownChannels.has(channel)) continue;
      for (const { id, setup } of monitors.all(row.workflow).map(monitorOf)) {
        if (!fits(row, channel, setup.filter) || !isSampled(row.id, setup.share)) continue;
        const { runs = 0, isSpent = 0 } = dayOf.get(id, day) ?? {};
        if (row.isGone === 1) count(id, 'skipped:removed', 1);
        else if (isSpent === 1 || runs >= setup.runsPerDay) count(id, 'skipped:budget', 1);
        else if (add.run(id, row.number).changes > 0) addToDay.run(id, day);
      }
    }
    const last = rows.at(-1);
    if (last !== undefined) drop.run(last.number);
    return rows.length;
  };
}

/** Counts how runs of a sample ended. */
export function createCounter(connection: Database.Database): (monitor: string, outcome: string, runs: number) => void {
  const add = connection.prepare<[string, string, number]>(`
    INSERT INTO monitor_counts (monitor, outcome, runs) VALUES (?, ?, ?)
    ON CONFLICT (monitor, outcome) DO UPDATE SET runs = runs + excluded.runs`);
  return (monitor, outcome, runs) => void add.run(monitor, outcome, runs);
}

function fits(row: EndedRow, channel: string, { version, status, channel: wanted }: MonitorFilter): boolean {
  return (
    (version === undefined || version === (row.version ?? 0)) &&
    status.some((one) => one === row.status) &&
    (wanted === undefined || wanted === channel)
  );
}

/** A caller that cannot be read has no channel. */
function channelOf({ caller, trigger }: EndedRow): string {
  if (caller === null) return trigger;
  try {
    return parseCaller(caller).channel ?? trigger;
  } catch {
    return trigger;
  }
}
