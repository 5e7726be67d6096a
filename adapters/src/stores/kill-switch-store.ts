import type { GuardedWrite, CachedTable, Tables } from '@heddle/core';

/** A kill switch that is on. */
export interface StoredKillSwitch {
  /** `all`, `workflow:ID`, `tool:NAME` or `connection:ID`. */
  readonly target: string;
  readonly reason: string;
  readonly who: string;
  /** Epoch milliseconds. */
  readonly time: number;
}

/** Stores kill switches. They survive a restart. Each process caches all of them, so reading needs no query. */
export interface KillSwitchStore {
  /** The changes as statements, for commits that include other changes. */
  readonly write: KillSwitchWrites;
  list(): readonly StoredKillSwitch[];
  get(target: string): StoredKillSwitch | undefined;
}

interface KillSwitchWrites {
  /** Sets a kill switch; if it is set already, replaces the reason. */
  set(killSwitch: StoredKillSwitch): readonly GuardedWrite[];
  /** Releases a kill switch. Errors of the commit: `conflict` if it was released already. */
  remove(target: string): readonly GuardedWrite[];
  /** Sets a kill switch of a second target for the same reason, if only the first target has one. */
  copy(from: string, to: string): readonly GuardedWrite[];
}

const table: CachedTable = {
  topic: 'kill switches',
  table: 'kill_switches',
  columns: 'target, reason, who, time',
  key: ['target'],
  order: ['time', 'target'],
};

/** Creates the store. @example const killSwitches = createKillSwitchStore(tables); await tables.refresh(); */
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
  set: (killSwitch) => [
    {
      sql: `INSERT INTO kill_switches (target, reason, who, time) VALUES (@target, @reason, @who, @time)
        ON CONFLICT (target) DO UPDATE SET reason = excluded.reason, who = excluded.who, time = excluded.time`,
      values: { target: killSwitch.target, reason: killSwitch.reason, who: killSwitch.who, time: killSwitch.time },
      ...touched(killSwitch.target),
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
