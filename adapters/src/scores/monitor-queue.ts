import { isSampled, type GuardedWrite, type MonitorFilter, type Tables } from '@heddle/core';
import { parseCaller } from '../journal/parse-caller.js';
import { counted } from './monitor-counts.js';
import { monitorColumns, monitorOf, type MonitorRow } from './monitor-rows.js';

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

/** The number of runs to take from the queue, and the writes that do so. */
interface TakenRuns {
  readonly count: number;
  readonly writes: readonly GuardedWrite[];
}

/** Channels of runs that Heddle starts itself. Otherwise a workflow used as judge would be judged without end. */
const ownChannels: ReadonlySet<string> = new Set(['evaluation', 'experiment', 'replay']);

/**
 * Takes runs from the queue into the samples of monitors. All processes read the same oldest runs, and each run must still be in the queue.
 * So if two processes work at once, one of them takes the runs, and the other must read again. Errors of the commit: `conflict`.
 */
export async function takeRuns(tables: Tables, limit: number, day: number): Promise<TakenRuns> {
  const rows = await tables.all<EndedRow>(endedSql, { limit });
  const monitors = new Map<string, readonly MonitorRow[]>();
  const days = new Map<string, { runs: number; readonly isSpent: number }>();
  const writes: GuardedWrite[] = [];
  for (const row of rows) {
    writes.push({ sql: 'DELETE FROM monitor_queue WHERE run = @run', values: { run: row.number }, rows: 1 });
    const channel = channelOf(row);
    if (row.workflow === null || ownChannels.has(channel)) continue;
    const known = monitors.get(row.workflow) ?? (await activeMonitors(tables, row.workflow));
    monitors.set(row.workflow, known);
    for (const { id, setup } of known.map(monitorOf)) {
      if (!fits(row, channel, setup.filter) || !isSampled(row.id, setup.share)) continue;
      const of = days.get(id) ?? { ...(await dayOf(tables, id, day)) };
      days.set(id, of);
      if (row.isGone === 1) writes.push(counted(id, 'skipped:removed', 1));
      else if (of.isSpent === 1 || of.runs >= setup.runsPerDay) writes.push(counted(id, 'skipped:budget', 1));
      else {
        of.runs += 1;
        writes.push(...sampled(id, row.number, day));
      }
    }
  }
  return { count: rows.length, writes };
}

const endedSql = `SELECT runs.number, id, workflow_id AS workflow, version, status, run_trigger AS "trigger", caller,
    CASE WHEN values_removed_at IS NULL THEN 0 ELSE 1 END AS "isGone"
  FROM monitor_queue JOIN runs ON runs.number = monitor_queue.run ORDER BY monitor_queue.run LIMIT @limit`;

const activeMonitors = (tables: Tables, workflow: string): Promise<readonly MonitorRow[]> =>
  tables.all(`SELECT ${monitorColumns} FROM monitors WHERE workflow = @workflow AND is_paused = 0 ORDER BY id`, {
    workflow,
  });

async function dayOf(tables: Tables, monitor: string, day: number): Promise<DayRow> {
  const sql = 'SELECT runs, is_spent AS "isSpent" FROM monitor_days WHERE monitor = @monitor AND day = @day';
  return (await tables.get<DayRow>(sql, { monitor, day })) ?? { runs: 0, isSpent: 0 };
}

const sampled = (monitor: string, run: number, day: number): readonly GuardedWrite[] => [
  {
    sql: 'INSERT INTO monitor_runs (monitor, run) VALUES (@monitor, @run) ON CONFLICT DO NOTHING',
    values: { monitor, run },
  },
  {
    sql: `INSERT INTO monitor_days (monitor, day, runs, cost, is_spent) VALUES (@monitor, @day, 1, 0, 0)
      ON CONFLICT (monitor, day) DO UPDATE SET runs = monitor_days.runs + 1`,
    values: { monitor, day },
  },
];

function fits(row: EndedRow, channel: string, { version, status, channel: wanted }: MonitorFilter): boolean {
  return (
    (version === undefined || version === (row.version ?? 0)) &&
    status.some((one) => one === row.status) &&
    (wanted === undefined || wanted === channel)
  );
}

/** The channel of a run. If its caller cannot be parsed, the trigger counts instead. */
function channelOf({ caller, trigger }: EndedRow): string {
  if (caller === null) return trigger;
  try {
    return parseCaller(caller).channel ?? trigger;
  } catch {
    return trigger;
  }
}
