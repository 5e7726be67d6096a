import { HeddleError } from '@heddle/core';

interface WorkOf {
  /** The owner of the work, such as a workflow. */
  readonly group: string;
  /** The kind of work within the group, such as the code of one node. */
  readonly kind: string;
}

interface Waiter {
  readonly work: WorkOf;
  readonly key: string;
  readonly begin: () => void;
  readonly refuse: (error: HeddleError) => void;
}

/** This many of a group may always wait, even if the queue is full. */
const fewWaiting = 10;

/**
 * Shares slots between groups, and within a group between kinds of work. The group that had the fewest slots so far gets
 * the next one. So work waits for at most one slot of each other group, however much work those groups have. A group that
 * has no slot gets an extra one instead of waiting until another group ends its work.
 *
 * @example await slots.take({ group: 'workflow-1', kind: code }); try { … } finally { slots.leave({ group: 'workflow-1', kind: code }); }
 */
export class FairSlots {
  private readonly most: number;
  private readonly mostWaiting: number;
  private readonly groups = createShareCounts();
  private readonly kinds = createShareCounts();
  private waiting: Waiter[] = [];
  private readonly working = new Map<string, number>();
  private taken = 0;

  constructor(most: number, mostWaiting: number) {
    this.most = most;
    this.mostWaiting = mostWaiting;
  }

  /** Waits for a slot; `leave` returns it. Errors: `busy`, `aborted`. */
  take(work: WorkOf, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(stopped());
    const ofGroup = this.waiting.filter(({ work: { group } }) => group === work.group).length;
    if (
      !this.mayBegin(work) &&
      this.waiting.length >= this.mostWaiting &&
      ofGroup >= Math.min(fewWaiting, this.mostWaiting)
    )
      return Promise.reject(
        new HeddleError('busy', `${this.waiting.length} code nodes are waiting already: try again later.`),
      );
    this.enter(work);
    if (this.mayBegin(work) && ofGroup === 0) {
      this.begin(work);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.waiting = this.waiting.filter((waiter) => waiter !== mine);
        this.exit(work);
        reject(stopped());
      };
      const forget = (): void => signal?.removeEventListener('abort', stop);
      const mine: Waiter = {
        work,
        key: this.keyOf(work),
        begin: () => {
          forget();
          resolve();
        },
        refuse: (error) => {
          forget();
          this.exit(work);
          reject(error);
        },
      };
      signal?.addEventListener('abort', stop, { once: true });
      this.waiting.push(mine);
    });
  }

  leave(work: WorkOf): void {
    this.taken -= 1;
    const left = this.workingOf(work.group) - 1;
    if (left === 0) this.working.delete(work.group);
    else this.working.set(work.group, left);
    this.exit(work);
    this.next();
  }

  close(error: HeddleError): void {
    for (const waiter of this.waiting.splice(0)) waiter.refuse(error);
  }

  private workingOf(group: string): number {
    return this.working.get(group) ?? 0;
  }

  private mayBegin({ group }: WorkOf): boolean {
    return this.taken < (this.workingOf(group) === 0 ? this.most + 1 : this.most);
  }

  private keyOf({ group, kind }: WorkOf): string {
    return `${group}\n${kind}`;
  }

  private begin(work: WorkOf): void {
    this.taken += 1;
    this.working.set(work.group, this.workingOf(work.group) + 1);
    this.groups.took(work.group);
    this.kinds.took(this.keyOf(work));
  }

  private next(): void {
    const free = this.waiting.filter(({ work }) => this.mayBegin(work));
    const [first] = free.toSorted(
      (a, b) =>
        this.groups.of(a.work.group) - this.groups.of(b.work.group) || this.kinds.of(a.key) - this.kinds.of(b.key),
    );
    if (first === undefined) return;
    this.waiting = this.waiting.filter((waiter) => waiter !== first);
    this.begin(first.work);
    first.begin();
  }

  private enter(work: WorkOf): void {
    this.groups.enter(work.group);
    this.kinds.enter(this.keyOf(work));
  }

  private exit(work: WorkOf): void {
    this.groups.exit(work.group);
    this.kinds.exit(this.keyOf(work));
  }
}

/** Counts the slots of those that wait or work. A new one starts with the smallest count. */
function createShareCounts() {
  const present = new Map<string, { slots: number; works: number }>();
  return {
    of: (key: string): number => present.get(key)?.slots ?? 0,
    enter(key: string): void {
      const known = present.get(key);
      const slots = known?.slots ?? Math.min(...[...present.values()].map((one) => one.slots), Infinity);
      present.set(key, { slots: slots === Infinity ? 0 : slots, works: (known?.works ?? 0) + 1 });
    },
    took(key: string): void {
      const known = present.get(key);
      if (known !== undefined) known.slots += 1;
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
