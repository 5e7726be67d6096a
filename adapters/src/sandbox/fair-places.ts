import { HeddleError } from '@heddle/core';

/** The owner of the work. */
export interface WorkOf {
  /** Who shares the places with others, such as a workflow. */
  readonly group: string;
  /** The kind of work within the group, such as the code of one node. */
  readonly kind: string;
}

/** Places for work, given out in turns. */
export interface FairPlaces {
  /** Resolves with a place; `leave` returns it. Errors: `busy`, `aborted`. */
  take(work: WorkOf, signal?: AbortSignal): Promise<void>;
  leave(work: WorkOf): void;
  /** Refuses all that wait. */
  close(error: HeddleError): void;
}

interface Waiter {
  readonly work: WorkOf;
  readonly key: string;
  readonly begin: () => void;
  readonly refuse: (error: HeddleError) => void;
}

/** So many of a group may wait, however many others do. */
const fewWaiting = 10;

/**
 * Shares places between groups, and within a group between kinds of work. The one that had the fewest places so far is
 * next, so that work waits for at most one place of each other group, however much work another group has. A group
 * without a place gets one more than there are: it need not wait for the others to end.
 *
 * @example await places.take({ group: 'workflow-1', kind: code }); try { … } finally { places.leave({ group: 'workflow-1', kind: code }); }
 */
export function createFairPlaces(most: number, mostWaiting: number): FairPlaces {
  const groups = createTurns();
  const kinds = createTurns();
  let waiting: Waiter[] = [];
  const working = new Map<string, number>();
  let taken = 0;

  const workingOf = (group: string): number => working.get(group) ?? 0;
  const mayBegin = ({ group }: WorkOf): boolean => taken < (workingOf(group) === 0 ? most + 1 : most);
  const keyOf = ({ group, kind }: WorkOf): string => `${group}\n${kind}`;

  function begin(work: WorkOf): void {
    taken += 1;
    working.set(work.group, workingOf(work.group) + 1);
    groups.took(work.group);
    kinds.took(keyOf(work));
  }

  function next(): void {
    const free = waiting.filter(({ work }) => mayBegin(work));
    const [first] = free.toSorted(
      (a, b) => groups.of(a.work.group) - groups.of(b.work.group) || kinds.of(a.key) - kinds.of(b.key),
    );
    if (first === undefined) return;
    waiting = waiting.filter((waiter) => waiter !== first);
    begin(first.work);
    first.begin();
  }

  function enter(work: WorkOf): void {
    groups.enter(work.group);
    kinds.enter(keyOf(work));
  }

  function exit(work: WorkOf): void {
    groups.exit(work.group);
    kinds.exit(keyOf(work));
  }

  return {
    take(work, signal) {
      if (signal?.aborted === true) return Promise.reject(stopped());
      const ofGroup = waiting.filter(({ work: { group } }) => group === work.group).length;
      if (!mayBegin(work) && waiting.length >= mostWaiting && ofGroup >= Math.min(fewWaiting, mostWaiting))
        return Promise.reject(new HeddleError('busy', `${waiting.length} code nodes wait already: try again later.`));
      enter(work);
      if (mayBegin(work) && ofGroup === 0) {
        begin(work);
        return Promise.resolve();
      }
      return new Promise((resolve, reject) => {
        const stop = (): void => {
          waiting = waiting.filter((waiter) => waiter !== mine);
          exit(work);
          reject(stopped());
        };
        const forget = (): void => signal?.removeEventListener('abort', stop);
        const mine: Waiter = {
          work,
          key: keyOf(work),
          begin: () => {
            forget();
            resolve();
          },
          refuse: (error) => {
            forget();
            exit(work);
            reject(error);
          },
        };
        signal?.addEventListener('abort', stop, { once: true });
        waiting.push(mine);
      });
    },
    leave(work) {
      taken -= 1;
      const left = workingOf(work.group) - 1;
      if (left === 0) working.delete(work.group);
      else working.set(work.group, left);
      exit(work);
      next();
    },
    close(error) {
      for (const waiter of waiting.splice(0)) waiter.refuse(error);
    },
  };
}

/** Counts the places that those who wait or work had. A new one begins with the smallest count. */
function createTurns() {
  const present = new Map<string, { turns: number; works: number }>();
  return {
    of: (key: string): number => present.get(key)?.turns ?? 0,
    enter(key: string): void {
      const known = present.get(key);
      const turns = known?.turns ?? Math.min(...[...present.values()].map((one) => one.turns), Infinity);
      present.set(key, { turns: turns === Infinity ? 0 : turns, works: (known?.works ?? 0) + 1 });
    },
    took(key: string): void {
      const known = present.get(key);
      if (known !== undefined) known.turns += 1;
    },
    exit(key: string): void {
      const known = present.get(key);
      if (known === undefined) return;
      known.works -= 1;
      if (known.works === 0) present.delete(key);
    },
  };
}

const stopped = (): HeddleError => new HeddleError('aborted', 'The code was stopped.');
