import type { GuardedWrite, KeptTable, Tables } from '@heddle/core';

/** A kill switch that is on. */
export interface StoredKillSwitch {
  /** `all`, `workflow:ID`, `tool:NAME` or `connection:ID`. */
  readonly target: string;
  readonly reason: string;
  readonly who: string;
  /** Epoch milliseconds. */
  readonly time: number;
}

/** Kill switches: they hold after a restart. Reading costs no query: each process keeps all of them in memory. */
export interface KillSwitchStore {
  /** Changes, for the operations that make them. */
  readonly write: KillSwitchWrites;
  list(): readonly StoredKillSwitch[];
  get(target: string): StoredKillSwitch | undefined;
}

/** Changes of kill switches as data. */
interface KillSwitchWrites {
  /** The newest reason counts. */
  set(stop: StoredKillSwitch): readonly GuardedWrite[];
  /** Releases it. Errors of the commit: `conflict` if it was released meanwhile. */
  remove(target: string): readonly GuardedWrite[];
  /** Stops a second target for the same reason, if the first one is stopped and the second is not. */
  copy(from: string, to: string): readonly GuardedWrite[];
}

const table: KeptTable = {
  topic: 'kill switches',
  table: 'kill_switches',
  columns: 'target, reason, who, time',
  key: ['target'],
  order: ['time', 'target'],
};

/** @example const killSwitches = createKillSwitchStore(tables); await tables.refresh(); */
export function createKillSwitchStore(tables: Tables): KillSwitchStore {
  const rows = tables.keep<StoredKillSwitch>(table);
  return {
    write,
    list: () => rows.all(),
    get: (target) => rows.of(target)[0],
  };
}

const touched = (target: string): Pick<GuardedWrite, 'topic' | 'touches'> => ({
  topic: 'kill switches',
  touches: [target],
});

const write: KillSwitchWrites = {
  set: (stop) => [
    {
      sql: `INSERT INTO kill_switches (target, reason, who, time) VALUES (@target, @reason, @who, @time)
        ON CONFLICT (target) DO UPDATE SET reason = excluded.reason, who = excluded.who, time = excluded.time`,
      values: { target: stop.target, reason: stop.reason, who: stop.who, time: stop.time },
      ...touched(stop.target),
    },
  ],
  remove: (target) => [
    { sql: 'DELETE FROM kill_switches WHERE target = @target', values: { target }, rows: 1, ...touched(target) },
  ],
  copy: (from, to) => [
    {
      sql: `INSERT INTO kill_switches (target, reason, who, time)
        SELECT @to, reason, who, time FROM kill_switches WHERE target = @from ON CONFLICT DO NOTHING`,
      values: { from, to },
      ...touched(to),
    },
  ],
};
