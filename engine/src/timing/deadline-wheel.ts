import type { TimeSource } from '@heddle/core';

/** A callback that is due at a time. `cancel` prevents it. */
export interface Deadline {
  readonly time: number;
  cancel(): void;
}

class Entry implements Deadline {
  constructor(
    readonly time: number,
    /** Undefined once cancelled, so that the deadline keeps nothing in memory. */
    public callback: (() => void) | undefined,
  ) {}

  cancel(): void {
    this.callback = undefined;
  }
}

/** All deadlines of a host behind one timer of its clock: a binary heap. A cancelled deadline leaves the heap when it reaches the top. */
export class DeadlineWheel {
  private readonly heap: Entry[] = [];
  private armed: { readonly time: number; readonly disarm: () => void } | undefined;

  constructor(private readonly clock: TimeSource) {}

  /** Calls back once at or after a time. */
  add(time: number, callback: () => void): Deadline {
    const entry = new Entry(time, callback);
    this.push(entry);
    this.arm();
    return entry;
  }

  private arm(): void {
    while (this.heap[0] !== undefined && this.heap[0].callback === undefined) this.pop();
    const first = this.heap[0];
    if (this.armed !== undefined) {
      if (first !== undefined && this.armed.time <= first.time) return;
      this.armed.disarm();
      this.armed = undefined;
    }
    if (first === undefined) return;
    this.armed = { time: first.time, disarm: this.clock.at(first.time, () => this.fire()) };
  }

  private fire(): void {
    this.armed = undefined;
    const now = this.clock.now();
    for (
      let first = this.heap[0];
      first !== undefined && (first.callback === undefined || first.time <= now);
      first = this.heap[0]
    ) {
      this.pop();
      first.callback?.();
    }
    this.arm();
  }

  private push(entry: Entry): void {
    let index = this.heap.push(entry) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = this.heap[above];
      if (parent === undefined || parent.time <= entry.time) break;
      this.heap[index] = parent;
      index = above;
    }
    this.heap[index] = entry;
  }

  private pop(): void {
    const last = this.heap.pop();
    const size = this.heap.length;
    if (last === undefined || size === 0) return;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      const left = this.heap[child];
      const right = this.heap[child + 1];
      if (left === undefined) break;
      if (right !== undefined && right.time < left.time) child += 1;
      const smaller = this.heap[child];
      if (smaller === undefined || smaller.time >= last.time) break;
      this.heap[index] = smaller;
      index = child;
    }
    this.heap[index] = last;
  }
}

const wheels = new WeakMap<TimeSource, DeadlineWheel>();

/** The wheel of a clock, shared by all runs of a host. */
export function wheelOf(clock: TimeSource): DeadlineWheel {
  let wheel = wheels.get(clock);
  if (wheel === undefined) {
    wheel = new DeadlineWheel(clock);
    wheels.set(clock, wheel);
  }
  return wheel;
}
