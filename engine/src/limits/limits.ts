/** Concurrency limits by name, shared by all runs of a host. */
export interface Limits {
  /**
   * Takes one slot of each name, all together, and calls back when it has them, which may be at once. The returned function leaves the
   * queue.
   */
  acquire(
    names: readonly string[],
    onReady: () => void,
    onPosition?: (limit: string, position: number) => void,
  ): () => void;
  release(names: readonly string[]): void;
}

interface Waiter {
  readonly names: readonly string[];
  readonly onReady: () => void;
  readonly onPosition: ((limit: string, position: number) => void) | undefined;
  /** The limit and the position that were last reported. */
  reported: string;
}

/**
 * Creates limits. `limitOf` returns the number of slots of a name (Infinity for no limit). Slots go to the first in the queue. A caller
 * that waits for several names holds none of them meanwhile. Callers behind it that need other names pass it.
 */
export function createLimits(limitOf: (name: string) => number): Limits {
  const used = new Map<string, number>();
  let queue: Waiter[] = [];

  const isFree = (name: string): boolean => (used.get(name) ?? 0) < limitOf(name);

  const reportPositions = (): void => {
    const ahead = new Map<string, number>();
    for (const waiter of queue) {
      const lacking = waiter.names.find((name) => !isFree(name)) ?? waiter.names[0] ?? '';
      for (const name of waiter.names) ahead.set(name, (ahead.get(name) ?? 0) + 1);
      const position = ahead.get(lacking) ?? 1;
      const state = `${lacking} ${position}`;
      if (waiter.reported === state) continue;
      waiter.reported = state;
      waiter.onPosition?.(lacking, position);
    }
  };

  /** Gives free slots to the queue, in order. A name that an earlier waiter needs is not given to a later one. */
  const serve = (): void => {
    const kept: Waiter[] = [];
    const served: Waiter[] = [];
    const claimed = new Set<string>();
    for (const waiter of queue) {
      if (waiter.names.every((name) => isFree(name) && !claimed.has(name))) {
        add(used, waiter.names, 1);
        served.push(waiter);
        continue;
      }
      for (const name of waiter.names) claimed.add(name);
      kept.push(waiter);
    }
    queue = kept;
    reportPositions();
    for (const waiter of served) {
      if (waiter.reported !== '') waiter.onPosition?.(waiter.reported.slice(0, waiter.reported.lastIndexOf(' ')), 0);
      waiter.onReady();
    }
  };

  return {
    acquire(names, onReady, onPosition) {
      const waiter: Waiter = { names, onReady, onPosition, reported: '' };
      queue.push(waiter);
      serve();
      return () => {
        if (!queue.includes(waiter)) return;
        queue = queue.filter((other) => other !== waiter);
        serve();
      };
    },
    release(names) {
      add(used, names, -1);
      serve();
    },
  };
}

function add(used: Map<string, number>, names: readonly string[], amount: number): void {
  for (const name of names) used.set(name, Math.max(0, (used.get(name) ?? 0) + amount));
}
