import { HeddleError, type RunSummary } from '@heddle/core';

interface QueuedRun {
  readonly runId: string;
  /** Slots rotate between groups (workflows), so that a thousand runs of one workflow do not block another. */
  readonly group: string;
  /** Set if the run began earlier; it then starts before new runs of its workflow. */
  readonly hasBegun?: boolean;
  /** Starts the run; called once, when it has a slot. */
  begin(): void;
}

interface Group {
  readonly begun: QueuedRun[];
  readonly fresh: QueuedRun[];
}

/**
 * The share of the queue that is kept as extra room for workflows with few waiting runs when the queue is full, and the share of that room
 * that one workflow gets, so that many runs of one workflow do not block the others.
 */
const reservedShare = 0.1;

const sizeOf = ({ begun, fresh }: Group): number => begun.length + fresh.length;

/** The bounded queue of runs. Within a workflow, runs start in order; between workflows, in rotation. */
export class RunQueue {
  private readonly groups = new Map<string, Group>();
  private readonly waiting = new Map<string, QueuedRun>();
  private reserved = 0;
  private readonly reservedBy = new Map<string, number>();
  /** The waiting runs that have not begun. Only new runs are limited: an accepted run is never refused. */
  private fresh = 0;
  private running = 0;
  private isStopped = false;
  /** Runs that are stored and wait for a worker of any process. */
  private stored = 0;

  constructor(
    private readonly maxRunning: number,
    private readonly maxQueued: number,
  ) {}

  /** Whether a run that is added now starts at once. No run waits while a slot is free. */
  get isFree(): boolean {
    return !this.isStopped && this.running < this.maxRunning;
  }

  get limits(): { readonly maxRunning: number; readonly maxQueued: number } {
    return { maxRunning: this.maxRunning, maxQueued: this.maxQueued };
  }

  /** Gives the next runs to start, in order, at most `limit`. */
  next(limit: number): readonly QueuedRun[] {
    const order: QueuedRun[] = [];
    const groups = [...this.groups.values()].map(({ begun, fresh }) => [...begun, ...fresh.slice(0, limit)]);
    for (let round = 0; order.length < limit; round += 1) {
      const inRound = groups.flatMap((group) => group.slice(round, round + 1));
      if (inRound.length === 0) break;
      order.push(...inRound);
    }
    return order.slice(0, limit);
  }

  /** Gives the position of a waiting run in the order of `next`; 1 starts next. Undefined if the run does not wait. */
  positionOf(runId: string): number | undefined {
    const run = this.waiting.get(runId);
    const own = run === undefined ? undefined : this.groups.get(run.group);
    if (run === undefined || own === undefined) return undefined;
    const round = run.hasBegun === true ? own.begun.indexOf(run) : own.begun.length + own.fresh.indexOf(run);
    let before = 0;
    let isEarlier = true;
    for (const group of this.groups.values()) {
      if (group === own) isEarlier = false;
      // Each round takes one run of each workflow. In the last round, only the groups before this one count.
      before += Math.min(sizeOf(group), isEarlier ? round + 1 : round);
    }
    return before + 1;
  }

  get counts(): { readonly running: number; readonly queued: number } {
    return { running: this.running, queued: this.waiting.size + this.stored + this.reserved };
  }

  /** Reserves a position for a run before it is accepted; `unreserve` releases it. Errors: `busy`, `shutting_down`. */
  reserve(group: string): void {
    if (this.isStopped)
      throw new HeddleError('shutting_down', 'The server is stopping: try again in a moment.', {
        details: { retryAfterSeconds: 5 },
      });
    if (!this.hasRoom(group)) {
      throw new HeddleError(
        'busy',
        `${this.running} ${this.running === 1 ? 'run works' : 'runs work'} and ${this.waiting.size} ${this.waiting.size === 1 ? 'waits' : 'wait'}: try again in a moment.`,
        {
          details: { running: this.running, queued: this.waiting.size, retryAfterSeconds: 2 },
        },
      );
    }
    this.reserved += 1;
    this.reservedBy.set(group, (this.reservedBy.get(group) ?? 0) + 1);
  }

  /** Sets how many runs have a slot here, if a worker on a database of several processes assigns the slots. */
  noteRunning(running: number): void {
    this.running = running;
  }

  /** Changes the number of runs in the database that wait for a worker of any process. */
  noteStored(change: (stored: number) => number): void {
    this.stored = change(this.stored);
  }

  unreserve(group: string): void {
    this.reserved -= 1;
    const left = (this.reservedBy.get(group) ?? 0) - 1;
    if (left > 0) this.reservedBy.set(group, left);
    else this.reservedBy.delete(group);
  }

  private hasRoom(group: string): boolean {
    const taken = this.fresh + this.stored + this.reserved;
    const room = this.maxQueued + Math.max(0, this.maxRunning - this.running);
    if (taken < room) return true;
    const kept = Math.floor(this.maxQueued * reservedShare);
    const own = (this.groups.get(group)?.fresh.length ?? 0) + (this.reservedBy.get(group) ?? 0);
    return taken < room + kept && own < kept * reservedShare;
  }

  /** Puts a run in the queue; it starts at once if a slot is free. */
  add(run: QueuedRun): void {
    this.waiting.set(run.runId, run);
    const group = this.groups.get(run.group) ?? { begun: [], fresh: [] };
    this.groups.set(run.group, group);
    (run.hasBegun === true ? group.begun : group.fresh).push(run);
    if (run.hasBegun !== true) this.fresh += 1;
    this.advance();
  }

  /** Removes a waiting run; false if it does not wait. */
  remove(runId: string): boolean {
    const run = this.waiting.get(runId);
    if (run === undefined) return false;
    this.forget(run);
    const group = this.groups.get(run.group);
    if (group === undefined) return true;
    const list = run.hasBegun === true ? group.begun : group.fresh;
    list.splice(list.indexOf(run), 1);
    if (sizeOf(group) === 0) this.groups.delete(run.group);
    return true;
  }

  has(runId: string): boolean {
    return this.waiting.has(runId);
  }

  /** Returns the slot of a run that ended or was suspended. */
  leave(): void {
    this.running -= 1;
    this.advance();
  }

  /** Takes a slot beyond the limit, because a run continues at once when a person has answered. */
  enter(): void {
    this.running += 1;
  }

  get isStopping(): boolean {
    return this.isStopped;
  }

  /** From now on, starts no more runs. */
  stop(): void {
    this.isStopped = true;
  }

  private forget(run: QueuedRun): void {
    this.waiting.delete(run.runId);
    if (run.hasBegun !== true) this.fresh -= 1;
  }

  private advance(): void {
    while (!this.isStopped && this.running < this.maxRunning) {
      const next = this.groups.entries().next();
      if (next.done === true) return;
      const [name, group] = next.value;
      const run = group.begun.shift() ?? group.fresh.shift();
      this.groups.delete(name);
      if (sizeOf(group) > 0) this.groups.set(name, group);
      if (run === undefined) continue;
      this.forget(run);
      this.running += 1;
      run.begin();
    }
  }
}

/** The queue group of a run: its workflow, or its name if it has none. */
export function groupOf(run: Pick<RunSummary, 'workflowId' | 'workflowName'>): string {
  return run.workflowId ?? run.workflowName;
}
