import type { HeddleDatabase } from '../database/open-database.js';

/** An emergency stop that is on. */
export interface StoredStop {
  /** `all`, `workflow:ID`, `tool:NAME` or `connection:ID`. */
  readonly target: string;
  readonly reason: string;
  readonly who: string;
  /** Epoch milliseconds. */
  readonly time: number;
}

/** Emergency stops in heddle.db: they hold after a restart. Reading costs no query. */
export interface StopStore {
  list(): readonly StoredStop[];
  get(target: string): StoredStop | undefined;
  /** Plain SQL, for a transaction that is open already. */
  set(stop: StoredStop): void;
  remove(target: string): void;
  /** Reads again what is stored: after a transaction that was taken back. */
  refresh(): void;
}

export function createStopStore({ connection }: HeddleDatabase): StopStore {
  const all = connection.prepare<[], StoredStop>('SELECT target, reason, who, time FROM stops ORDER BY time');
  const insert = connection.prepare<StoredStop>(
    'INSERT OR REPLACE INTO stops (target, reason, who, time) VALUES (@target, @reason, @who, @time)',
  );
  const remove = connection.prepare<[string]>('DELETE FROM stops WHERE target = ?');
  let stops = new Map<string, StoredStop>();
  const refresh = (): void => {
    stops = new Map(all.all().map((stop) => [stop.target, stop]));
  };
  refresh();
  return {
    refresh,
    list: () => [...stops.values()],
    get: (target) => stops.get(target),
    set(stop) {
      insert.run(stop);
      stops.set(stop.target, stop);
    },
    remove(target) {
      remove.run(target);
      stops.delete(target);
    },
  };
}
