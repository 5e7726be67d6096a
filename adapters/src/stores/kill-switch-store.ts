import type { HeddleDatabase } from '../database/open-database.js';

/** A kill switch that is on. */
export interface StoredKillSwitch {
  /** `all`, `workflow:ID`, `tool:NAME` or `connection:ID`. */
  readonly target: string;
  readonly reason: string;
  readonly who: string;
  /** Epoch milliseconds. */
  readonly time: number;
}

/** Kill switches in heddle.db: they hold after a restart. Reading costs no query. */
export interface KillSwitchStore {
  list(): readonly StoredKillSwitch[];
  get(target: string): StoredKillSwitch | undefined;
  /** Plain SQL, for a transaction that is open already. */
  set(stop: StoredKillSwitch): void;
  remove(target: string): void;
  /** Reads again what is stored: after a transaction that was taken back. */
  refresh(): void;
}

export function createKillSwitchStore({ connection }: HeddleDatabase): KillSwitchStore {
  const all = connection.prepare<[], StoredKillSwitch>(
    'SELECT target, reason, who, time FROM kill_switches ORDER BY time',
  );
  const insert = connection.prepare<StoredKillSwitch>(
    'INSERT OR REPLACE INTO kill_switches (target, reason, who, time) VALUES (@target, @reason, @who, @time)',
  );
  const remove = connection.prepare<[string]>('DELETE FROM kill_switches WHERE target = ?');
  let killSwitches = new Map<string, StoredKillSwitch>();
  const refresh = (): void => {
    killSwitches = new Map(all.all().map((stop) => [stop.target, stop]));
  };
  refresh();
  return {
    refresh,
    list: () => [...killSwitches.values()],
    get: (target) => killSwitches.get(target),
    set(stop) {
      insert.run(stop);
      killSwitches.set(stop.target, stop);
    },
    remove(target) {
      remove.run(target);
      killSwitches.delete(target);
    },
  };
}
