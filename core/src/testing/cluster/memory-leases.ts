import type { Clock } from '../../ports/clock.js';
import type { Lease, Leases } from '../../ports/cluster/leases.js';

/** Leases in memory that expire by a test clock. */
export interface MemoryLeases extends Leases {
  /** Returns the current holder of a lease. */
  holderOf(name: string): string | undefined;
  /** While away, every request fails, as if the store were unreachable. */
  setAway(isAway: boolean): void;
  /** Ends a lease as if it had expired. */
  end(name: string): void;
}

/** Creates leases for the processes of a test. @example const leases = createMemoryLeases(clock); */
export function createMemoryLeases(clock: Pick<Clock, 'now'>): MemoryLeases {
  const rows = new Map<string, Lease & { readonly until: number }>();
  let isAway = false;
  const answer = <Value>(work: () => Value): Promise<Value> =>
    isAway ? Promise.reject(new Error('The database is away.')) : Promise.resolve(work());
  const held = (name: string) => {
    const row = rows.get(name);
    return row !== undefined && row.until > clock.now() ? row : undefined;
  };
  const isHeld = ({ name, token }: Lease): boolean => held(name)?.token === token;
  return {
    isAlone: false,
    acquire: (name, holder, forMs) =>
      answer(() => {
        const now = held(name);
        if (now !== undefined && now.holder !== holder) return undefined;
        const lease = { name, holder, token: now?.token ?? (rows.get(name)?.token ?? 0) + 1 };
        rows.set(name, { ...lease, until: clock.now() + forMs });
        return lease;
      }),
    renew: (lease, forMs) =>
      answer(() => {
        if (!isHeld(lease)) return false;
        rows.set(lease.name, { ...lease, until: clock.now() + forMs });
        return true;
      }),
    release: (lease) =>
      answer(() => {
        if (!isHeld(lease)) return false;
        rows.set(lease.name, { ...lease, until: 0 });
        return true;
      }),
    holderOf: (name) => held(name)?.holder,
    setAway(away) {
      isAway = away;
    },
    end(name) {
      const row = rows.get(name);
      if (row !== undefined) rows.set(name, { ...row, until: 0 });
    },
  };
}
